import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("Softmax and cross-entropy")
struct CrossEntropyTests {
    private func plainLosses(_ logits: Tensor, _ labels: [Int32]) -> [Double] {
        labels.enumerated().map { row, label in
            if label == CrossEntropy.ignoredLabel { return 0 }
            let x = logits.rows(row..<row + 1).array.map(Double.init)
            let largest = x.max() ?? 0
            return log(x.reduce(0) { $0 + exp($1 - largest) }) + largest - x[Int(label)]
        }
    }

    @Test(
        "Losses and probabilities are the definition's, at every tail", arguments: [1, 2, 15, 16, 17, 31, 160, 32128])
    func definition(classes: Int) {
        let rows = 5
        let logits = random([rows, classes], UInt64(classes), deviation: 3)
        let labels = (0..<rows).map { Int32($0 * 7919 % classes) }
        let (losses, p) = CrossEntropy.forward(logits: logits, labels: labels)
        #expect(relativeDifference(losses.array, to: plainLosses(logits, labels)) <= 1e-6)
        for row in 0..<rows {
            let expected = Plain.softmax(logits.rows(row..<row + 1).array.map(Double.init))
            #expect(relativeDifference(p.rows(row..<row + 1).array, to: expected) <= 5e-6)
        }
    }

    @Test("A row that is ignored has no loss and no gradient, and changes no other")
    func ignored() {
        let logits = random([4, 33], 1)
        let (losses, p) = CrossEntropy.forward(logits: logits, labels: [3, -100, 0, -100])
        let (without, _) = CrossEntropy.forward(logits: Rows.gather(logits, [0, 2]), labels: [3, 0])
        #expect(losses.array[1] == 0 && losses.array[3] == 0)
        #expect(sameBits([losses.array[0], losses.array[2]], without.array))
        let slope = CrossEntropy.backward(
            probabilities: p, labels: [3, -100, 0, -100], weights: [1, 9, 0.5, .infinity])
        #expect(slope.rows(1..<2).array.allSatisfy { $0 == 0 })
        #expect(slope.rows(3..<4).array.allSatisfy { $0 == 0 })
    }

    @Test("The gradient is the weight times probability less one at the label")
    func gradient() {
        let logits = random([3, 50], 1)
        let labels: [Int32] = [0, 49, 7]
        let weights: [Float] = [1, 0.25, -2]
        let (_, p) = CrossEntropy.forward(logits: logits, labels: labels)
        let found = CrossEntropy.backward(probabilities: p, labels: labels, weights: weights)
        for row in 0..<3 {
            var expected = Plain.softmax(logits.rows(row..<row + 1).array.map(Double.init))
            expected[Int(labels[row])] -= 1
            #expect(
                largestDifference(found.rows(row..<row + 1).array, expected.map { $0 * Double(weights[row]) }) <= 1e-6)
        }
    }

    @Test("Large logits neither overflow nor lose the small difference between them")
    func large() {
        let logits = Tensor([10_000, 9_999, 9_998, -10_000, -10_001, -10_000.5], shape: [2, 3])
        let (losses, p) = CrossEntropy.forward(logits: logits, labels: [1, 0])
        #expect(largestDifference(losses.array, plainLosses(logits, [1, 0])) <= 1e-6)
        #expect(p.array.allSatisfy { $0 > 0 && $0 < 1 })
    }

    @Test("A label that the model holds for impossible costs the difference of the logits")
    func impossible() {
        let logits = Tensor([1_000, 0, -1_000], shape: [1, 3])
        #expect(CrossEntropy.forward(logits: logits, labels: [2]).losses.array == [2_000])
        #expect(CrossEntropy.forward(logits: logits, labels: [0]).losses.array == [0])
    }

    @Test(
        "A NaN or an infinity among the logits makes the loss a NaN or infinite", arguments: [Float.nan, .infinity],
        [0, 5, 20, 33])
    func notFinite(bad: Float, place: Int) {
        let logits = random([1, 34], 1)
        logits.pointer[place] = bad
        #expect(!CrossEntropy.forward(logits: logits, labels: [7]).losses.scalarValue.isFinite)
    }

    @Test("Rows do not depend on each other or on the number of threads")
    func invariance() {
        let logits = random([9, 32128], 1)
        let labels = [Int32](0..<9)
        for threads in 1...2 {
            withThreads(threads) {
                let (losses, p) = CrossEntropy.forward(logits: logits, labels: labels)
                for row in 0..<9 {
                    let alone = CrossEntropy.forward(logits: logits.rows(row..<row + 1), labels: [Int32(row)])
                    #expect(alone.losses.array[0] == losses.array[row])
                    #expect(sameBits(alone.probabilities.array, p.rows(row..<row + 1).array))
                }
            }
        }
    }
}

extension Tensor {
    fileprivate var scalarValue: Float { reshaped([]).scalar }
}
