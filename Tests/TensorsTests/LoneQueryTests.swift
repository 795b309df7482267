import TestSupport
import Testing

@testable import Tensors

@Suite("Attention of one query for each sequence")
struct LoneQueryTests {
    init() throws { try BLAS.load() }

    /// States, one query for each sequence, and the layers of keys and values.
    private struct Case {
        let attention = Attention(heads: 3, headWidth: 20, scale: 0.3)
        var layout: RaggedLayout
        var q: Tensor
        var x: Tensor
        let weights = Attention.KeyValueWeights(
            key: random([60, 50], 3, deviation: 0.2), keyBias: random([60], 5),
            value: random([60, 50], 4, deviation: 0.2), valueBias: random([60], 6))

        init(_ lengths: [Int], visible: [Int]?) {
            layout = RaggedLayout(lengths: lengths, visible: visible)
            q = random([lengths.count, 60], 1)
            x = random([layout.rowCount, 50], 2)
        }

        var queries: RaggedLayout { RaggedLayout(lengths: [Int](repeating: 1, count: layout.count)) }

        /// What attention through keys and values gives, and its gradients by q, x, both weights and the values' bias.
        func plain(_ dOutput: Tensor, _ dropout: Dropout?) throws -> (output: Tensor, gradients: [Tensor]) {
            let k = BLAS.forward(x: x, weight: weights.key), v = BLAS.forward(x: x, weight: weights.value)
            Elementwise.addToRows(weights.keyBias, into: k)
            Elementwise.addToRows(weights.valueBias, into: v)
            let (output, kept) = attention.forwardProducts(
                q: q, k: k, v: v, queries: queries, keys: layout, dropout: dropout, keepsProbabilities: true)
            let found = attention.backwardProducts(
                dOutput: dOutput, output: output, q: q, k: k, v: v, probabilities: try #require(kept), queries: queries,
                keys: layout, dropout: dropout)
            let dx = Elementwise.add(
                BLAS.backward(dy: found.k, weight: weights.key), BLAS.backward(dy: found.v, weight: weights.value))
            return (
                output,
                [
                    found.q, dx, BLAS.weightGradient(dy: found.k, x: x), BLAS.weightGradient(dy: found.v, x: x),
                    Elementwise.sumOfRows(found.v),
                ]
            )
        }

        func lone(_ dOutput: Tensor, _ dropout: Dropout?) throws -> (output: Tensor, gradients: [Tensor]) {
            let (output, state) = attention.forwardLone(
                q: q, x: x, layout: layout, weights: weights, dropout: dropout)
            let found = attention.backwardLone(
                dOutput: dOutput, q: q, x: x, layout: layout, weights: weights, state: state, dropout: dropout,
                wantsWeightGradients: true)
            return (
                output,
                [
                    found.q, found.x, try #require(found.key), try #require(found.value),
                    try #require(found.valueBias),
                ]
            )
        }
    }

    @Test(
        "Output and gradients are those of attention through keys and values, with padding, dropout and without",
        arguments: [nil, [1, 1, 15, 9, 40]], [nil, Dropout(probability: 0.4, seed: 1, step: 2, place: 3)])
    func definition(visible: [Int]?, dropout: Dropout?) throws {
        let one = Case([1, 2, 15, 16, 70], visible: visible), dOutput = random([5, 60], 9)
        let plain = try one.plain(dOutput, dropout), found = try one.lone(dOutput, dropout)
        #expect(relativeDifference(found.output.array, to: plain.output.array) <= 2e-6)
        for (own, expected) in zip(found.gradients, plain.gradients) {
            #expect(relativeDifference(own.array, to: expected.array) <= 5e-6)
        }
    }

    @Test("A sequence has the same bits alone and in a batch, both ways, on one thread and on two")
    func batch() throws {
        let lengths = [1, 7, 150, 16, 300]
        let all = Case(lengths, visible: nil), dOutput = random([5, 60], 9)
        let reference = try withThreads(1) { try all.lone(dOutput, nil) }
        for threads in 1...2 {
            try withThreads(threads) {
                let together = try all.lone(dOutput, nil)
                for (own, first) in zip(together.gradients, reference.gradients) {
                    #expect(sameBits(own.array, first.array))
                }
                for (s, length) in lengths.enumerated() {
                    var alone = all
                    alone.layout = RaggedLayout(lengths: [length])
                    (alone.q, alone.x) = (all.q.rows(s..<s + 1), all.x.rows(all.layout.rows(of: s)))
                    let own = try alone.lone(dOutput.rows(s..<s + 1), nil)
                    #expect(sameBits(own.output.array, together.output.rows(s..<s + 1).array))
                    #expect(sameBits(own.gradients[0].array, together.gradients[0].rows(s..<s + 1).array))
                    let rows = all.layout.rows(of: s)
                    #expect(sameBits(own.gradients[1].array, together.gradients[1].rows(rows).array))
                }
            }
        }
    }
}
