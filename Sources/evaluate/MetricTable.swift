import Checkpoints
import Datasets
import Editing
import Foundation
import Models
import Scoring
import Tables
import ToolSupport

/// Writes a metric table: run columns, then the scores after each edit.
struct MetricTable {
    static let runColumns = ["editor", "layer", "epsilon", "lr", "seed"]

    let edited: EditedModel
    let sets: SetOptions

    func write(to output: URL) throws {
        let (streamFile, stream) = try edited.stream(sets.stream)
        let scoredStream = try scored(stream, file: streamFile)
        let replay = Replay(
            history: edited.history, rules: edited.settings.options.rules, stream: scoredStream,
            upstream: try sets.upstream.map { try scored(TokenizedSet(contentsOf: $0), file: $0) },
            holdout: try sets.holdout.map { try scored(TokenizedSet(contentsOf: $0), file: $0) },
            lastStep: edited.lastStep)
        let options = edited.settings.options
        let run: [any TableCell] = [
            "grace", edited.settings.layer, options.radius, options.learningRate, options.seed,
        ]
        let progress = ProgressLine("scoring", total: edited.history.editCount, unit: "edits")
        try TSVWriter.write(to: output, columns: Self.runColumns + Metrics.columns) { table in
            try replay.run { metrics in
                try table.append(run + metrics.cells)
                if metrics.edits > 0 { progress.advance() }
            }
        }
        progress.finish()
    }

    private func scored(_ set: TokenizedSet, file: URL) throws -> ScoredSet<T5Model> {
        for (row, item) in set.items.enumerated() {
            try edited.model.checkTokens(item.input, context: "\(file.path): row \(row)")
        }
        let tokenizer = edited.tokenizer
        let scorer = AnswerScorer(specialTokens: [tokenizer.padID, tokenizer.endID]) { tokenizer.decode($0) }
        return ScoredSet(
            try edited.replayed(inputs(of: set)), labels: set.items.map(\.label),
            trueAnswers: try trueAnswers(of: set, file: file), scorer: scorer)
    }

    /// The inputs of a set: as they are, or padded in batches as the published code sees them.
    private func inputs(of set: TokenizedSet) -> [ModelInput] {
        let tokens = set.items.map(\.input)
        guard edited.settings.options.rules == .official else { return tokens.map { ModelInput($0) } }
        return stride(from: 0, to: tokens.count, by: sets.padBatch).flatMap { start in
            let batch = tokens[start..<min(start + sets.padBatch, tokens.count)]
            let longest = batch.map(\.count).max() ?? 0
            return batch.map { ModelInput($0, paddedTo: longest, with: edited.model.config.padTokenID) }
        }
    }

    /// The answers in the JSONL beside a set; none where there is no such file.
    private func trueAnswers(of set: TokenizedSet, file: URL) throws -> [[String]] {
        let text = file.deletingPathExtension().appendingPathExtension("jsonl")
        guard FileManager.default.fileExists(atPath: text.path) else {
            Message.detail("\(text.path): not there, so labels are the only true answers")
            return set.items.map { _ in [] }
        }
        let records = try QuestionRecord.read(from: text)
        guard records.map(\.id) == set.items.map(\.id) else {
            throw EvaluateSetError.rowsDiffer(text: text.path, tensors: file.path)
        }
        return records.map(\.answers)
    }
}

enum EvaluateSetError: Error, CustomStringConvertible {
    case rowsDiffer(text: String, tensors: String)

    var description: String {
        switch self {
        case .rowsDiffer(let text, let tensors):
            "\(text): its rows are not those of \(tensors); write both again with prepare-data"
        }
    }
}
