import Autodiff
import Tensors

struct T5EncoderBlock {
    let selfAttentionNorm: T5Norm
    let selfAttention: T5Attention
    let feedForwardNorm: T5Norm
    let feedForward: T5FeedForward

    init(_ config: T5Config, _ scope: WeightScope) throws {
        selfAttention = try T5Attention(config, causal: false, scope("layer", 0)("SelfAttention"))
        selfAttentionNorm = try T5Norm(config, scope("layer", 0)("layer_norm"))
        feedForward = try T5FeedForward(config, scope("layer", 1)("DenseReluDense"))
        feedForwardNorm = try T5Norm(config, scope("layer", 1)("layer_norm"))
    }

    /// The first sub-layer with its residual connection.
    func attend(_ x: Variable, _ layout: RaggedLayout, _ bias: T5Bias, _ tape: Tape) -> Variable {
        let normed = selfAttentionNorm(x, tape)
        return tape.add(
            x, selfAttention(normed, memory: normed, queries: layout, keys: layout, bias: bias, tape))
    }

    func callAsFunction(_ x: Variable, _ layout: RaggedLayout, _ bias: T5Bias, _ tape: Tape) -> Variable {
        let attended = attend(x, layout, bias, tape)
        return tape.add(attended, feedForward(feedForwardNorm(attended, tape), tape))
    }
}

/// `encoder`: from embedded tokens to the hidden states that the decoder reads.
struct T5Encoder {
    let blocks: [T5EncoderBlock]
    let finalNorm: T5Norm
    let biasTable: T5BiasTable

    init(_ config: T5Config, _ scope: WeightScope) throws {
        blocks = try (0..<config.numLayers).map { try T5EncoderBlock(config, scope("block", $0)) }
        biasTable = try T5BiasTable(config, bidirectional: true, scope)
        finalNorm = try T5Norm(config, scope("final_layer_norm"))
    }

    func bias(_ layout: RaggedLayout, _ tape: Tape) -> T5Bias {
        biasTable(length: max(layout.longest, 1), tape)
    }

    /// Blocks `first...` and the final norm.
    func finish(_ x: Variable, fromBlock first: Int, _ layout: RaggedLayout, _ bias: T5Bias, _ tape: Tape) -> Variable {
        finalNorm(blocks[first...].reduce(x) { $1($0, layout, bias, tape) }, tape)
    }
}
