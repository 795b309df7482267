import Foundation
import Tensors
import TestSupport
import Testing

@testable import Autodiff

@Suite("AdamW")
struct AdamWTests {
    /// Decay, clipping and moments in double precision, as torch.optim.AdamW and clip_grad_norm_ define them.
    private struct Plain {
        var p: [[Double]]
        var m: [[Double]]
        var v: [[Double]]
        var step = 0

        init(_ p: [[Double]]) {
            self.p = p
            (m, v) = (p.map { $0.map { _ in 0 } }, p.map { $0.map { _ in 0 } })
        }

        mutating func take(_ g: [[Double]], rate: Double, decay: [Double], clip: Double) -> Double {
            step += 1
            let norm = g.flatMap { $0 }.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let scale = min(1, clip / (norm + 1e-6))
            for i in p.indices {
                for j in p[i].indices {
                    let slope = g[i][j] * scale
                    p[i][j] *= 1 - rate * decay[i]
                    m[i][j] = 0.9 * m[i][j] + 0.1 * slope
                    v[i][j] = 0.999 * v[i][j] + 0.001 * slope * slope
                    let first = m[i][j] / (1 - pow(0.9, Double(step)))
                    let second = v[i][j] / (1 - pow(0.999, Double(step)))
                    p[i][j] -= rate * first / (second.squareRoot() + 1e-8)
                }
            }
            return norm
        }
    }

    private func parameters() -> [AdamW.Parameter] {
        [("a", 37, true), ("b", 5, false), ("c", 40_000, true)].enumerated().map { index, one in
            AdamW.Parameter(
                name: one.0, variable: Variable(random([one.1], UInt64(index)), requiresGradient: true), decays: one.2)
        }
    }

    private func gradients(_ step: Int) -> [Tensor] {
        [37, 5, 40_000].enumerated().map { random([$1], UInt64(10 * step + $0), deviation: step == 1 ? 0.001 : 1) }
    }

    @Test("Its steps are the definition's, with clipping that acts and clipping that does not")
    func definition() {
        let optimiser = AdamW(parameters(), weightDecay: 0.1)
        var plain = Plain(optimiser.parameters.map { $0.variable.value.array.map(Double.init) })
        for step in 0..<4 {
            let slopes = gradients(step)
            for (parameter, slope) in zip(optimiser.parameters, slopes) { parameter.variable.accumulate(slope.copy()) }
            let norm = optimiser.step(learningRate: 0.05, clip: 3)
            let expected = plain.take(
                slopes.map { $0.array.map(Double.init) }, rate: 0.05, decay: [0.1, 0, 0.1], clip: 3)
            #expect(abs(Double(norm) - expected) <= 1e-5 * expected)
            for (parameter, values) in zip(optimiser.parameters, plain.p) {
                #expect(relativeDifference(parameter.variable.value.array, to: values) <= 2e-6, "step \(step + 1)")
                #expect(parameter.variable.gradient == nil)
            }
        }
    }

    @Test("A run that goes on from its state takes the same steps, bit for bit, on any number of threads")
    func resume() {
        func run(_ optimiser: AdamW, _ steps: Range<Int>) {
            for step in steps {
                for (parameter, slope) in zip(optimiser.parameters, gradients(step)) {
                    parameter.variable.accumulate(slope)
                }
                optimiser.step(learningRate: 0.01, clip: 1)
            }
        }
        let whole = AdamW(parameters(), weightDecay: 0.01)
        run(whole, 0..<5)
        let first = AdamW(parameters(), weightDecay: 0.01)
        run(first, 0..<2)
        let second = AdamW(
            first.parameters.map {
                AdamW.Parameter(
                    name: $0.name, variable: Variable($0.variable.value.copy(), requiresGradient: true),
                    decays: $0.decays)
            }, weightDecay: 0.01)
        for (a, b) in zip(first.moments, second.moments) {
            b.first.pointer.update(from: a.first.pointer, count: a.first.count)
            b.second.pointer.update(from: a.second.pointer, count: a.second.count)
        }
        second.steps = first.steps
        let before = Parallel.threadCount
        defer { Parallel.threadCount = before }
        Parallel.threadCount = 1
        run(second, 2..<5)
        for (a, b) in zip(whole.parameters, second.parameters) {
            #expect(sameBits(a.variable.value.array, b.variable.value.array))
        }
    }
}
