import Autodiff
import Tensors

/// `layer_norm`: the norm at the entrance of each sub-layer.
struct T5Norm {
    let weight: Variable
    let epsilon: Float

    init(_ config: T5Config, _ scope: WeightScope) throws {
        weight = try scope.weight([config.dModel], constant: 1)
        epsilon = config.layerNormEpsilon
    }

    func callAsFunction(_ x: Variable, _ tape: Tape) -> Variable {
        tape.rmsNorm(x, weight: weight, epsilon: epsilon)
    }
}

/// Relative position biases of a stack, spread over the distances that occur; all its layers share them.
struct T5Bias {
    let values: Variable
    let zero: Int

    var kernel: Attention.DistanceBias { Attention.DistanceBias(values: values.value, zero: zero) }
}

/// `relative_attention_bias` of a stack: one bias for each head and bucket of distances.
struct T5BiasTable {
    private let table: Variable
    let positions: RelativePosition

    /// - Parameter scope: the stack, in whose first block the table is stored.
    init(_ config: T5Config, bidirectional: Bool, _ scope: WeightScope) throws {
        table = try scope("block", 0)("layer", 0)("SelfAttention")("relative_attention_bias").weight(
            [config.relativeAttentionNumBuckets, config.numHeads], deviation: 1 / Float(config.dModel).squareRoot())
        positions = RelativePosition(
            bucketCount: config.relativeAttentionNumBuckets, maximumDistance: config.relativeAttentionMaxDistance,
            bidirectional: bidirectional)
    }

    /// The biases between any two of `length` positions.
    func callAsFunction(length: Int, _ tape: Tape) -> T5Bias {
        T5Bias(values: tape.spreadBias(table, buckets: positions.buckets(length: length)), zero: length - 1)
    }
}

/// `SelfAttention` and `EncDecAttention`: dot products without scaling, no biases on the projections.
struct T5Attention {
    let q: Variable
    let k: Variable
    let v: Variable
    let o: Variable
    let attention: Attention

    init(_ config: T5Config, causal: Bool, _ scope: WeightScope) throws {
        let inner = config.innerWidth, width = config.dModel
        let deviation = 1 / Float(width).squareRoot()
        q = try scope("q").weight([inner, width], deviation: 1 / Float(width * config.dKV).squareRoot())
        k = try scope("k").weight([inner, width], deviation: deviation)
        v = try scope("v").weight([inner, width], deviation: deviation)
        o = try scope("o").weight([width, inner], deviation: 1 / Float(inner).squareRoot())
        attention = Attention(heads: config.numHeads, headWidth: config.dKV, scale: 1, causal: causal)
    }

    /// Queries from `x`, keys and values from `memory` (`x` itself in self-attention); returns `[rows of x, d_model]`.
    func callAsFunction(
        _ x: Variable, memory: Variable, queries: RaggedLayout, keys: RaggedLayout, bias: T5Bias?, _ tape: Tape
    ) -> Variable {
        let mixed = mix(tape.linear(x, weight: q), memory: memory, queries: queries, keys: keys, bias: bias, tape)
        return tape.linear(mixed, weight: o)
    }

    /// From queries to the mixed values that the output layer reads, through keys and values.
    func mix(
        _ q: Variable, memory: Variable, queries: RaggedLayout, keys: RaggedLayout, bias: T5Bias?, _ tape: Tape
    ) -> Variable {
        tape.attention(
            attention, q: q, k: tape.linear(memory, weight: k), v: tape.linear(memory, weight: v), queries: queries,
            keys: keys, bias: bias?.values, biasZero: bias?.zero ?? 0)
    }
}

/// `DenseReluDense`: ReLU in version 1.0, a gated GELU in version 1.1. Its output layer `wo` is the edit site.
struct T5FeedForward {
    private enum Entrance {
        case relu(wi: Variable)
        case gatedGELU(wi0: Variable, wi1: Variable)
    }

    private let entrance: Entrance
    let wo: Variable

    init(_ config: T5Config, _ scope: WeightScope) throws {
        let shape = [config.dFF, config.dModel]
        let deviation = 1 / Float(config.dModel).squareRoot()
        entrance =
            config.isGated
            ? .gatedGELU(
                wi0: try scope("wi_0").weight(shape, deviation: deviation),
                wi1: try scope("wi_1").weight(shape, deviation: deviation))
            : .relu(wi: try scope("wi").weight(shape, deviation: deviation))
        wo = try scope("wo").weight([config.dModel, config.dFF], deviation: 1 / Float(config.dFF).squareRoot())
    }

    /// What `wo` reads: `[rows, d_ff]`, the keys of an edit.
    func inner(_ x: Variable, _ tape: Tape) -> Variable {
        switch entrance {
        case .relu(let wi): tape.activation(tape.linear(x, weight: wi), .relu)
        case .gatedGELU(let wi0, let wi1):
            tape.multiply(tape.activation(tape.linear(x, weight: wi0), .geluTanh), tape.linear(x, weight: wi1))
        }
    }

    func callAsFunction(_ x: Variable, _ tape: Tape) -> Variable { tape.linear(inner(x, tape), weight: wo) }
}
