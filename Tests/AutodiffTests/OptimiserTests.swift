import Foundation
import Tensors
import TestSupport
import Testing

@testable import Autodiff

@Suite("Optimisers")
struct OptimiserTests {
    /// `Tests/Fixtures/autodiff/optimisers.json`.
    private struct Fixture: Decodable {
        var cases: [Run]

        struct Run: Decodable, CustomTestStringConvertible {
            var optimiser: String
            var learning_rate: Float
            var betas: [Double]?
            var epsilon: Float?
            var initial: [[Float]]
            var gradients: [[[Float]?]]
            var values: [[[Float]]]

            var testDescription: String { "\(optimiser) \(learning_rate)" }

            func make() -> any Optimiser {
                if optimiser == "SGD" { return SGD(learningRate: learning_rate) }
                return Adam(
                    learningRate: learning_rate, beta1: betas?[0] ?? 0.9, beta2: betas?[1] ?? 0.999,
                    epsilon: epsilon ?? 1e-8)
            }
        }
    }

    private static func runs() throws -> [Fixture.Run] {
        let data = try Data(contentsOf: fixtures.appendingPathComponent("autodiff/optimisers.json"))
        return try JSONDecoder().decode(Fixture.self, from: data).cases
    }

    @Test("Adam and SGD take PyTorch's steps to 1e-6 of the largest parameter", arguments: 0..<4)
    func steps(index: Int) throws {
        let run = try Self.runs()[index]
        let optimiser = run.make()
        let parameters = run.initial.map { Variable(Tensor($0, shape: [$0.count]), requiresGradient: true) }
        for (step, gradients) in run.gradients.enumerated() {
            for (parameter, gradient) in zip(parameters, gradients) {
                if let gradient { parameter.accumulate(Tensor(gradient, shape: [gradient.count])) }
            }
            optimiser.step(parameters)
            for (parameter, expected) in zip(parameters, run.values[step]) {
                #expect(relativeDifference(parameter.value.array, to: expected) <= 1e-6, "step \(step + 1)")
                #expect(parameter.gradient == nil)
            }
        }
    }

    @Test("Rows of one variable are trained as if each were alone, bit for bit")
    func rows() {
        let start = random([3, 37], 1)
        let together = Variable(start.copy(), requiresGradient: true)
        let alone = (0..<3).map { Variable(start.rows($0..<$0 + 1).copy(), requiresGradient: true) }
        let adam = Adam(learningRate: 1)
        let adams = alone.map { _ in Adam(learningRate: 1) }
        for step in 0..<20 {
            let gradient = random([3, 37], UInt64(100 + step))
            together.accumulate(gradient.copy())
            adam.step([together])
            for row in 0..<3 {
                alone[row].accumulate(gradient.rows(row..<row + 1).copy())
                adams[row].step([alone[row]])
            }
        }
        #expect(sameBits(together.value.array, alone.flatMap(\.value.array)))
    }

    @Test("A large parameter, updated on several threads, is updated everywhere")
    func large() {
        let count = 50_001
        let parameter = Variable(Tensor(zeros: [count]), requiresGradient: true)
        let adam = Adam(learningRate: 0.5)
        parameter.accumulate(Tensor([Float](repeating: 2, count: count), shape: [count]))
        adam.step([parameter])
        #expect(largestDifference(parameter.value.array, [Float](repeating: -0.5, count: count)) <= 1e-6)
    }

    @Test("The learning rate may change between steps")
    func learningRate() {
        let parameter = Variable(Tensor(zeros: [4]), requiresGradient: true)
        let adam = Adam(learningRate: 0)
        parameter.accumulate(Tensor([1, 1, 1, 1], shape: [4]))
        adam.step([parameter])
        #expect(parameter.value.array == [0, 0, 0, 0])
        adam.learningRate = 1
        parameter.accumulate(Tensor([1, 1, 1, 1], shape: [4]))
        adam.step([parameter])
        #expect(largestDifference(parameter.value.array, [-1, -1, -1, -1] as [Float]) <= 1e-6)
    }

    @Test("A descent along a recorded gradient reaches the minimum")
    func descent() {
        let target = random([8], 1)
        let x = Variable(Tensor(zeros: [8]), requiresGradient: true)
        let adam = Adam(learningRate: 0.1)
        for _ in 0..<400 {
            let tape = Tape()
            let error = tape.add(x, Variable(Elementwise.scale(target, by: -1)))
            tape.backward(from: tape.sum(tape.multiply(error, error)))
            adam.step([x])
        }
        #expect(largestDifference(x.value.array, target.array) <= 1e-2)
    }
}
