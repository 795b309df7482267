import ArgumentParser
import Checkpoints
import Files
import Foundation
import Models
import Tensors
import Tokenizers
import ToolSupport

/// `pretrain scotus`: a BERT that names the class of a document.
struct ScotusPretraining: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scotus",
        abstract: "Fine-tunes a BERT classifier, or trains a small one and its WordPiece vocabulary from scratch.",
        discussion: """
            Reads what prepare-data scotus writes: training.jsonl, upstream.jsonl and labels.json, or files of one's own \
            in that form. After each epoch the model is scored on the upstream documents, and the weights that did best \
            are kept.

            Writes a Hugging Face folder that transformers loads: config.json, model.safetensors, vocab.txt and \
            tokenizer_config.json; run.json, written last, records the run. A run that was killed goes on where it last \
            kept its state, and ends with the weights that it would have had.
            """)

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The folder with training.jsonl, upstream.jsonl and labels.json.", valueName: "folder"))
    var input: URL

    @Option(
        name: [.short, .long], help: ArgumentHelp("The Hugging Face folder to write.", valueName: "folder"))
    var output: URL

    @Option(
        help: ArgumentHelp(
            "The BERT to fine-tune, a Hugging Face folder with vocab.txt; a head that it lacks is initialised. Without "
                + "it a small one is trained from scratch.", valueName: "folder"))
    var model: URL?

    @Flag(help: "Initialise the head of --model even where it has one, for other classes.")
    var newHead = false

    @OptionGroup(title: "Model from scratch") var shape: BertShapeOptions
    @OptionGroup(title: "Training") var training: ClassifierTrainingOptions
    @OptionGroup var seed: SeedOption
    @OptionGroup var threads: ThreadsOption
    @OptionGroup var overwrite: OverwriteOption
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        if newHead && model == nil { throw ValidationError("--new-head goes with --model") }
        if model != nil, try shape.settings != BertShapeOptions.parse([]).settings {
            throw ValidationError("the shape of a model from scratch was given, but --model has its own; leave one out")
        }
    }

    func run() throws {
        Parallel.threadCount = threads.count
        try BLAS.load()
        var manifest = try plannedManifest()
        let documents = try ClassifiedDocuments(folder: input)
        let folder = try TrainingFolder(output)
        defer { folder.release() }
        let checkpoint = TrainingCheckpoint(folder: output, identity: identity(of: manifest))
        let goesOn = try checkpoint.isThere(replacingOthers: overwrite.overwrite)
        if !goesOn, try folder.isDone(manifest, overwrite: overwrite.overwrite) { return }
        let (classifier, tokenizer) = try prepare(documents)
        let trainer = ClassifierTrainer(
            model: classifier, training: documents.tokenized(\.training, tokenizer, maxLength: maxLength(classifier)),
            upstream: documents.tokenized(\.upstream, tokenizer, maxLength: maxLength(classifier)), options: training,
            learningRate: learningRate, weightDecay: weightDecay, seed: seed.seed, checkpoint: checkpoint)
        Message.note(
            "\(trainer.training.count) documents of at most \(maxLength(classifier)) tokens, "
                + "\(trainer.upstream.count) upstream, \(documents.labels.count) classes, \(tokenizer.vocabularySize) "
                + "word pieces, \(classifier.parameterCount) parameters")
        let result = try trainer.train()

        let best = result.progress.best
        let results = [
            "training_loss": "\(result.progress.lastLoss)", "upstream_accuracy": "\(best?.accuracy ?? .nan)",
            "upstream_loss": "\(best?.loss ?? .nan)", "best_epoch": "\(result.progress.bestEpoch)",
            "parameters": "\(classifier.parameterCount)",
        ]
        manifest.timings = ["step_seconds": result.stepSeconds, "tokens_per_second": result.tokensPerSecond]
            .compactMapValues { $0 }
        try folder.finish(&manifest, results: results, model: classifier, tokenizer: tokenizer.files())
        try checkpoint.remove()
        Message.note(
            "upstream accuracy \(ToolFormat.decimal(best?.accuracy ?? .nan, digits: 4)) "
                + "after epoch \(result.progress.bestEpoch)")
    }

    private var weightDecay: Float { training.weightDecay ?? (model == nil ? 0.1 : 0.01) }

    private var learningRate: Float { training.learningRate ?? (model == nil ? 3e-3 : 3e-5) }

    /// How many tokens of a document are read.
    private func maxLength(_ classifier: BertModel) -> Int {
        min(training.maxLength ?? 512, classifier.config.maxPositionEmbeddings)
    }

    /// The record of this run with its settings and inputs.
    private func plannedManifest() throws -> RunManifest {
        var manifest = RunManifest(seed: seed.seed)
        for name in ClassifiedDocuments.files { try manifest.addInput(input.appendingPathComponent(name)) }
        if let model { manifest.addInput(model, sha256: try CheckpointFolder.digest(of: model)) }
        manifest.settings = training.settings.merging(model == nil ? shape.settings : [:]) { $1 }
        manifest.settings["weight_decay"] = "\(weightDecay)"
        manifest.settings["learning_rate"] = "\(learningRate)"
        manifest.settings["max_length"] = training.maxLength.map { "\($0)" } ?? "default"
        manifest.settings["new_head"] = "\(newHead)"
        manifest.settings["seed"] = "\(seed.seed)"
        return manifest
    }

    /// What tells this run from others.
    private func identity(of manifest: RunManifest) -> [String: String] {
        var identity = manifest.settings
        for (index, file) in manifest.inputs.enumerated() { identity["input_\(index)"] = file.sha256 ?? "" }
        return identity
    }

    /// The model to train, and its tokenizer.
    private func prepare(_ documents: ClassifiedDocuments) throws -> (BertModel, WordPieceTokenizer) {
        guard let model else {
            let tokenizer = try WordPieceTrainer.train(
                sentences: documents.training.map(\.text), vocabularySize: shape.vocabularySize)
            if tokenizer.vocabularySize < shape.vocabularySize {
                Message.note(
                    "the text supports \(tokenizer.vocabularySize) word pieces, fewer than \(shape.vocabularySize)")
            }
            let config = shape.config(
                vocabularySize: tokenizer.vocabularySize, positions: training.maxLength ?? 256,
                padID: tokenizer.padID, labels: documents.labels)
            return (try BertModel(config: config, seed: seed.seed), tokenizer)
        }
        let tokenizer = try WordPieceTokenizer(folder: model)
        let classifier = try BertModel(
            folder: model, trainable: true, labels: documents.labels, newHead: newHead, seed: seed.seed)
        guard tokenizer.vocabularySize <= classifier.config.vocabSize else {
            throw PretrainError.otherVocabulary(
                folder: model.path, tokens: tokenizer.vocabularySize, embeddings: classifier.config.vocabSize)
        }
        if let length = training.maxLength, length > classifier.config.maxPositionEmbeddings {
            throw PretrainError.tooLong(
                folder: model.path, length: length, limit: classifier.config.maxPositionEmbeddings)
        }
        if !classifier.initialised.isEmpty {
            Message.note(
                "\(model.relativePath): initialised, since the checkpoint lacks them: "
                    + classifier.initialised.joined(separator: ", "))
        }
        return (classifier, tokenizer)
    }
}
