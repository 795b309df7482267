import Autodiff
import Tensors

/// Fixes the dropout of one training step, with the seed of the run.
package struct TrainingStep: Sendable {
    let seed: UInt64
    let step: Int

    package init(seed: UInt64, step: Int) {
        self.seed = seed
        self.step = step
    }
}

/// One run through the model: where operations are recorded, and the dropout of its places when it is trained.
struct BertPass {
    let tape: Tape
    let training: TrainingStep?

    /// The dropout of the given place; nil when the model is not trained.
    func dropout(_ probability: Float, place: Int) -> Dropout? {
        guard let training, probability > 0 else { return nil }
        return Dropout(probability: probability, seed: training.seed, step: training.step, place: place)
    }
}

/// A linear layer with its bias.
struct BertLinear {
    let weight: Variable
    let bias: Variable

    init(_ config: BertConfig, from inputs: Int, to outputs: Int, _ scope: WeightScope, mayBeMissing: Bool = false)
        throws
    {
        // A narrow model from scratch would begin with layers that add next to nothing to what they are given; a head
        // for pretrained layers begins as BERT's parameters do.
        let deviation = scope.isRandom ? 1 / Float(inputs).squareRoot() : config.initializerRange
        weight = try scope.weight([outputs, inputs], deviation: deviation, mayBeMissing: mayBeMissing)
        bias = try scope.bias(outputs, mayBeMissing: mayBeMissing)
    }

    func callAsFunction(_ x: Variable, _ layout: RaggedLayout, _ tape: Tape) -> Variable {
        tape.linear(x, weight: weight, bias: bias, layout: layout)
    }
}

/// `LayerNorm`, behind each residual connection.
struct BertNorm {
    let weight: Variable
    let bias: Variable
    let epsilon: Float

    init(_ config: BertConfig, _ scope: WeightScope) throws {
        weight = try scope.weight([config.hiddenSize], constant: 1)
        bias = try scope.bias(config.hiddenSize)
        epsilon = config.layerNormEps
    }

    func callAsFunction(_ x: Variable, _ tape: Tape) -> Variable {
        tape.layerNorm(x, weight: weight, bias: bias, epsilon: epsilon)
    }

    /// Of `x + branch`, of which `dropout` drops a part.
    func callAsFunction(_ x: Variable, plus branch: Variable, _ dropout: Dropout?, _ tape: Tape) -> Variable {
        tape.layerNorm(x, plus: branch, dropout: dropout, weight: weight, bias: bias, epsilon: epsilon)
    }
}

/// `embeddings`: words, positions and the token type of a single text, normed.
struct BertEmbeddings {
    let words: Variable
    let positions: Variable
    let types: Variable
    let norm: BertNorm
    let dropout: Float

    init(_ config: BertConfig, _ scope: WeightScope) throws {
        func table(_ name: String, _ rows: Int) throws -> Variable {
            try scope(name).weight([rows, config.hiddenSize], deviation: config.initializerRange)
        }
        words = try table("word_embeddings", config.vocabSize)
        positions = try table("position_embeddings", config.maxPositionEmbeddings)
        types = try table("token_type_embeddings", config.typeVocabSize)
        norm = try BertNorm(config, scope("LayerNorm"))
        dropout = config.hiddenDropoutProb
    }

    func callAsFunction(_ inputs: [ModelInput], _ pass: BertPass) -> Variable {
        let tokens = inputs.flatMap(\.tokens)
        let places = inputs.flatMap { (0..<Int32($0.tokens.count)) }
        let tape = pass.tape
        let sum = tape.add(
            tape.add(tape.gather(words, tokens), tape.gather(types, [Int32](repeating: 0, count: tokens.count))),
            tape.gather(positions, places))
        return tape.dropout(norm(sum, tape), pass.dropout(dropout, place: 0))
    }
}

/// The tokens of a batch whose states are asked for. All tokens are attended to; queries, and what follows from them,
/// are computed for these alone.
struct BertRows {
    /// Rows of the batch; nil for all.
    private let indices: [Int32]?
    /// How the chosen rows divide into sequences.
    let layout: RaggedLayout
    /// Whether they are `[CLS]` of each sequence.
    private(set) var areFirst = false

    static func all(_ layout: RaggedLayout) -> BertRows { BertRows(indices: nil, layout: layout) }

    /// `[CLS]`, which is all that the classifier reads.
    static func first(of layout: RaggedLayout) -> BertRows {
        BertRows(
            indices: layout.starts.dropLast().map { Int32($0) },
            layout: RaggedLayout(lengths: [Int](repeating: 1, count: layout.count)), areFirst: true)
    }

    /// The given positions of every sequence.
    static func positions(_ positions: [[Int]], of layout: RaggedLayout) -> BertRows {
        BertRows(
            indices: positions.enumerated().flatMap { s, kept in kept.map { Int32(layout.starts[s] + $0) } },
            layout: RaggedLayout(lengths: positions.map(\.count)))
    }

    func select(_ x: Variable, _ tape: Tape) -> Variable { indices.map { tape.gather(x, $0) } ?? x }
}
