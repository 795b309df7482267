import TestSupport
import Testing

@testable import Tensors

@Suite("Frozen products for sequences")
struct FrozenSequencesTests {
    private let lengths = [1, 40, 3, 5, 33, 130, 31]
    private let x = random([243, 48], 1)
    private let w = random([70, 48], 2)

    @Test("They are the products, both ways")
    func values() {
        let layout = RaggedLayout(lengths: lengths)
        let y = FrozenProduct.forward(x: x, weight: w, layout: layout)
        #expect(relativeDifference(y.array, to: FrozenProduct.forward(x: x, weight: w).array) <= 1e-6)
        let dx = FrozenProduct.backward(dy: y, weight: w, layout: layout)
        #expect(relativeDifference(dx.array, to: FrozenProduct.backward(dy: y, weight: w).array) <= 1e-6)
    }

    @Test("A sequence has the same bits alone and in a batch, on one thread and on two")
    func batch() {
        let layout = RaggedLayout(lengths: lengths)
        let together = withThreads(1) { FrozenProduct.forward(x: x, weight: w, layout: layout) }
        let back = withThreads(1) { FrozenProduct.backward(dy: together, weight: w, layout: layout) }
        for threads in 1...2 {
            withThreads(threads) {
                for s in 0..<layout.count {
                    let rows = layout.rows(of: s), own = RaggedLayout(lengths: [rows.count])
                    let y = FrozenProduct.forward(x: x.rows(rows), weight: w, layout: own)
                    #expect(sameBits(y.array, together.rows(rows).array))
                    let dx = FrozenProduct.backward(dy: y, weight: w, layout: own)
                    #expect(sameBits(dx.array, back.rows(rows).array))
                }
            }
        }
    }
}
