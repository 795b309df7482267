import Tensors
import TestSupport
import Testing

@testable import Autodiff

/// Holds the gradients of an operation against central finite differences.
///
/// The result is reduced to one number by a fixed random weighting, summed in double precision, so every element of
/// the result counts and no error hides behind another; what is left of the difference is the rounding of the operation
/// itself.
///
/// One tolerance for all operations: `max |gradient - difference| <= 5e-4 · max(max |difference|, 0.1)`, for each input.
enum GradientCheck {
    static let tolerance = 5e-4

    /// Checks the gradient of every input of `operation`: all at once, and each when it is the only one wanted.
    static func check(
        _ inputs: [Tensor], sourceLocation: SourceLocation = #_sourceLocation,
        _ operation: (Tape, [Variable]) -> Variable
    ) {
        let plain = operation(Tape(recording: false), inputs.map { Variable($0) })
        let weights = random(plain.shape, 999)
        let differences = inputs.map { input in
            finiteDifferences(at: input.pointer, count: input.count) {
                dot(operation(Tape(recording: false), inputs.map { Variable($0) }).value, weights)
            }
        }
        for wanted in [Set(inputs.indices)] + inputs.indices.map({ Set([$0]) }) {
            let tape = Tape()
            let variables = inputs.enumerated().map { Variable($1, requiresGradient: wanted.contains($0)) }
            let result = operation(tape, variables)
            #expect(
                relativeDifference(result.value.array, to: plain.value.array) <= 1e-5,
                "the result changes when it is recorded", sourceLocation: sourceLocation)
            tape.backward(from: result, gradient: weights.copy())
            for (index, variable) in variables.enumerated() {
                guard wanted.contains(index) else {
                    #expect(variable.gradient == nil, "input \(index) wanted none", sourceLocation: sourceLocation)
                    continue
                }
                let found = variable.gradient?.array ?? []
                let size = max(0.1, differences[index].reduce(0) { max($0, abs($1)) })
                #expect(
                    largestDifference(found, differences[index]) <= tolerance * size,
                    "the gradient of input \(index), with \(wanted.sorted()) wanted", sourceLocation: sourceLocation)
                #expect(variable.gradient?.shape == variable.shape, sourceLocation: sourceLocation)
            }
        }
    }

    static func dot(_ a: Tensor, _ b: Tensor) -> Double {
        zip(a.array, b.array).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
}

/// Normal random numbers from a stream of their own.
func random(_ shape: [Int], _ index: UInt64, deviation: Float = 1) -> Tensor {
    var stream = RandomStream(seed: 2, purpose: .test, index: index)
    return stream.normal(shape, deviation: deviation)
}
