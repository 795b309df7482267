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
            "More questions and answers for the vocabulary alone; may be given more than once.", valueName: "file.jsonl"))
    var vocabularyText: [URL] = []

    @OptionGroup(title: "Model") var shape: ModelShapeOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup var seed: SeedOption
    @OptionGroup var threads: ThreadsOption
    @OptionGroup var messages: MessageOptions

    func run() throws {
        Parallel.threadCount = threads.count
        try BLAS.load()
        var manifest = RunManifest(seed: seed.seed)
        let questions = try QuestionRecord.read(from: input)
        let vocabulary = try trainVocabulary(on: questions)
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
        let trainer = QuestionTrainer(model: model, examples: examples, options: training, seed: seed.seed)
        let loss = try trainer.train()
        let exact = try trainer.exactMatch(maxNewTokens: training.maxNewTokens)
        Message.note("loss \(ToolFormat.decimal(Double(loss), digits: 4)), exact match \(ToolFormat.decimal(exact, digits: 4))")

        try model.write(to: output)
        for file in tokenizerFiles { try AtomicFile.write(file.data, to: output.appendingPathComponent(file.name)) }
        for url in [input] + vocabularyText { try manifest.addInput(url) }
        try manifest.addOutput(output.appendingPathComponent("model.safetensors"))
        manifest.settings = training.settings.merging([
            "loss": "\(loss)", "exact_match": "\(exact)", "parameters": "\(model.parameterCount)",
        ]) { $1 }
        try manifest.finish(writingTo: output.appendingPathComponent("run.json"))
    }

    private func trainVocabulary(on questions: [QuestionRecord]) throws -> SentencePieceTrainer.Vocabulary {
        var records = questions
        for url in vocabularyText { records += try QuestionRecord.read(from: url, answersNeeded: false) }
        let sentences = records.flatMap { [$0.input] + $0.answers }
        let vocabulary = try SentencePieceTrainer.train(
            sentences: Array(Set(sentences)).sorted(), vocabularySize: shape.vocabularySize)
        if vocabulary.pieces < shape.vocabularySize {
            Message.note("the text supports \(vocabulary.pieces) pieces, fewer than \(shape.vocabularySize)")
        }
        return vocabulary
    }
}
