import TestSupport
import Testing

@testable import Tensors

@Suite("Tensors and rows")
struct TensorTests {
    @Test("Shapes, views and copies")
    func views() {
        let tensor = Tensor((0..<24).map(Float.init), shape: [2, 3, 4])
        #expect(tensor.count == 24 && tensor.rowCount == 2 && tensor.rowWidth == 12)
        #expect(tensor.rows(1..<2).array == (12..<24).map(Float.init))
        #expect(tensor.rows(1..<2).shape == [1, 3, 4])
        #expect(tensor.reshaped([4, 6]).rows(2..<3).array == (12..<18).map(Float.init))
        let copy = tensor.copy()
        let shared = tensor.reshaped([24])
        tensor.pointer[0] = 9
        #expect(copy.array[0] == 0 && shared.array[0] == 9)
        #expect(Tensor([5], shape: []).scalar == 5)
        #expect(Tensor(zeros: [0, 7]).array.isEmpty && Tensor(zeros: [0, 7]).rowWidth == 7)
    }

    @Test("Rows are gathered, scattered, replaced and joined by index")
    func rows() {
        let table = Tensor((0..<12).map(Float.init), shape: [4, 3])
        #expect(Rows.gather(table, [2, 0, 2]).array == [6, 7, 8, 0, 1, 2, 6, 7, 8])
        let sum = Tensor(zeros: [4, 3])
        Rows.scatterAdd(Tensor((1...9).map(Float.init), shape: [3, 3]), [1, -1, 1], into: sum)
        #expect(sum.array == [0, 0, 0, 8, 10, 12, 0, 0, 0, 0, 0, 0])
        let base = Tensor([Float](repeating: 50, count: 6), shape: [2, 3])
        #expect(Rows.replace(in: base, with: table, [-1, 3]).array == [50, 50, 50, 9, 10, 11])
        #expect(base.array == [Float](repeating: 50, count: 6))
        #expect(Rows.concatenate([table.rows(3..<4), base.rows(0..<1)]).array == [9, 10, 11, 50, 50, 50])
    }

    @Test("Element-by-element passes are the plain ones, short and long", arguments: [0, 1, 15, 16, 17, 1000, 70_001])
    func elementwise(count: Int) {
        let a = random([count], 1)
        let b = random([count], 2)
        let pairs = Array(zip(a.array, b.array))
        #expect(Elementwise.add(a, b).array == pairs.map { $0 + $1 })
        #expect(Elementwise.multiply(a, b).array == pairs.map { $0 * $1 })
        #expect(Elementwise.scale(a, by: 0.3).array == a.array.map { $0 * 0.3 })
        let sum = a.copy()
        Elementwise.accumulate(b, into: sum)
        #expect(sum.array == pairs.map { $0 + $1 })
    }

    @Test("A bias is added to every row, and rows are summed")
    func biases() {
        let x = random([3, 21], 1)
        let bias = random([21], 2)
        let sum = x.copy()
        Elementwise.addToRows(bias, into: sum)
        #expect(sum.array == x.array.enumerated().map { $1 + bias.array[$0 % 21] })
        let expected = (0..<21).map { column in (0..<3).reduce(Float(0)) { $0 + x.array[$1 * 21 + column] } }
        #expect(Elementwise.sumOfRows(x).array == expected)
    }

    @Test("Sums of many rows are sums, and have the same bits on one thread and on two")
    func manyRows() {
        let x = random([700, 100], 1)
        let sums = (1...2).map { threads in withThreads(threads) { Elementwise.sumOfRows(x).array } }
        #expect(sameBits(sums[0], sums[1]))
        let expected = (0..<100).map { column in (0..<700).reduce(0.0) { $0 + Double(x.array[$1 * 100 + column]) } }
        #expect(relativeDifference(sums[0], to: expected) <= 1e-6)
    }

    @Test("A ragged layout knows where each sequence lies")
    func layout() {
        let layout = RaggedLayout(lengths: [3, 1, 4], visible: [2, 1, 4])
        #expect(layout.starts == [0, 3, 4, 8] && layout.rowCount == 8 && layout.count == 3 && layout.longest == 4)
        #expect(layout.rows(of: 2) == 4..<8 && layout.length(of: 0) == 3)
        #expect(RaggedLayout(lengths: [3]).visible == [3])
        #expect(RaggedLayout(lengths: []).rowCount == 0 && RaggedLayout(lengths: []).longest == 0)
    }
}
