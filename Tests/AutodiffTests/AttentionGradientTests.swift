import Tensors
import Testing

@testable import Autodiff

@Suite("Gradients of attention are finite differences")
struct AttentionGradientTests {
    /// Queries, keys, values and a table of biases by distance for the given layouts.
    private func inputs(
        _ attention: Attention, _ queries: RaggedLayout, _ keys: RaggedLayout
    ) -> (tensors: [Tensor], zero: Int) {
        let width = attention.heads * attention.headWidth
        let reach = max(queries.longest, keys.longest)
        return (
            [
                random([queries.rowCount, width], 1, deviation: 0.6),
                random([keys.rowCount, width], 2, deviation: 0.6),
                random([keys.rowCount, width], 3), random([attention.heads, 2 * reach - 1], 4),
            ], reach - 1
        )
    }

    private func check(_ attention: Attention, _ queries: RaggedLayout, _ keys: RaggedLayout) {
        let (tensors, zero) = inputs(attention, queries, keys)
        GradientCheck.check(Array(tensors.prefix(3))) {
            $0.attention(attention, q: $1[0], k: $1[1], v: $1[2], queries: queries, keys: keys)
        }
        GradientCheck.check(tensors) {
            $0.attention(
                attention, q: $1[0], k: $1[1], v: $1[2], queries: queries, keys: keys, bias: $1[3], biasZero: zero)
        }
    }

    @Test("Over one sequence and over a ragged batch, causal or not", arguments: [false, true])
    func own(causal: Bool) {
        let attention = Attention(heads: 2, headWidth: 5, scale: 1, causal: causal)
        for layout in [RaggedLayout(lengths: [4]), RaggedLayout(lengths: [1, 5, 3])] {
            check(attention, layout, layout)
        }
    }

    @Test("With head widths around a whole vector", arguments: [15, 16, 17])
    func wide(headWidth: Int) {
        let layout = RaggedLayout(lengths: [3, 2])
        check(Attention(heads: 1, headWidth: headWidth, scale: 0.5), layout, layout)
    }

    @Test("From targets to encoded sequences of other lengths")
    func cross() {
        check(
            Attention(heads: 2, headWidth: 4, scale: 1), RaggedLayout(lengths: [2, 4]), RaggedLayout(lengths: [5, 1]))
    }

    @Test("With rows of padding that nobody looks at")
    func padded() {
        let layout = RaggedLayout(lengths: [5, 3], visible: [3, 3])
        check(Attention(heads: 2, headWidth: 4, scale: 1), layout, layout)
    }

    @Test("Of few queries, from the states that keys and values would come from", arguments: [[1, 1], [3, 2]])
    func folded(queries: [Int]) {
        let attention = Attention(heads: 2, headWidth: 4, scale: 0.7)
        let keyBias = Variable(random([8], 6)), queries = RaggedLayout(lengths: queries)
        for layout in [RaggedLayout(lengths: [1, 5]), RaggedLayout(lengths: [5, 3], visible: [3, 3])] {
            let tensors = [
                random([queries.rowCount, 8], 1, deviation: 0.6), random([layout.rowCount, 6], 2),
                random([8, 6], 3, deviation: 0.4), random([8, 6], 4), random([8], 5),
            ]
            GradientCheck.check(tensors) {
                $0.attentionFolded(
                    attention, q: $1[0], x: $1[1], keys: ($1[2], keyBias), values: ($1[3], $1[4]), queries: queries,
                    layout: layout)
            }
            GradientCheck.check(Array(tensors[..<2])) {
                $0.attentionFolded(
                    attention, q: $1[0], x: $1[1], keys: (Variable(tensors[2]), nil),
                    values: (Variable(tensors[3]), nil), queries: queries, layout: layout)
            }
        }
    }

    @Test("With one variable as queries, keys and values")
    func shared() {
        let layout = RaggedLayout(lengths: [3, 2])
        let attention = Attention(heads: 2, headWidth: 4, scale: 1)
        GradientCheck.check([random([5, 8], 1, deviation: 0.6)]) {
            $0.attention(attention, q: $1[0], k: $1[0], v: $1[0], queries: layout, keys: layout)
        }
    }

    @Test("Sequences long enough for several threads give the gradients of short ones")
    func long() {
        // Finite differences of one element in a few hundred; the work is beyond the size that threads share.
        let layout = RaggedLayout(lengths: [60, 9])
        let attention = Attention(heads: 2, headWidth: 8, scale: 1)
        let q = random([69, 16], 1, deviation: 0.6)
        let k = random([69, 16], 2, deviation: 0.6)
        let v = random([69, 16], 3)
        let table = random([2, 119], 4)
        GradientCheck.check([table]) {
            $0.attention(
                attention, q: Variable(q), k: Variable(k), v: Variable(v), queries: layout, keys: layout, bias: $1[0],
                biasZero: 59)
        }
    }

    @Test("Through products, with padding, few queries and dropout")
    func products() {
        let attention = Attention(heads: 2, headWidth: 5, scale: 0.5)
        let layout = RaggedLayout(lengths: [4, 1, 5], visible: [3, 1, 5])
        let dropout = Dropout(probability: 0.3, seed: 1, step: 1, place: 1)
        let inputs = [random([10, 10], 1, deviation: 0.6), random([10, 10], 2, deviation: 0.6), random([10, 10], 3)]
        for dropout in [nil, dropout] {
            GradientCheck.check(inputs) {
                $0.attentionProducts(
                    attention, q: $1[0], k: $1[1], v: $1[2], queries: layout, keys: layout, dropout: dropout)
            }
        }
        let few = RaggedLayout(lengths: [1, 1, 2])
        GradientCheck.check([random([4, 10], 1, deviation: 0.6)] + inputs.dropFirst()) {
            $0.attentionProducts(attention, q: $1[0], k: $1[1], v: $1[2], queries: few, keys: layout)
        }
    }

    @Test("Biases spread over distances from a table of buckets")
    func spreadBias() {
        GradientCheck.check([random([4, 3], 1)]) { $0.spreadBias($1[0], buckets: [3, 3, 0, 1, 0, 3, 1]) }
        let layout = RaggedLayout(lengths: [3, 2])
        let attention = Attention(heads: 2, headWidth: 4, scale: 1)
        // Two layers share one table, as in T5.
        GradientCheck.check([random([5, 8], 1, deviation: 0.6), random([3, 2], 2)]) { tape, x in
            let bias = tape.spreadBias(x[1], buckets: [2, 2, 0, 1, 1])
            let mix = { (x: Variable) in
                tape.attention(
                    attention, q: x, k: x, v: x, queries: layout, keys: layout, bias: bias, biasZero: 2)
            }
            return tape.add(x[0], mix(mix(x[0])))
        }
    }
}
