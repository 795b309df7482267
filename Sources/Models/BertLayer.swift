import Autodiff
import Tensors

/// `attention`: self-attention with its output layer, residual connection and norm.
struct BertAttention {
    let query: BertLinear
    let key: BertLinear
    let value: BertLinear
    let output: BertLinear
    let norm: BertNorm
    let attention: Attention
    let probabilityDropout: Float
    let outputDropout: Float

    init(_ config: BertConfig, _ scope: WeightScope) throws {
        let width = config.hiddenSize
        query = try BertLinear(config, from: width, to: width, scope("self")("query"))
        key = try BertLinear(config, from: width, to: width, scope("self")("key"))
        value = try BertLinear(config, from: width, to: width, scope("self")("value"))
        output = try BertLinear(config, from: width, to: width, scope("output")("dense"))
        norm = try BertNorm(config, scope("output")("LayerNorm"))
        attention = Attention(
            heads: config.numAttentionHeads, headWidth: config.headWidth,
            scale: 1 / Float(config.headWidth).squareRoot())
        probabilityDropout = config.attentionProbsDropoutProb
        outputDropout = config.hiddenDropoutProb
    }

    /// From the states `x[tokens, hidden]` of all tokens to `[rows, hidden]` for the rows asked for.
    func callAsFunction(
        _ x: Variable, _ layout: RaggedLayout, _ rows: BertRows, place: Int, _ pass: BertPass
    ) -> Variable {
        let tape = pass.tape
        let residual = rows.select(x, tape)
        let q = query(residual, rows.layout, tape), dropout = pass.dropout(probabilityDropout, place: place)
        let mixed =
            rows.areFirst
            ? tape.attentionFolded(
                attention, q: q, x: x, keys: (key.weight, key.bias), values: (value.weight, value.bias),
                queries: rows.layout, layout: layout, dropout: dropout)
            : tape.attentionProducts(
                attention, q: q, k: key(x, layout, tape), v: value(x, layout, tape), queries: rows.layout,
                keys: layout, dropout: dropout)
        return norm(
            residual, plus: output(mixed, rows.layout, tape), pass.dropout(outputDropout, place: place + 1), tape)
    }
}

/// `encoder.layer.N`: attention, then two feed-forward layers, each behind a norm of the sum with what went in
/// (post-layer-norm). The feed-forward layers `intermediate.dense` and `output.dense` are edit sites.
struct BertLayer {
    let attention: BertAttention
    let intermediate: BertLinear
    let output: BertLinear
    let norm: BertNorm
    let activation: Activation
    private let dropout: Float
    /// The first of the places at which the layer drops out.
    private let place: Int

    init(_ config: BertConfig, index: Int, _ scope: WeightScope) throws {
        attention = try BertAttention(config, scope("attention"))
        intermediate = try BertLinear(
            config, from: config.hiddenSize, to: config.intermediateSize, scope("intermediate")("dense"))
        output = try BertLinear(config, from: config.intermediateSize, to: config.hiddenSize, scope("output")("dense"))
        norm = try BertNorm(config, scope("output")("LayerNorm"))
        activation = config.activation
        dropout = config.hiddenDropoutProb
        place = 1 + 3 * index
    }

    /// The attention sub-layer: from `x[tokens, hidden]` to `[rows, hidden]`.
    func attend(_ x: Variable, _ layout: RaggedLayout, _ rows: BertRows, _ pass: BertPass) -> Variable {
        attention(x, layout, rows, place: place, pass)
    }

    /// From the output of `intermediate.dense` to the input of `output.dense`.
    func activate(_ x: Variable, _ pass: BertPass) -> Variable { pass.tape.activation(x, activation) }

    /// From the output of `output.dense` to that of the layer; `residual` is what attention gave.
    func close(_ x: Variable, residual: Variable, _ pass: BertPass) -> Variable {
        norm(residual, plus: x, pass.dropout(dropout, place: place + 2), pass.tape)
    }

    func callAsFunction(_ x: Variable, _ layout: RaggedLayout, _ rows: BertRows, _ pass: BertPass) -> Variable {
        let attended = attend(x, layout, rows, pass)
        let inner = activate(intermediate(attended, rows.layout, pass.tape), pass)
        return close(output(inner, rows.layout, pass.tape), residual: attended, pass)
    }
}
