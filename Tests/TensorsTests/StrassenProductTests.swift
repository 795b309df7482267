import Testing

@testable import Tensors

@Suite("Products by Strassen's algorithm")
struct StrassenProductTests {
    private let tolerance = 1e-6

    init() throws { try BLAS.load() }

    /// Rows, inputs and outputs: with panels of one and of several depths, and with rows left over.
    private static let shapes = [(1024, 512, 512), (1061, 896, 512), (1600, 512, 640)]

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

    @Test("The seven steps give every block its first value once and make up the whole product")
    func steps() {
        // Blocks as numbers: left 2, 3, 5, 7 and right 11, 13, 17, 19.
        let left = [2, 3, 5, 7], right = [11, 13, 17, 19]
        func value(_ sum: StrassenProduct.Sum, _ blocks: [Int]) -> Int {
            blocks[sum.block] + (sum.other.map { Int(sum.sign) * blocks[$0] } ?? 0)
        }
        var result: [Int?] = [nil, nil, nil, nil]
        for step in StrassenProduct.steps {
            let product = value(step.left, left) * value(step.right, right)
            var terms = [(step.result.block, product)]
            if let other = step.result.other { terms.append((other, Int(step.result.sign) * product)) }
            for (block, term) in terms {
                #expect((result[block] == nil) == step.begins.contains(block))
                result[block] = (result[block] ?? 0) + term
            }
        }
        #expect(result == [2 * 11 + 3 * 17, 2 * 13 + 3 * 19, 5 * 11 + 7 * 17, 5 * 13 + 7 * 19])
    }

    @Test("Small and odd products go to OpenBLAS", arguments: [(1000, 512, 512), (1024, 500, 512), (1024, 512, 64)])
    func small(rows: Int, inputs: Int, outputs: Int) {
        let x = random([rows, inputs], 1), w = random([outputs, inputs], 2), dy = random([rows, outputs], 3)
        #expect(StrassenProduct.forward(x: x, weight: w).array == BLAS.forward(x: x, weight: w).array)
        #expect(StrassenProduct.backward(dy: dy, weight: w).array == BLAS.backward(dy: dy, weight: w).array)
        #expect(StrassenProduct.weightGradient(dy: dy, x: x).array == BLAS.weightGradient(dy: dy, x: x).array)
    }

    @Test("A square is transposed")
    func transposition() {
        let source = random([16, 20], 1), target = Tensor(zeros: [16, 17])
        Transposition.square(source.pointer, 20, target.pointer, 17)
        for i in 0..<16 { for j in 0..<16 { #expect(target.array[i * 17 + j] == source.array[j * 20 + i]) } }
    }
}
