import TestSupport
import Testing

@testable import Tensors

@Suite("Attention of few queries, without keys and values")
struct FoldedQueriesTests {
    init() throws { try BLAS.load() }

    /// States, queries, and the layers of keys and values.
    private struct Case {
        let attention = Attention(heads: 3, headWidth: 20, scale: 0.3)
        var queries: RaggedLayout
        var layout: RaggedLayout
        var q: Tensor
        var x: Tensor
        let weights: Attention.KeyValueWeights

        init(_ lengths: [Int], visible: [Int]?, queries counts: [Int], biases: Bool = true) {
            weights = Attention.KeyValueWeights(
                key: random([60, 50], 3, deviation: 0.2), keyBias: biases ? random([60], 5) : nil,
                value: random([60, 50], 4, deviation: 0.2), valueBias: biases ? random([60], 6) : nil)
            queries = RaggedLayout(lengths: counts)
            layout = RaggedLayout(lengths: lengths, visible: visible)
            q = random([queries.rowCount, 60], 1)
            x = random([layout.rowCount, 50], 2)
        }

        /// What attention through keys and values gives, and its gradients by q, x, both weights and the values' bias.
        func plain(_ dOutput: Tensor, _ dropout: Dropout?) throws -> (output: Tensor, gradients: [Tensor]) {
            let k = BLAS.forward(x: x, weight: weights.key), v = BLAS.forward(x: x, weight: weights.value)
            if let bias = weights.keyBias { Elementwise.addToRows(bias, into: k) }
            if let bias = weights.valueBias { Elementwise.addToRows(bias, into: v) }
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

        func folded(_ dOutput: Tensor, _ dropout: Dropout?) throws -> (output: Tensor, gradients: [Tensor]) {
            let (output, state) = attention.forwardFolded(
                q: q, x: x, queries: queries, keys: layout, weights: weights, dropout: dropout)
            let found = attention.backwardFolded(
                dOutput: dOutput, q: q, x: x, queries: queries, keys: layout, weights: weights, state: state,
                dropout: dropout, wantsWeightGradients: true)
            return (
                output,
                [found.q, found.x, try #require(found.key), try #require(found.value)]
                    + [found.valueBias].compactMap(\.self)
            )
        }
    }

    @Test(
        "Output and gradients are those of attention through keys and values, with padding, dropout and without",
        arguments: [[1, 1, 1, 1, 1], [2, 1, 4, 9, 13]],
        [nil, Dropout(probability: 0.4, seed: 1, step: 2, place: 3)])
    func definition(queries: [Int], dropout: Dropout?) throws {
        for (visible, biases) in [(nil, true), ([1, 1, 15, 9, 40], true), (nil, false)] {
            let one = Case([1, 2, 15, 16, 70], visible: visible, queries: queries, biases: biases)
            let dOutput = random([one.queries.rowCount, 60], 9)
            let plain = try one.plain(dOutput, dropout), found = try one.folded(dOutput, dropout)
            #expect(relativeDifference(found.output.array, to: plain.output.array) <= 2e-6)
            #expect(found.gradients.count == (biases ? 5 : 4))
            for (own, expected) in zip(found.gradients, plain.gradients) {
                #expect(relativeDifference(own.array, to: expected.array) <= 5e-6)
            }
        }
    }

    @Test(
        "A sequence has the same bits alone and in a batch, both ways, on one thread and on two",
        arguments: [[1, 1, 1, 1, 1], [2, 5, 4, 1, 13]])
    func batch(queries: [Int]) throws {
        let all = Case([1, 7, 150, 16, 300], visible: nil, queries: queries)
        let dOutput = random([all.queries.rowCount, 60], 9)
        let reference = try withThreads(1) { try all.folded(dOutput, nil) }
        for threads in 1...2 {
            try withThreads(threads) {
                let together = try all.folded(dOutput, nil)
                for (own, first) in zip(together.gradients, reference.gradients) {
                    #expect(sameBits(own.array, first.array))
                }
                for s in queries.indices {
                    var alone = all
                    let rows = all.queries.rows(of: s), states = all.layout.rows(of: s)
                    (alone.queries, alone.layout) = (
                        RaggedLayout(lengths: [rows.count]), RaggedLayout(lengths: [states.count])
                    )
                    (alone.q, alone.x) = (all.q.rows(rows), all.x.rows(states))
                    let own = try alone.folded(dOutput.rows(rows), nil)
                    #expect(sameBits(own.output.array, together.output.rows(rows).array))
                    #expect(sameBits(own.gradients[0].array, together.gradients[0].rows(rows).array))
                    #expect(sameBits(own.gradients[1].array, together.gradients[1].rows(states).array))
                }
            }
        }
    }

    @Test("It is chosen where it takes fewer multiplications: few queries, and keys that are not too many")
    func choice() {
        let attention = Attention(heads: 6, headWidth: 64, scale: 1)
        #expect(attention.foldingPays(queries: 5, keys: 14))
        #expect(attention.foldingPays(queries: 1, keys: 512))
        #expect(attention.foldingPays(queries: 5, keys: 512))
        #expect(!attention.foldingPays(queries: 14, keys: 14))
        #expect(!attention.foldingPays(queries: 1, keys: 1))
        #expect(!attention.foldingPays(queries: 60, keys: 512))
    }
}
