import ArgumentParser
import Models
import ToolSupport

/// The shape of a T5 1.1.
struct ModelShapeOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("SentencePiece pieces; the 100 sentinel tokens come on top.", valueName: "count"))
    var vocabularySize = 2000

    @Option(parsing: .unconditional, help: ArgumentHelp("Width of the hidden states.", valueName: "width"))
    var dModel = 128

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Width inside the gated feed-forward layers.", valueName: "width"))
    var dFF = 256

    @Option(parsing: .unconditional, help: ArgumentHelp("Width of one attention head.", valueName: "width"))
    var dKV = 32

    @Option(parsing: .unconditional, help: ArgumentHelp("Attention heads.", valueName: "count"))
    var heads = 4

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Blocks of the encoder, and of the decoder.", valueName: "count"))
    var layers = 4

    func validate() throws {
        for (name, value, limit) in [
            ("--vocabulary-size", vocabularySize, 1 << 20), ("--d-model", dModel, 1 << 14), ("--d-ff", dFF, 1 << 16),
            ("--d-kv", dKV, 1 << 12), ("--heads", heads, 1 << 10), ("--layers", layers, 1 << 10),
        ] where value < 1 || value > limit {
            throw ValidationError("\(name) must be from 1 to \(limit), found \(value)")
        }
    }

    var settings: [String: String] {
        [
            "vocabulary_size": "\(vocabularySize)", "d_model": "\(dModel)", "d_ff": "\(dFF)", "d_kv": "\(dKV)",
            "heads": "\(heads)", "layers": "\(layers)",
        ]
    }

    /// The configuration for a vocabulary of pieces and sentinels.
    func config(vocabularySize: Int) -> T5Config {
        var config = T5Config()
        config.vocabSize = vocabularySize
        config.dModel = dModel
        config.dFF = dFF
        config.dKV = dKV
        config.numHeads = heads
        config.numLayers = layers
        config.numDecoderLayers = layers
        config.feedForwardProj = "gated-gelu"
        config.tieWordEmbeddings = false
        return config
    }
}

struct TrainingOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Training steps.", valueName: "count"))
    var steps = 800

    @Option(parsing: .unconditional, help: ArgumentHelp("Questions per step.", valueName: "count"))
    var batchSize = 64

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The share of each batch that restores texts of --text.", valueName: "share"))
    var textShare: Float = 0.5

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Adam's learning rate, after a warm-up over the first 5% of the steps.", valueName: "rate"))
    var learningRate: Float = 1e-3

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The longest answer to generate when the model is scored, in tokens.", valueName: "count"))
    var maxNewTokens = 20

    func validate() throws {
        guard (1...10_000_000).contains(steps) else {
            throw ValidationError("--steps must be from 1 to 10000000, found \(steps)")
        }
        guard (1...65_536).contains(batchSize) else {
            throw ValidationError("--batch-size must be from 1 to 65536, found \(batchSize)")
        }
        guard (0..<1).contains(textShare) else {
            throw ValidationError("--text-share must be at least 0 and less than 1, found \(textShare)")
        }
        guard learningRate.isFinite, learningRate > 0 else {
            throw ValidationError("--learning-rate must be a positive number, found \(learningRate)")
        }
        guard (1...4096).contains(maxNewTokens) else {
            throw ValidationError("--max-new-tokens must be from 1 to 4096, found \(maxNewTokens)")
        }
    }

    var settings: [String: String] {
        [
            "steps": "\(steps)", "batch_size": "\(batchSize)", "learning_rate": "\(learningRate)",
            "text_share": "\(textShare)",
            "max_new_tokens": "\(maxNewTokens)",
        ]
    }
}
