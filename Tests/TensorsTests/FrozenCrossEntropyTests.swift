import TestSupport
import Testing

@testable import Tensors

@Suite("Cross-entropy over a frozen weight")
struct FrozenCrossEntropyTests {
    /// Around the borders of chunks and parts, and a real vocabulary.
    private static let classes = [1, 2, 63, 64, 65, 130, 511, 512, 513, 1000, 32128]

    /// The same in two steps: the logits, then their softmax and its gradient.
    private func plain(x: Tensor, weight: Tensor, labels: [Int32]) -> (losses: [Float], gradients: [Float]) {
        let (losses, p) = CrossEntropy.forward(logits: FrozenProduct.forward(x: x, weight: weight), labels: labels)
        let dLogits = CrossEntropy.backward(
            probabilities: p, labels: labels, weights: Array(repeating: 1, count: labels.count))
        return (losses.array, FrozenProduct.backward(dy: dLogits, weight: weight).array)
    }

    @Test("Losses and gradients are those of logits that are computed whole", arguments: classes)
    func definition(classes: Int) {
        let rows = 7
        let x = random([rows, 40], 1, deviation: 2), w = random([classes, 40], 2)
        let labels = (0..<rows).map { Int32($0 * 7919 % classes) }
        let found = FrozenCrossEntropy.forward(x: x, weight: w, labels: labels)
        let expected = plain(x: x, weight: w, labels: labels)
        #expect(largestDifference(found.losses.array, expected.losses.map(Double.init)) <= 2e-5)
        #expect(largestDifference(found.gradients.array, expected.gradients.map(Double.init)) <= 2e-5)
    }

    @Test("A row has the same bits alone and in any batch, on one thread and on two")
    func batchInvariance() {
        let rows = 23
        let x = random([rows, 48], 1), w = random([1500, 48], 2)
        let labels = (0..<rows).map { Int32($0 * 61) }
        let alone = (0..<rows).map { row in
            withThreads(1) {
                let (loss, gradient) = FrozenCrossEntropy.forward(
                    x: x.rows(row..<row + 1), weight: w, labels: [labels[row]])
                return loss.array + gradient.array
            }
        }
        for threads in 1...2 {
            let (losses, gradients) = withThreads(threads) {
                FrozenCrossEntropy.forward(x: x, weight: w, labels: labels)
            }
            for row in 0..<rows {
                let found = losses.rows(row..<row + 1).array + gradients.rows(row..<row + 1).array
                #expect(sameBits(found, alone[row]), "row \(row), \(threads) threads")
            }
        }
    }

    @Test("A row that is ignored has no loss and no gradient")
    func ignored() {
        let found = FrozenCrossEntropy.forward(
            x: random([3, 32], 1), weight: random([100, 32], 2), labels: [5, -100, 99])
        #expect(found.losses.array[1] == 0)
        #expect(found.gradients.rows(1..<2).array.allSatisfy { $0 == 0 })
        #expect(found.losses.array[0] > 0 && found.losses.array[2] > 0)
    }

    @Test("Large logits do not overflow, in whatever order they come", arguments: [1, -1])
    func largeLogits(sign: Int) {
        // Logits that rise, or fall, from chunk to chunk by hundreds.
        let w = Tensor((0..<300).map { Float(sign * $0) }, shape: [300, 1])
        let found = FrozenCrossEntropy.forward(x: Tensor([10], shape: [1, 1]), weight: w, labels: [150])
        let expected = Double(10 * (sign > 0 ? 299 - 150 : 150))
        #expect(abs(Double(found.losses.scalar) - expected) <= 1e-3)
        #expect(found.gradients.array.allSatisfy { $0.isFinite })
    }

    @Test("A state that is not a number gives a loss that is none", arguments: [Float.nan, .infinity])
    func notFinite(value: Float) {
        let x = random([2, 32], 1)
        x.pointer[3] = value
        let found = FrozenCrossEntropy.forward(x: x, weight: random([200, 32], 2), labels: [1, 2])
        #expect(!found.losses.array[0].isFinite)
        #expect(found.losses.array[1].isFinite)
    }
}
