import ArgumentParser
import Models
import ToolSupport

/// The shape of a BERT from scratch.
struct BertShapeOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("WordPieces of the vocabulary, special tokens counted.", valueName: "count"))
    var vocabularySize = 4000

    @Option(parsing: .unconditional, help: ArgumentHelp("Width of the hidden states.", valueName: "width"))
    var hiddenSize = 64

    @Option(parsing: .unconditional, help: ArgumentHelp("Width inside the feed-forward layers.", valueName: "width"))
    var intermediateSize = 128

    @Option(parsing: .unconditional, help: ArgumentHelp("Attention heads.", valueName: "count"))
    var heads = 8

    @Option(parsing: .unconditional, help: ArgumentHelp("Encoder layers.", valueName: "count"))
    var layers = 2

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The share that drops out of states and attention.", valueName: "share"))
    var dropout: Float = 0.2

    func validate() throws {
        guard (0..<1).contains(dropout) else {
            throw ValidationError("--dropout must be at least 0 and less than 1, found \(dropout)")
        }
        for (name, value, limit) in [
            ("--vocabulary-size", vocabularySize, 1 << 20), ("--hidden-size", hiddenSize, 1 << 14),
            ("--intermediate-size", intermediateSize, 1 << 16), ("--heads", heads, 1 << 10),
            ("--layers", layers, 1 << 10),
        ] where value < 1 || value > limit {
            throw ValidationError("\(name) must be from 1 to \(limit), found \(value)")
        }
        guard hiddenSize.isMultiple(of: heads) else {
            throw ValidationError("--hidden-size must be a multiple of --heads (\(heads)), found \(hiddenSize)")
        }
    }

    var settings: [String: String] {
        [
            "vocabulary_size": "\(vocabularySize)", "hidden_size": "\(hiddenSize)", "heads": "\(heads)",
            "intermediate_size": "\(intermediateSize)", "layers": "\(layers)", "dropout": "\(dropout)",
        ]
    }

    /// The configuration for a vocabulary and classes.
    func config(vocabularySize: Int, positions: Int, padID: Int32, labels: [String]) -> BertConfig {
        var config = BertConfig()
        config.vocabSize = vocabularySize
        config.hiddenSize = hiddenSize
        config.intermediateSize = intermediateSize
        config.numAttentionHeads = heads
        config.numHiddenLayers = layers
        config.maxPositionEmbeddings = positions
        config.padTokenID = padID
        config.hiddenDropoutProb = dropout
        config.attentionProbsDropoutProb = dropout
        config.labels = labels
        return config
    }
}

struct ClassifierTrainingOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Passes over the training documents.", valueName: "count"))
    var epochs = 12

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Ends the training after so many steps, wherever that is.", valueName: "count"))
    var maxSteps: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Documents per step.", valueName: "count"))
    var batchSize = 16

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Tokens kept of a document, [CLS] and [SEP] counted. Default: what the model of --model takes, at most 512; "
                + "256 from scratch.", valueName: "count"))
    var maxLength: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "AdamW's highest learning rate. Default: 3e-5 for a model of --model, 3e-3 from scratch.", valueName: "rate"
        ))
    var learningRate: Float?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The share of the steps over which the learning rate rises.", valueName: "share"))
    var warmUp: Float = 0.1

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Decoupled weight decay; biases and norms are left out. Default: 0.01 for a model of --model, 0.1 from scratch.",
            valueName: "rate"))
    var weightDecay: Float?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The largest norm of all gradients together.", valueName: "norm"))
    var clip: Float = 1

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Steps after which a run can be resumed, beside the ends of epochs.", valueName: "count"))
    var checkpointEvery = 200

    func validate() throws {
        for (name, value, limit) in [
            ("--epochs", epochs, 10_000), ("--max-steps", maxSteps ?? 1, 10_000_000),
            ("--batch-size", batchSize, 65_536),
            ("--checkpoint-every", checkpointEvery, 10_000_000),
        ] where value < 1 || value > limit {
            throw ValidationError("\(name) must be from 1 to \(limit), found \(value)")
        }
        if let maxLength, !(3...65_536).contains(maxLength) {
            throw ValidationError("--max-length must be from 3 to 65536, found \(maxLength)")
        }
        for (name, value) in [("--learning-rate", learningRate ?? 1), ("--clip", clip)]
        where !(value.isFinite && value > 0) {
            throw ValidationError("\(name) must be a positive number, found \(value)")
        }
        guard (0..<1).contains(warmUp) else {
            throw ValidationError("--warm-up must be at least 0 and less than 1, found \(warmUp)")
        }
        if let weightDecay, !(weightDecay.isFinite && weightDecay >= 0) {
            throw ValidationError("--weight-decay must be at least 0, found \(weightDecay)")
        }
    }

    /// How many steps there are in all.
    func totalSteps(perEpoch: Int) -> Int { min(epochs * perEpoch, maxSteps ?? .max) }

    var settings: [String: String] {
        [
            "epochs": "\(epochs)", "batch_size": "\(batchSize)", "max_steps": maxSteps.map { "\($0)" } ?? "none",
            "warm_up": "\(warmUp)", "clip": "\(clip)",
        ]
    }
}
