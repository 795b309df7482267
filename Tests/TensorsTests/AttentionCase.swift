@testable import Tensors

/// Random queries, keys and values for a ragged batch.
struct AttentionCase {
    var attention: Attention
    var queries: RaggedLayout
    var keys: RaggedLayout
    var q: Tensor
    var k: Tensor
    var v: Tensor
    var bias: Attention.DistanceBias?

    init(
        heads: Int, headWidth: Int, scale: Float = 1, causal: Bool = false, queries: RaggedLayout, keys: RaggedLayout,
        biased: Bool
    ) {
        let width = heads * headWidth
        attention = Attention(heads: heads, headWidth: headWidth, scale: scale, causal: causal)
        self.queries = queries
        self.keys = keys
        q = random([queries.rowCount, width], 1, deviation: 0.7)
        k = random([keys.rowCount, width], 2, deviation: 0.7)
        v = random([keys.rowCount, width], 3)
        if biased {
            let reach = max(queries.longest, keys.longest)
            bias = Attention.DistanceBias(values: random([heads, 2 * reach - 1], 4), zero: reach - 1)
        }
    }

    var output: Tensor {
        attention.forward(q: q, k: k, v: v, queries: queries, keys: keys, bias: bias).output
    }

    var plain: [Double] {
        Plain.attention(attention, q: q, k: k, v: v, queries: queries, keys: keys, bias: bias)
    }
}
