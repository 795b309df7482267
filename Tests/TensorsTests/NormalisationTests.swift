import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("Norms")
struct NormalisationTests {
    private static let widths = [1, 2, 15, 16, 17, 33, 100, 512]

    private func plainRMS(_ x: [Double], _ w: [Double], _ epsilon: Double) -> [Double] {
        let scale = 1 / (x.reduce(0) { $0 + $1 * $1 } / Double(x.count) + epsilon).squareRoot()
        return zip(x, w).map { $0 * scale * $1 }
    }

    private func plainLayer(_ x: [Double], _ w: [Double], _ b: [Double], _ epsilon: Double) -> [Double] {
        let mean = x.reduce(0, +) / Double(x.count)
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
        return x.indices.map { (x[$0] - mean) / (variance + epsilon).squareRoot() * w[$0] + b[$0] }
    }

    private func doubles(_ tensor: Tensor, row: Int? = nil) -> [Double] {
        (row.map { tensor.rows($0..<$0 + 1) } ?? tensor).array.map(Double.init)
    }

    @Test("The RMS norm is its definition, row by row, at every width", arguments: widths)
    func rms(width: Int) {
        let x = random([4, width], 1, deviation: 5)
        let w = random([width], 2)
        let y = RMSNorm.forward(x: x, weight: w, epsilon: 1e-6).y
        for row in 0..<4 {
            #expect(
                relativeDifference(doubles(y, row: row), to: plainRMS(doubles(x, row: row), doubles(w), 1e-6)) <= 1e-6)
        }
    }

    @Test("The layer norm is its definition, row by row, at every width", arguments: widths)
    func layer(width: Int) {
        let x = random([4, width], 1, deviation: 5)
        let w = random([width], 2)
        let b = random([width], 3)
        let y = LayerNorm.forward(x: x, weight: w, bias: b, epsilon: 1e-5).y
        for row in 0..<4 {
            let expected = plainLayer(doubles(x, row: row), doubles(w), doubles(b), 1e-5)
            #expect(relativeDifference(doubles(y, row: row), to: expected) <= 2e-6)
        }
    }

    @Test("A row of zeros stays one, and a constant row gives the bias")
    func flat() {
        let w = random([20], 1)
        let b = random([20], 2)
        #expect(RMSNorm.forward(x: Tensor(zeros: [1, 20]), weight: w, epsilon: 1e-6).y.array.allSatisfy { $0 == 0 })
        let constant = Tensor([Float](repeating: 3, count: 20), shape: [1, 20])
        #expect(LayerNorm.forward(x: constant, weight: w, bias: b, epsilon: 1e-5).y.array == b.array)
    }

    @Test("A large mean does not spoil the layer norm's variance")
    func offset() {
        let noise = random([64], 1)
        let x = Tensor(noise.array.map { $0 + 4096 }, shape: [1, 64])
        let one = Tensor([Float](repeating: 1, count: 64), shape: [64])
        let y = LayerNorm.forward(x: x, weight: one, bias: Tensor(zeros: [64]), epsilon: 1e-6).y
        let expected = plainLayer(doubles(x), doubles(one), doubles(Tensor(zeros: [64])), 1e-6)
        // The mean itself is a float; a variance by E[x²] - E[x]² would be off by more than 1.
        #expect(largestDifference(y.array, expected) <= 1e-3)
    }

    @Test("With a branch it is the norm of the sum, and its gradients those of the parts", arguments: [false, true])
    func branch(drops: Bool) {
        let x = random([5, 37], 1), branch = random([5, 37], 2), w = random([37], 3), b = random([37], 4)
        let dropout = drops ? Dropout(probability: 0.3, seed: 1, step: 2, place: 3) : nil
        let sum = Elementwise.add(x, dropout?.apply(branch) ?? branch)
        let found = LayerNorm.forward(x: x, plus: branch, dropout: dropout, weight: w, bias: b, epsilon: 1e-6)
        let expected = LayerNorm.forward(x: sum, weight: w, bias: b, epsilon: 1e-6)
        #expect(sameBits(found.y.array, expected.y.array))
        let slopes = LayerNorm.backward(
            dy: x, normalised: found.normalised, dropout: dropout, weight: w, scales: found.scales, weightGradient: nil,
            biasGradient: nil)
        let plain = LayerNorm.backward(
            dy: x, normalised: found.normalised, weight: w, scales: found.scales, weightGradient: nil,
            biasGradient: nil)
        #expect(sameBits(slopes.dx.array, plain.dx.array) && plain.dBranch == nil)
        #expect((slopes.dBranch == nil) == (dropout == nil))
        if let dropout, let dBranch = slopes.dBranch { #expect(sameBits(dBranch.array, dropout.apply(plain.dx).array)) }
    }

    @Test(
        "What is asked for beside it changes no bit of a gradient", arguments: [false, true], [false, true])
    func asked(weight wantsWeight: Bool, bias wantsBias: Bool) {
        let dy = random([70, 37], 1), n = random([70, 37], 2), scales = random([70], 3), w = random([37], 4)
        let run = { (wantsWeight: Bool, wantsBias: Bool) in
            let weight = wantsWeight ? Tensor(zeros: [37]) : nil, bias = wantsBias ? Tensor(zeros: [37]) : nil
            let dx = LayerNorm.backward(
                dy: dy, normalised: n, weight: w, scales: scales, weightGradient: weight, biasGradient: bias
            ).dx
            return (dx: dx, weight: weight, bias: bias)
        }
        let found = run(wantsWeight, wantsBias), all = run(true, true)
        #expect(sameBits(found.dx.array, all.dx.array))
        for (own, whole) in [(found.weight, all.weight), (found.bias, all.bias)] {
            if let own, let whole { #expect(sameBits(own.array, whole.array)) }
        }
    }

    @Test("The gradients of weight and bias have the same bits on one thread and on two, and are sums over all rows")
    func parameterGradients() {
        let dy = random([700, 100], 1), n = random([700, 100], 2), scales = random([700], 3), w = random([100], 4)
        let sums = (1...2).map { threads in
            withThreads(threads) {
                let weight = Tensor(zeros: [100]), bias = Tensor(zeros: [100])
                _ = LayerNorm.backward(
                    dy: dy, normalised: n, weight: w, scales: scales, weightGradient: weight, biasGradient: bias)
                return [weight.array, bias.array]
            }
        }
        #expect(zip(sums[0], sums[1]).allSatisfy { sameBits($0, $1) })
        let dyValues = dy.array, nValues = n.array
        for column in 0..<100 {
            let rows = (0..<700).map { (dyValues[$0 * 100 + column], nValues[$0 * 100 + column]) }
            #expect(abs(sums[0][0][column] - rows.reduce(0) { $0 + $1.0 * $1.1 }) <= 1e-3)
            #expect(abs(sums[0][1][column] - rows.reduce(0) { $0 + $1.0 }) <= 1e-3)
        }
    }

    @Test("A row has the same bits alone and in a batch")
    func invariance() {
        let x = random([7, 100], 1)
        let w = random([100], 2)
        let b = random([100], 3)
        let rms = RMSNorm.forward(x: x, weight: w, epsilon: 1e-6).y
        let layer = LayerNorm.forward(x: x, weight: w, bias: b, epsilon: 1e-6).y
        for row in 0..<7 {
            let alone = x.rows(row..<row + 1)
            #expect(
                sameBits(RMSNorm.forward(x: alone, weight: w, epsilon: 1e-6).y.array, rms.rows(row..<row + 1).array))
            #expect(
                sameBits(
                    LayerNorm.forward(x: alone, weight: w, bias: b, epsilon: 1e-6).y.array,
                    layer.rows(row..<row + 1).array))
        }
    }
}
