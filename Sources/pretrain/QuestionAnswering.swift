import ArgumentParser
import Datasets
import Files
import Foundation
import Models
import Tensors
import Tokenizers
import ToolSupport

/// `pretrain qa`: a T5 and its vocabulary from scratch.
struct QuestionAnswering: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qa",
        abstract: "Trains a small T5 question answerer and its SentencePiece vocabulary from scratch.",
        discussion: """
            Writes a Hugging Face folder that transformers loads: config.json, model.safetensors, spiece.model and the \
            tokenizer's settings; run.json, written last, records the run.
            """)

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The questions to learn, each line an object with \"question\" and \"answer\".", valueName: "file.jsonl"))
    var input: URL

    @Option(
        name: [.short, .long], help: ArgumentHelp("The Hugging Face folder to write.", valueName: "folder"))
    var output: URL

    @Option(
        help: ArgumentHelp(
            "Text without labels for the vocabulary and for denoising, as language models are pretrained: one a line, "
                + "or the answers of a .jsonl file, whose questions then serve the vocabulary alone. May be given more "
                + "than once.", valueName: "file"))
    var text: [URL] = []

    @OptionGroup(title: "Model") var shape: ModelShapeOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup var seed: SeedOption
    @OptionGroup var threads: ThreadsOption
    @OptionGroup var overwrite: OverwriteOption
    @OptionGroup var messages: MessageOptions

    func run() throws {
        Parallel.threadCount = threads.count
        try BLAS.load()
        var manifest = RunManifest(seed: seed.seed)
        for url in [input] + text { try manifest.addInput(url) }
        let questions = try QuestionRecord.read(from: input)
        let texts = try readTexts()
        manifest.settings = shape.settings.merging(training.settings) { $1 }
        manifest.settings["seed"] = "\(seed.seed)"
        let folder = try TrainingFolder(output)
        defer { folder.release() }
        if try folder.isDone(manifest, overwrite: overwrite.overwrite) { return }

        let vocabulary = try trainVocabulary(on: questions, texts)
        let tokenizerFiles = try T5Tokenizer.files(model: vocabulary.model)
        let tokenizer = try T5Tokenizer(modelData: vocabulary.model)
        let model = try T5Model(config: shape.config(vocabularySize: tokenizer.vocabularySize), seed: seed.seed)
        let examples = questions.compactMap { record in
            record.answer.map {
                TrainingExample(input: tokenizer.encode(record.input), label: tokenizer.encode($0))
            }
        }
        Message.note(
            "\(examples.count) questions, \(tokenizer.vocabularySize) tokens, "
                + "\(model.parameterCount) parameters, \(training.steps) steps of \(training.batchSize)")
        let denoising = DenoisingTask(
            texts: texts.restored.map { tokenizer.encode($0) }, tokenizer: tokenizer, seed: seed.seed)
        let trainer = QuestionTrainer(
            model: model, examples: examples, denoising: denoising, options: training, seed: seed.seed)
        let loss = try trainer.train()
        let exact = try trainer.exactMatch(maxNewTokens: training.maxNewTokens)
        Message.note(
            "loss \(ToolFormat.decimal(Double(loss), digits: 4)), exact match \(ToolFormat.decimal(exact, digits: 4))")

        let results = ["loss": "\(loss)", "exact_match": "\(exact)", "parameters": "\(model.parameterCount)"]
        try folder.finish(&manifest, results: results, model: model, tokenizer: tokenizerFiles)
    }

    /// Text without labels: what is restored, and questions that serve the vocabulary alone.
    private struct Texts {
        var restored: [String] = []
        var vocabularyOnly: [String] = []
    }

    private func readTexts() throws -> Texts {
        var texts = Texts()
        for url in text {
            if url.pathExtension == "jsonl" {
                let records = try QuestionRecord.read(from: url, answersNeeded: false)
                texts.restored += Set(records.flatMap(\.answers)).sorted()
                texts.vocabularyOnly += records.map(\.input)
            } else {
                try InputFile.lines(of: url) { _, line in
                    if !line.allSatisfy(\.isWhitespace) { texts.restored.append(String(line)) }
                }
            }
        }
        return texts
    }

    private func trainVocabulary(
        on questions: [QuestionRecord], _ texts: Texts
    ) throws -> SentencePieceTrainer.Vocabulary {
        let sentences = Set(questions.flatMap { [$0.input] + $0.answers } + texts.restored + texts.vocabularyOnly)
        let vocabulary = try SentencePieceTrainer.train(
            sentences: sentences.sorted(), vocabularySize: shape.vocabularySize)
        if vocabulary.pieces < shape.vocabularySize {
            Message.note("the text supports \(vocabulary.pieces) pieces, fewer than \(shape.vocabularySize)")
        }
        return vocabulary
    }
}
