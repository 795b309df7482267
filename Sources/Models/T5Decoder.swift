import Autodiff
import Tensors

struct T5DecoderBlock {
    let selfAttentionNorm: T5Norm
    let selfAttention: T5Attention
    let crossAttentionNorm: T5Norm
    let crossAttention: T5Attention
    let feedForwardNorm: T5Norm
    let feedForward: T5FeedForward

    init(_ config: T5Config, _ scope: WeightScope) throws {
        selfAttention = try T5Attention(config, causal: true, scope("layer", 0)("SelfAttention"))
        selfAttentionNorm = try T5Norm(config, scope("layer", 0)("layer_norm"))
        crossAttention = try T5Attention(config, causal: false, scope("layer", 1)("EncDecAttention"))
        crossAttentionNorm = try T5Norm(config, scope("layer", 1)("layer_norm"))
        feedForward = try T5FeedForward(config, scope("layer", 2)("DenseReluDense"))
        feedForwardNorm = try T5Norm(config, scope("layer", 2)("layer_norm"))
    }

    func callAsFunction(
        _ x: Variable, _ layout: RaggedLayout, encoded: Variable, _ encodedLayout: RaggedLayout, _ bias: T5Bias,
        _ tape: Tape
    ) -> Variable {
        let normed = selfAttentionNorm(x, tape)
        var h = tape.add(x, selfAttention(normed, memory: normed, queries: layout, keys: layout, bias: bias, tape))
        h = tape.add(
            h,
            crossAttention.cross(
                crossAttentionNorm(h, tape), memory: encoded, queries: layout, keys: encodedLayout, tape))
        return tape.add(h, feedForward(feedForwardNorm(h, tape), tape))
    }
}

/// `decoder`: from embedded target tokens and the encoder's hidden states to the states before the output head.
struct T5Decoder {
    let blocks: [T5DecoderBlock]
    let finalNorm: T5Norm
    let biasTable: T5BiasTable

    init(_ config: T5Config, _ scope: WeightScope) throws {
        blocks = try (0..<config.numDecoderLayers).map { try T5DecoderBlock(config, scope("block", $0)) }
        biasTable = try T5BiasTable(config, bidirectional: false, scope)
        finalNorm = try T5Norm(config, scope("final_layer_norm"))
    }

    /// Relative position biases for targets of at most `length` tokens.
    func bias(length: Int, _ tape: Tape) -> T5Bias {
        biasTable(length: length, tape)
    }

    /// All target positions at once: `x[target rows, d_model]` to the normed states `[target rows, d_model]`.
    func callAsFunction(
        _ x: Variable, _ layout: RaggedLayout, encoded: Variable, _ encodedLayout: RaggedLayout, _ tape: Tape
    ) -> Variable {
        let bias = bias(length: max(layout.longest, 1), tape)
        return finalNorm(blocks.reduce(x) { $1($0, layout, encoded: encoded, encodedLayout, bias, tape) }, tape)
    }
}
