import Datasets
import Editing
import Files
import Foundation
import Models
import Scoring
import Tokenizers
import ToolSupport

/// Answers questions, or classifies, with an edited model, as it was at any step of its log.
struct PredictionWriter<Model: EditableModel> {
    let edited: EditedModel<Model>
    /// As after how many inputs of the stream.
    let step: Int

    init(edited: EditedModel<Model>, step: Int?) throws {
        self.edited = edited
        self.step = step ?? edited.edits.lastStep
        guard self.step <= edited.edits.lastStep else {
            throw EvaluateError.stepPastEnd(step: self.step, last: edited.edits.lastStep)
        }
    }

    func write(_ inputs: URL, to output: URL) throws {
        switch (edited.model.task, edited.model.inputKind) {
        case (.generation, _): try answer(inputs, to: output)
        case (.classification(let names), .features): try classify(inputs, names: names, to: output)
        case (.classification(let names), .tokens(_, let longest)):
            try classify(texts: inputs, names: names, longest: longest, to: output)
        }
    }

    /// Answers questions.
    private func answer(_ questions: URL, to output: URL) throws {
        let lines = try QuestionRecord.read(from: questions, answersNeeded: false)
        let tokenizer = try T5Tokenizer(folder: edited.folder)
        let inputs = lines.map { ModelInput(tokenizer.encode($0.input, maxLength: edited.maxLength)) }
        try write(
            zip(lines, try predictions(of: inputs, from: questions)).map { line, found in
                PredictionLine(
                    id: line.id, question: line.input, prediction: tokenizer.decode(found.output), found)
            }, to: output)
        Message.note("answered \(lines.count) questions as after step \(step)")
    }

    /// Classifies rows of numbers.
    private func classify(_ points: URL, names: [String], to output: URL) throws {
        let lines = try PointRecord.read(from: points)
        let inputs = lines.map { ModelInput(features: $0.features) }
        try write(
            zip(lines, try predictions(of: inputs, from: points)).map { line, found in
                PredictionLine(
                    id: line.id, features: line.features, label: line.label, prediction: names[Int(found.output[0])],
                    found)
            }, to: output)
        Message.note("classified \(lines.count) rows as after step \(step)")
    }

    /// Classifies texts, cut to the length that the stream was cut to.
    private func classify(texts: URL, names: [String], longest: Int?, to output: URL) throws {
        let lines = try DocumentRecord.read(from: texts, labelNeeded: false)
        let tokenizer = try WordPieceTokenizer(folder: edited.folder)
        let length = edited.edits.metadata["max_length"].flatMap(Int.init) ?? longest ?? 512
        // [CLS] and [SEP] are always there.
        let most = max(2, min(length, longest ?? length))
        let inputs = lines.map { ModelInput(tokenizer.encode($0.text, maxLength: most)) }
        try write(
            zip(lines, try predictions(of: inputs, from: texts)).map { line, found in
                PredictionLine(
                    id: line.id, label: line.label.isEmpty ? nil : line.label, prediction: names[Int(found.output[0])],
                    found)
            }, to: output)
        Message.note("classified \(lines.count) texts as after step \(step)")
    }

    private func predictions(of inputs: [ModelInput], from file: URL) throws -> [Prediction] {
        for (row, input) in inputs.enumerated() {
            try edited.model.check(input, context: "\(file.path): row \(row)")
        }
        switch edited.edits.content {
        case .codebook(let history, let settings):
            let codebook = history.codebook(at: step, rules: settings.options.rules)
            return try CodebookAnswers.of(
                inputs, through: edited.passes, codebook: codebook, options: settings.options
            ).map { answer in
                Prediction(
                    output: answer.output, isEdited: answer.isEdited, key: answer.nearest?.key,
                    distance: answer.nearest?.distance, radius: answer.nearest.map { codebook.radii[$0.key] })
            }
        case .snapshots(let folder, let settings):
            let set = try edited.adapted(inputs, settings)
            if let count = try snapshot(in: folder) {
                try set.apply(try edited.snapshot(edits: count, in: folder, settings).adaptor)
            }
            return inputs.indices.map { Prediction(output: set.answers[$0], isEdited: set.isAdapted[$0]) }
        }
    }

    /// The snapshot of the model as after `step`, by its number of edits; nil before the first edit.
    ///
    /// - Throws: `EvaluateError.noSnapshot` where edits were made between the last snapshot and the step.
    private func snapshot(in folder: SnapshotFolder) throws -> Int? {
        let steps = try edited.edits.edits().map(\.step)
        let made = steps.count { $0 <= step }
        let snapshots = try folder.edits().filter { $0 <= steps.count }
        let before = snapshots.last { $0 <= made } ?? 0
        guard before == made else {
            throw EvaluateError.noSnapshot(
                step: step, log: folder.folder.path, before: before == 0 ? 0 : steps[before - 1],
                after: snapshots.first { $0 > made }.map { steps[$0 - 1] } ?? edited.edits.lastStep)
        }
        return made == 0 ? nil : made
    }

    private func write(_ lines: [PredictionLine], to output: URL) throws {
        try edited.check.finish()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(to: output) { handle in
            for line in lines { try handle.write(try encoder.encode(line) + Data("\n".utf8)) }
        }
    }
}

/// What an edited model gives for one input.
struct Prediction {
    /// Tokens, or one class index.
    let output: [Int32]
    let isEdited: Bool
    /// The nearest key, for an editor with keys.
    var key: Int?
    var distance: Float?
    var radius: Float?
}

/// A line of the output.
struct PredictionLine: Encodable {
    let id: Int
    /// The input: a question, or numbers; text that is classified is not repeated.
    let question: String?
    let features: [Float]?
    /// The label, where the input has one that names a class.
    let label: String?
    let prediction: String
    /// Whether the editor answered, and not the frozen model alone.
    let edited: Bool
    /// The nearest key, its distance and its radius; absent while there is no key. A distance that is too large for a number
    /// is absent too.
    let key: Int?
    let distance: Float?
    let radius: Float?

    init(
        id: Int, question: String? = nil, features: [Float]? = nil, label: String? = nil, prediction: String,
        _ found: Prediction
    ) {
        self.id = id
        self.question = question
        self.features = features
        self.label = label
        self.prediction = prediction
        edited = found.isEdited
        key = found.key
        distance = found.distance.flatMap { $0.isFinite ? $0 : nil }
        radius = found.radius
    }
}
