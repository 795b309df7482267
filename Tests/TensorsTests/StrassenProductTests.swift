import Testing

@testable import Tensors

@Suite("Products by Strassen's algorithm")
struct StrassenProductTests {
    private let tolerance = 1e-6

    init() throws { try BLAS.load() }

    /// Rows, inputs and outputs: of quarters and halves, with panels of one and of several depths, with rows left over.
    private static let shapes = [(1024, 512, 512), (1061, 896, 512), (1600, 512, 640), (1061, 1792, 512)]

    @Test("The three products are the plain ones, to the bit whatever the number of threads", arguments: shapes)
    func products(rows: Int, inputs: Int, outputs: Int) {
        let x = random([rows, inputs], 1), w = random([outputs, inputs], 2), dy = random([rows, outputs], 3)
        let products: [(name: String, plain: Plain.Sums, compute: () -> Tensor)] = [
            ("forward", Plain.product(x, by: w, transposeB: true), { StrassenProduct.forward(x: x, weight: w) }),
            ("backward", Plain.product(dy, by: w), { StrassenProduct.backward(dy: dy, weight: w) }),
            (
                "weights", Plain.product(dy, by: x, transposeA: true),
                { StrassenProduct.weightGradient(dy: dy, x: x) }
            ),
        ]
        for (name, plain, compute) in products {
            let one = withThreads(1, compute)
            #expect(plain.error(of: one) <= tolerance, "\(name)")
            for threads in 2...3 { #expect(withThreads(threads, compute).array == one.array, "\(name), \(threads)") }
        }
    }

    @Test("A bias or a sum is what the product is added to, in place or not", arguments: [(1061, 896), (100, 64)])
    func starts(rows: Int, inputs: Int) {
        let x = random([rows, inputs], 1), w = random([512, inputs], 2), dy = random([rows, 512], 3)
        let bias = random([512], 4)
        let biased = StrassenProduct.forward(x: x, weight: w)
        Elementwise.addToRows(bias, into: biased)
        #expect(difference(StrassenProduct.forward(x: x, weight: w, bias: bias), biased) < 1e-4)

        let products: [(Tensor, (Tensor?, Bool) -> Tensor)] = [
            (random([rows, inputs], 5), { StrassenProduct.backward(dy: dy, weight: w, plus: $0, inPlace: $1) }),
            (random([512, inputs], 6), { StrassenProduct.weightGradient(dy: dy, x: x, plus: $0, inPlace: $1) }),
        ]
        for (sum, compute) in products {
            let before = sum.copy(), expected = Elementwise.add(sum, compute(nil, true))
            #expect(difference(compute(sum, false), expected) < 1e-4)
            #expect(sum.array == before.array)
            #expect(compute(sum, true).pointer == sum.pointer)
            #expect(difference(sum, expected) < 1e-4)
        }
    }

    private func difference(_ a: Tensor, _ b: Tensor) -> Float {
        zip(a.array, b.array).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test("The steps make up the whole product, and the first sign of each sum is +", arguments: [2, 4])
    func steps(side: Int) {
        let scheme: StrassenProduct.Scheme = side == 2 ? .halves : .quarters
        // Blocks as numbers.
        let left = (0..<side * side).map { $0 * $0 + 2 }, right = left.map { 3 * $0 - 7 }
        func value(_ sum: [StrassenProduct.Term], _ blocks: [Int]) -> Int {
            sum.reduce(0) { $0 + Int($1.sign) * blocks[$1.block] }
        }
        var result = [Int](repeating: 0, count: side * side)
        for step in scheme.steps {
            let product = value(step.left, left) * value(step.right, right)
            for term in step.result { result[term.block] += Int(term.sign) * product }
            for sum in [step.left, step.right, step.result] { #expect(sum[0].sign == 1) }
        }
        let expected = (0..<side * side).map { block in
            (0..<side).reduce(0) { $0 + left[block / side * side + $1] * right[$1 * side + block % side] }
        }
        #expect(result == expected)
        #expect(scheme.steps.count == (side == 2 ? 7 : 49))
    }

    @Test("Small and odd products go to OpenBLAS", arguments: [(1000, 512, 512), (1024, 500, 512), (1024, 512, 64)])
    func small(rows: Int, inputs: Int, outputs: Int) {
        let x = random([rows, inputs], 1), w = random([outputs, inputs], 2), dy = random([rows, outputs], 3)
        #expect(StrassenProduct.forward(x: x, weight: w).array == BLAS.forward(x: x, weight: w).array)
        #expect(StrassenProduct.backward(dy: dy, weight: w).array == BLAS.backward(dy: dy, weight: w).array)
        #expect(StrassenProduct.weightGradient(dy: dy, x: x).array == BLAS.weightGradient(dy: dy, x: x).array)
    }

    @Test("Blocks of rows are all rows, one after the other, and two threads get the same share of them")
    func rowBlocks() {
        for (m, height, unit) in [
            (1024, 24, 1), (1008, 24, 1), (320, 64, 16), (384, 64, 16), (448, 64, 16), (16, 64, 16), (1, 24, 1),
            (50, 24, 1),
        ] {
            let blocks = StrassenProduct.rowBlocks(of: m, height: height, unit: unit)
            #expect(blocks.flatMap { Array($0) } == Array(0..<m))
            #expect(blocks.allSatisfy { !$0.isEmpty && $0.count <= height && $0.lowerBound.isMultiple(of: unit) })
            // Whoever is done takes the next block.
            let ends = blocks.reduce(into: [0, 0]) { ends, block in ends[ends[0] <= ends[1] ? 0 : 1] += block.count }
            #expect(abs(ends[0] - ends[1]) <= max(unit, height - (m - 1) % height - 1, 1), "\(m) by \(height)")
        }
    }

    @Test("A square is transposed")
    func transposition() {
        let source = random([16, 20], 1), target = Tensor(zeros: [16, 17])
        Transposition.square(source.pointer, 20, target.pointer, 17)
        for i in 0..<16 { for j in 0..<16 { #expect(target.array[i * 17 + j] == source.array[j * 20 + i]) } }
    }
}
