import TestSupport
import Testing

@testable import Tensors

@Suite("Attention through products")
struct AttentionProductsTests {
    private func one(_ lengths: [Int], visible: [Int]? = nil, heads: Int = 3, headWidth: Int = 20) -> AttentionCase {
        let layout = RaggedLayout(lengths: lengths, visible: visible)
        return AttentionCase(
            heads: heads, headWidth: headWidth, scale: 0.3, queries: layout, keys: layout, biased: false)
    }

    private func output(_ one: AttentionCase, dropout: Dropout? = nil) -> Tensor {
        one.attention.forwardProducts(
            q: one.q, k: one.k, v: one.v, queries: one.queries, keys: one.keys, dropout: dropout,
            keepsProbabilities: false
        ).output
    }

    private func gradients(_ one: AttentionCase, _ dOutput: Tensor, dropout: Dropout? = nil) throws -> [Tensor] {
        let kept = one.attention.forwardProducts(
            q: one.q, k: one.k, v: one.v, queries: one.queries, keys: one.keys, dropout: dropout,
            keepsProbabilities: true)
        let found = one.attention.backwardProducts(
            dOutput: dOutput, output: kept.output, q: one.q, k: one.k, v: one.v,
            probabilities: try #require(kept.probabilities), queries: one.queries, keys: one.keys, dropout: dropout)
        return [found.q, found.k, found.v]
    }

    @Test("It is the definition, for every head width, with padding and without", arguments: [1, 15, 16, 17, 64])
    func definition(headWidth: Int) {
        for visible in [nil, [1, 1, 15, 9, 17, 33]] {
            let one = one([1, 2, 15, 16, 17, 33], visible: visible, headWidth: headWidth)
            #expect(largestDifference(output(one).array, one.plain) <= 2e-6)
        }
    }

    @Test("A few queries over all keys give the rows of those queries", arguments: [20, 64])
    func fewQueries(headWidth: Int) {
        var some = one([40, 7, 12], headWidth: headWidth)
        let whole = output(some)
        let rows: [Int32] = [0, 40, 47]
        some.q = Rows.gather(some.q, rows)
        some.queries = RaggedLayout(lengths: [1, 1, 1])
        #expect(largestDifference(output(some).array, Rows.gather(whole, rows).array) <= 2e-6)
    }

    @Test("Its gradients are those of attention row by row, with padding and without", arguments: [20, 64])
    func gradients(headWidth: Int) throws {
        for visible in [nil, [5, 80, 1]] {
            let one = one([9, 83, 1], visible: visible, headWidth: headWidth)
            let dOutput = random(one.q.shape, 9)
            let p = one.attention.forward(q: one.q, k: one.k, v: one.v, queries: one.queries, keys: one.keys)
            let plain = one.attention.backward(
                dOutput: dOutput, q: one.q, k: one.k, v: one.v, probabilities: p.probabilities, queries: one.queries,
                keys: one.keys)
            for (found, expected) in zip(try gradients(one, dOutput), [plain.q, plain.k, plain.v]) {
                #expect(relativeDifference(found.array, to: expected.array) <= 2e-6)
            }
        }
    }

    @Test(
        "A sequence has the same bits alone and in a batch, both ways, on one thread and on two", arguments: [20, 64])
    func batch(headWidth: Int) throws {
        let lengths = [1, 7, 150, 16, 33]
        let all = one(lengths, headWidth: headWidth)
        let dOutput = random(all.q.shape, 9)
        for threads in 1...2 {
            try withThreads(threads) {
                let together = output(all), slopes = try gradients(all, dOutput)
                for (s, length) in lengths.enumerated() {
                    var alone = all
                    let rows = all.queries.rows(of: s)
                    (alone.queries, alone.keys) = (RaggedLayout(lengths: [length]), RaggedLayout(lengths: [length]))
                    (alone.q, alone.k, alone.v) = (all.q.rows(rows), all.k.rows(rows), all.v.rows(rows))
                    #expect(sameBits(output(alone).array, together.rows(rows).array))
                    for (own, slope) in zip(try gradients(alone, dOutput.rows(rows)), slopes) {
                        #expect(sameBits(own.array, slope.rows(rows).array))
                    }
                }
            }
        }
    }

    @Test("Dropped probabilities give the output of the mask that Dropout gives", arguments: [16, 64])
    func dropout(headWidth: Int) throws {
        let one = one([12], heads: 2, headWidth: headWidth), width = 2 * headWidth
        let dropout = Dropout(probability: 0.4, seed: 1, step: 2, place: 3)
        let kept = one.attention.forward(q: one.q, k: one.k, v: one.v, queries: one.queries, keys: one.keys)
        var expected = [Float](repeating: 0, count: one.q.count)
        for h in 0..<2 {
            let p = dropout.part(h).apply(kept.probabilities.rows(h * 144..<(h + 1) * 144)).array
            for i in 0..<12 {
                for j in 0..<12 {
                    for c in h * headWidth..<(h + 1) * headWidth {
                        expected[i * width + c] += p[i * 12 + j] * one.v.array[j * width + c]
                    }
                }
            }
        }
        #expect(largestDifference(output(one, dropout: dropout).array, expected) <= 2e-6)
    }

    @Test("Tiles drop out the same, and give the same gradients, as narrower heads with channels of zeros")
    func tilesAreProducts() throws {
        let dropout = Dropout(probability: 0.4, seed: 1, step: 2, place: 3)
        for lengths in [[1], [16, 70], [150]] {
            // Sixty channels in use: products compute these, tiles compute 64, of which four are zero.
            let narrow = one(lengths, heads: 1, headWidth: 60)
            let widened = { (x: Tensor) in
                Tensor(
                    (0..<x.rowCount).flatMap { x.rows($0..<$0 + 1).array + [Float](repeating: 0, count: 4) },
                    shape: [x.rowCount, 64])
            }
            var wide = one(lengths, heads: 1, headWidth: 64)
            (wide.q, wide.k, wide.v) = (widened(narrow.q), widened(narrow.k), widened(narrow.v))
            let dOutput = random(narrow.q.shape, 9)
            let found = try [output(wide, dropout: dropout)] + gradients(wide, widened(dOutput), dropout: dropout)
            let expected = try [output(narrow, dropout: dropout)] + gradients(narrow, dOutput, dropout: dropout)
            for (found, expected) in zip(found, expected) {
                #expect(relativeDifference(found.array, to: widened(expected).array) <= 2e-6)
            }
        }
    }

    @Test("Scores of a diverged model give the value of the largest, and its gradient", arguments: [Float(1e9), 1e15])
    func huge(size: Float) throws {
        var one = one([20, 33], headWidth: 64)
        one.q = Elementwise.scale(one.q, by: size)
        #expect(largestDifference(output(one).array, one.plain) <= 2e-6)
        let dOutput = random(one.q.shape, 9), found = try gradients(one, dOutput)
        #expect(found[0].array.allSatisfy { abs($0) <= 1e-5 })
        let sums = (found: Elementwise.sumOfRows(found[2]).array, expected: Elementwise.sumOfRows(dOutput).array)
        #expect(relativeDifference(sums.found, to: sums.expected) <= 1e-5)
    }
}
