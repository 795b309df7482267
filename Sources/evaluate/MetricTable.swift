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

    private var editorName: String { sets.name ?? edited.edits.editorName }

    private var runColumns: [String] { ["editor", "layer", "epsilon", "lr", "seed"] }

    func write(to output: URL) throws {
        if sets.padBatch > 1, !isPadded { throw EvaluateSetError.noPadding }
        switch edited.edits.content {
        case .codebook(let history, let settings): try write(history, settings, to: output)
        case .snapshots(let folder, let settings): try write(folder, settings, to: output)
        }
    }

    /// Scores after every edit of a codebook.
    private func write(_ history: CodebookHistory, _ settings: GRACEMetadata, to output: URL) throws {
        let options = settings.options
        func scored(_ set: TokenizedSet, _ file: URL) throws -> ScoredSet<ReplayedSet<Model>> {
            try self.scored(edited.replayed(inputs(of: set), settings), set, file: file)
        }
        let (file, stream) = try edited.edits.stream(sets.stream)
        let replay = Replay(
            history: history, rules: options.rules, stream: try scored(stream, file),
            upstream: try sets.upstream.map { try scored(TokenizedSet(contentsOf: $0), $0) },
            holdout: try sets.holdout.map { try scored(TokenizedSet(contentsOf: $0), $0) },
            lastStep: edited.edits.lastStep)
        let run: [any TableCell] = [
            editorName, settings.layer, options.radius, options.learningRate, options.seed,
        ]
        try write(run, rows: history.editCount, to: output, replay.run)
    }

    /// Scores at the snapshots of an editor that changes weights.
    private func write(_ folder: SnapshotFolder, _ settings: AdaptorSettings, to output: URL) throws {
        func scored(_ set: TokenizedSet, _ file: URL) throws -> ScoredSet<AdaptedSet<Model>> {
            try self.scored(edited.adapted(set.items.map { ModelInput($0) }, settings), set, file: file)
        }
        let (file, stream) = try edited.edits.stream(sets.stream)
        let snapshots = try folder.edits()
        let replay = SnapshotReplay(
            edits: try edited.edits.edits(), stream: try scored(stream, file),
            upstream: try sets.upstream.map { try scored(TokenizedSet(contentsOf: $0), $0) },
            holdout: try sets.holdout.map { try scored(TokenizedSet(contentsOf: $0), $0) },
            lastStep: edited.edits.lastStep)
        let run: [any TableCell] = [
            editorName, settings.layer, Float.nan, settings.learningRate, settings.seed,
        ]
        try write(run, rows: snapshots.count, to: output) { onRow in
            try replay.run(
                snapshots: snapshots, read: { try edited.snapshot(edits: $0, in: folder, settings) }, onRow)
        }
    }

    /// Writes what `replay` tells, row by row.
    private func write(
        _ run: [any TableCell], rows: Int, to output: URL, _ replay: ((Metrics) throws -> Void) throws -> Void
    ) throws {
        try edited.check.finish()
        let layout = edited.model.task.labels == nil ? MetricLayout.answers : .classes
        let progress = ProgressLine("scoring", total: rows, unit: "rows")
        try TSVWriter.write(to: output, columns: runColumns + layout.columns) { table in
            try replay { metrics in
                try table.append(run + layout.cells(metrics))
                if metrics.edits > 0 { progress.advance() }
            }
        }
        progress.finish()
    }

    /// Joins a set's predictions with its labels and true answers.
    private func scored<Predictions: PredictedSet>(
        _ predictions: @autoclosure () throws -> Predictions, _ set: TokenizedSet, file: URL
    ) throws -> ScoredSet<Predictions> {
        try edited.model.check(labelNames: set.labelNames, file: file.path)
        for (row, item) in set.items.enumerated() {
            try edited.model.check(ModelInput(item), context: "\(file.path): row \(row)")
        }
        return ScoredSet(
            try predictions(), labels: set.items.map(\.label), trueAnswers: try trueAnswers(of: set, file: file),
            scorer: try edited.scorer())
    }

    /// Whether the published code would have seen padding.
    private var isPadded: Bool {
        guard case .codebook(_, let settings) = edited.edits.content else { return false }
        return settings.options.rules == .official && edited.model.task.labels == nil
    }

    /// The inputs of a set: as they are, or padded in batches as the published code sees them.
    private func inputs(of set: TokenizedSet) -> [ModelInput] {
        guard isPadded, case .generation(_, let padToken) = edited.model.task else {
            return set.items.map { ModelInput($0) }
        }
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
    case noPadding

    var description: String {
        switch self {
        case .rowsDiffer(let text, let tensors):
            "\(text): its rows are not those of \(tensors); write both again with prepare-data"
        case .noPadding:
            "--pad-batch goes with an edit log of --compat official of a T5, whose retrieval reads the padding; leave it out"
        }
    }
}
