import TestSupport
import Testing

@testable import Tensors

@Suite("Products with frozen weights")
struct FrozenProductTests {
    /// Rounding error allowed, in units of the sum of the magnitudes added: a few dozen roundings of 2⁻²⁴.
    private let tolerance = 1e-6
    /// Sizes around every tile and vector border, and all small ones.
    private static let inputs = Array(1...34) + [47, 48, 49, 63, 64, 65, 79, 80, 81, 95, 96, 112, 127, 128, 129, 130]
    private static let outputs = Array(1...9) + [15, 16, 17, 31, 33, 63, 64, 65, 66, 67, 68, 69, 70]

    @Test("Forward is the plain product, at every tail", arguments: 1...9)
    func forward(rows: Int) {
        for (n, inputs) in Self.inputs.enumerated() {
            let x = random([rows, inputs], UInt64(n))
            let w = random([70, inputs], UInt64(1000 + n))
            for outputs in Self.outputs {
                let weight = w.rows(0..<outputs)
                let error = Plain.product(x, by: weight, transposeB: true).error(
                    of: FrozenProduct.forward(x: x, weight: weight))
                #expect(error <= tolerance, "\(rows) x \(inputs) to \(outputs)")
            }
        }
    }

    @Test("Backward is the plain product, at every tail", arguments: 1...9)
    func backward(rows: Int) {
        for (n, inputs) in Self.inputs.enumerated() {
            let w = random([70, inputs], UInt64(1000 + n))
            for outputs in Self.outputs {
                let weight = w.rows(0..<outputs)
                let dy = random([rows, outputs], UInt64(n))
                let error = Plain.product(dy, by: weight).error(of: FrozenProduct.backward(dy: dy, weight: weight))
                #expect(error <= tolerance, "\(rows) x \(outputs) to \(inputs)")
            }
        }
    }

    @Test("Weights and rows may lie at any float, as in a mapped file", arguments: 1...3)
    func alignment(shift: Int) {
        let x = random([5, 67], 1)
        let w = random([37, 67], 2)
        let dy = random([5, 37], 3)
        let y = FrozenProduct.forward(x: unaligned(x, by: shift), weight: unaligned(w, by: shift))
        #expect(sameBits(y.array, FrozenProduct.forward(x: x, weight: w).array))
        let dx = FrozenProduct.backward(dy: unaligned(dy, by: shift), weight: unaligned(w, by: shift))
        #expect(sameBits(dx.array, FrozenProduct.backward(dy: dy, weight: w).array))
    }

    @Test("No rows give no rows")
    func empty() {
        let w = random([37, 67], 2)
        #expect(FrozenProduct.forward(x: Tensor(zeros: [0, 67]), weight: w).shape == [0, 37])
        #expect(FrozenProduct.backward(dy: Tensor(zeros: [0, 37]), weight: w).shape == [0, 67])
    }

    @Test("A weight without outputs gives a gradient of zero")
    func noOutputs() {
        let dx = FrozenProduct.backward(dy: Tensor(zeros: [3, 0]), weight: Tensor(zeros: [0, 67]))
        #expect(dx.shape == [3, 67] && dx.array.allSatisfy { $0 == 0 })
    }

    /// Small ones on one thread, and ones beyond the size from which work is shared out and rows come in blocks.
    private static let shapes = [(67, 37), (16, 4), (130, 70), (512, 384), (384, 515), (1024, 513)]

    @Test("A row's product has the same bits alone and in any batch, on one thread and on two", arguments: shapes)
    func batchInvariance(inputs: Int, outputs: Int) {
        let rows = 210
        let x = random([rows, inputs], 1)
        let w = random([outputs, inputs], 2)
        let dy = random([rows, outputs], 3)
        let alone = (0..<rows).map { row in
            withThreads(1) {
                (
                    FrozenProduct.forward(x: x.rows(row..<row + 1), weight: w).array,
                    FrozenProduct.backward(dy: dy.rows(row..<row + 1), weight: w).array
                )
            }
        }
        for threads in 1...2 {
            for batch in [1, 2, 3, 4, 5, 7, 8, 9, 64, 193, rows] {
                for first in Set([0, 1, rows - batch]) where first + batch <= rows {
                    let range = first..<first + batch
                    let (y, dx) = withThreads(threads) {
                        (
                            FrozenProduct.forward(x: x.rows(range), weight: w).array,
                            FrozenProduct.backward(dy: dy.rows(range), weight: w).array
                        )
                    }
                    let place: Comment = "rows \(range), \(threads) threads"
                    #expect(sameBits(y, alone[range].flatMap(\.0)), place)
                    #expect(sameBits(dx, alone[range].flatMap(\.1)), place)
                }
            }
        }
    }

    @Test("A row's product does not depend on which other outputs the weight has")
    func outputInvariance() {
        let x = random([6, 80], 1)
        let w = random([70, 80], 2)
        let all = FrozenProduct.forward(x: x, weight: w).array
        for range in [0..<1, 3..<7, 5..<70, 66..<70] {
            let part = FrozenProduct.forward(x: x, weight: w.rows(range)).array
            let expected = (0..<6).flatMap { row in range.map { all[row * 70 + $0] } }
            #expect(sameBits(part, expected), "outputs \(range)")
        }
    }
}
