import Checkpoints
import Datasets
import Editing
import Foundation
import Models
import Scoring
import Tables
import ToolSupport

/// Writes a metric table: run columns, then the scores after each edit.
struct MetricTable<Model: EditableModel> {
    let edited: EditedModel<Model>
    let sets: SetOptions

    private var runColumns: [String] { ["editor", "layer", "epsilon", "lr", "seed"] }

    func write(to output: URL) throws {
        let edits = edited.edits
        let (streamFile, stream) = try edits.stream(sets.stream)
        let scorer = try edited.scorer()
        let replay = Replay(
            history: edits.history, rules: edits.settings.options.rules,
            stream: try scored(stream, file: streamFile, scorer),
            upstream: try sets.upstream.map { try scored(TokenizedSet(contentsOf: $0), file: $0, scorer) },
            holdout: try sets.holdout.map { try scored(TokenizedSet(contentsOf: $0), file: $0, scorer) },
            lastStep: edits.lastStep)
        let options = edits.settings.options
        let run: [any TableCell] = [
            "grace", edits.settings.layer, options.radius, options.learningRate, options.seed,
        ]
        let layout = edited.model.task.labels == nil ? MetricLayout.answers : .classes
        let progress = ProgressLine("scoring", total: edits.history.editCount, unit: "edits")
        try TSVWriter.write(to: output, columns: runColumns + layout.columns) { table in
            try replay.run { metrics in
                try table.append(run + layout.cells(metrics))
                if metrics.edits > 0 { progress.advance() }
            }
        }
        progress.finish()
    }

    private func scored(
        _ set: TokenizedSet, file: URL, _ scorer: any PredictionScorer
    ) throws -> ScoredSet<Model> {
        try edited.model.check(labelNames: set.labelNames, file: file.path)
        for (row, item) in set.items.enumerated() {
            try edited.model.check(ModelInput(item), context: "\(file.path): row \(row)")
        }
        return ScoredSet(
            try edited.replayed(inputs(of: set)), labels: set.items.map(\.label),
            trueAnswers: try trueAnswers(of: set, file: file), scorer: scorer)
    }

    /// The inputs of a set: as they are, or padded in batches as the published code sees them.
    private func inputs(of set: TokenizedSet) -> [ModelInput] {
        guard edited.edits.settings.options.rules == .official,
            case .generation(_, let padToken) = edited.model.task
        else { return set.items.map { ModelInput($0) } }
        let tokens = set.items.map(\.input)
        return stride(from: 0, to: tokens.count, by: sets.padBatch).flatMap { start in
            let batch = tokens[start..<min(start + sets.padBatch, tokens.count)]
            let longest = batch.map(\.count).max() ?? 0
            return batch.map { ModelInput($0, paddedTo: longest, with: padToken) }
        }
    }

    /// The answers in the JSONL beside a set; none where there is no such file, and for classes.
    private func trueAnswers(of set: TokenizedSet, file: URL) throws -> [[String]] {
        let text = file.deletingPathExtension().appendingPathExtension("jsonl")
        guard set.labelNames == nil else { return set.items.map { _ in [] } }
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
