import TestSupport
import Testing

@testable import Tensors

@Suite("Attention does not depend on the batch")
struct AttentionInvarianceTests {
    private static let lengths = [1, 7, 150, 16, 33]

    private func gradients(_ one: AttentionCase, _ dOutput: Tensor) -> Attention.Gradients {
        let p = one.attention.forward(
            q: one.q, k: one.k, v: one.v, queries: one.queries, keys: one.keys, bias: one.bias
        ).probabilities
        return one.attention.backward(
            dOutput: dOutput, q: one.q, k: one.k, v: one.v, probabilities: p, queries: one.queries, keys: one.keys,
            bias: one.bias)
    }

    @Test(
        "A sequence has the same bits alone and in a batch, both ways, on one thread and on two",
        arguments: [false, true])
    func batch(causal: Bool) {
        let layout = RaggedLayout(lengths: Self.lengths)
        let all = AttentionCase(heads: 3, headWidth: 20, causal: causal, queries: layout, keys: layout, biased: true)
        let dOutput = random(all.q.shape, 9)
        for threads in 1...2 {
            withThreads(threads) {
                let together = all.output
                let slopes = gradients(all, dOutput)
                for (s, length) in Self.lengths.enumerated() {
                    var alone = all
                    let rows = layout.rows(of: s)
                    (alone.queries, alone.keys) = (RaggedLayout(lengths: [length]), RaggedLayout(lengths: [length]))
                    (alone.q, alone.k, alone.v) = (all.q.rows(rows), all.k.rows(rows), all.v.rows(rows))
                    #expect(sameBits(alone.output.array, together.rows(rows).array))
                    let own = gradients(alone, dOutput.rows(rows))
                    #expect(sameBits(own.q.array, slopes.q.rows(rows).array))
                    #expect(sameBits(own.k.array, slopes.k.rows(rows).array))
                    #expect(sameBits(own.v.array, slopes.v.rows(rows).array))
                }
            }
        }
    }

    @Test("Rows beyond the visible ones change nothing in the rows before them, whatever they hold")
    func padding() {
        let layout = RaggedLayout(lengths: [9, 21], visible: [5, 21])
        let bare = RaggedLayout(lengths: [5, 21])
        let padded = AttentionCase(heads: 2, headWidth: 8, queries: layout, keys: layout, biased: true)
        for row in 5..<9 {
            for tensor in [padded.k, padded.v] { (tensor.pointer + row * 16).update(repeating: .nan, count: 16) }
        }
        var without = padded
        (without.queries, without.keys) = (bare, bare)
        let cut = { (t: Tensor) in Rows.concatenate([t.rows(0..<5), t.rows(9..<30)]) }
        (without.q, without.k, without.v) = (cut(padded.q), cut(padded.k), cut(padded.v))
        #expect(sameBits(cut(padded.output).array, without.output.array))
    }

    @Test("Gradients of the bias do not depend on the number of threads")
    func biasGradient() throws {
        let layout = RaggedLayout(lengths: Self.lengths)
        let one = AttentionCase(heads: 4, headWidth: 16, queries: layout, keys: layout, biased: true)
        let dOutput = random(one.q.shape, 9)
        let p = one.attention.forward(q: one.q, k: one.k, v: one.v, queries: layout, keys: layout, bias: one.bias)
            .probabilities
        let tables = (1...2).map { threads in
            withThreads(threads) {
                one.attention.backward(
                    dOutput: dOutput, q: one.q, k: one.k, v: one.v, probabilities: p, queries: layout, keys: layout,
                    bias: one.bias, wantsBiasGradient: true
                ).bias?.array
            }
        }
        #expect(sameBits(try #require(tables[0]), try #require(tables[1])))
    }

    @Test(
        "Decoding token by token with the cache has the same bits as all positions at once", arguments: [false, true])
    func cache(biased: Bool) {
        let lengths = [6, 19, 12]
        let layout = RaggedLayout(lengths: lengths)
        let all = AttentionCase(heads: 2, headWidth: 24, causal: true, queries: layout, keys: layout, biased: biased)
        let expected = all.output
        let cache = KeyValueCache(sequences: 3, capacity: 19, width: 48)
        for position in 0..<19 {
            // Sequences that have ended leave the batch; the others come in another order.
            let slots = [2, 0, 1].filter { position < lengths[$0] }
            let rows = { (t: Tensor) in
                Rows.concatenate(
                    slots.map {
                        let row = layout.starts[$0] + position
                        return t.rows(row..<row + 1)
                    })
            }
            cache.append(k: rows(all.k), v: rows(all.v), slots: slots, position: position)
            let step = all.attention.step(
                q: rows(all.q), cache: cache, slots: slots, position: position, bias: all.bias)
            #expect(sameBits(step.array, rows(expected).array), "position \(position)")
        }
    }

    @Test("Cross-attention of one token has the same bits as that of all")
    func crossStep() {
        let keys = RaggedLayout(lengths: [4, 30, 9], visible: [4, 28, 9])
        let one = AttentionCase(
            heads: 2, headWidth: 16, queries: RaggedLayout(lengths: [1, 1, 1]), keys: keys, biased: false)
        let slots = [1, 2, 0]
        let q = Rows.gather(one.q, slots.map(Int32.init))
        let step = one.attention.step(q: q, k: one.k, v: one.v, keys: keys, slots: slots)
        #expect(sameBits(step.array, Rows.gather(one.output, slots.map(Int32.init)).array))
    }
}
