import Algorithms
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

    /// Scores the sets along the log and writes the table. Whatever can be wrong with the sets or with the output is known
    /// before the first of them passes through the model.
    func write(to output: URL) throws {
        if sets.padBatch > 1, !isPadded { throw EvaluateError.noPadding }
        let (file, stream) = try edited.edits.stream(sets.stream)
        let all = LabelledSets(
            stream: try labelled(stream, file),
            upstream: try optional(sets.upstream, as: "upstream"), holdout: try optional(sets.holdout, as: "holdout"),
            scorer: try edited.scorer())
        switch edited.edits.content {
        case .codebook(let history, let settings): try write(all, history, settings, to: output)
        case .snapshots(let folder, let settings): try write(all, folder, settings, to: output)
        }
    }

    /// Scores after every edit of a codebook.
    private func write(
        _ sets: LabelledSets, _ history: CodebookHistory, _ settings: GRACEMetadata, to output: URL
    ) throws {
        let options = settings.options
        let run: [any TableCell] = [
            editorName, settings.layer, options.radius, options.learningRate, options.seed,
        ]
        try write(run, rows: history.editCount, to: output) { onRow in
            func scored(_ set: LabelledSet) throws -> ScoredSet<ReplayedSet<Model>> {
                set.scored(try edited.replayed(inputs(of: set.tokens), settings), sets.scorer)
            }
            let replay = Replay(
                history: history, rules: options.rules, stream: try scored(sets.stream),
                upstream: try sets.upstream.map(scored), holdout: try sets.holdout.map(scored),
                lastStep: edited.edits.lastStep)
            try replay.run(onRow)
        }
    }

    /// Scores at the snapshots of an editor that changes weights.
    private func write(
        _ sets: LabelledSets, _ folder: SnapshotFolder, _ settings: AdaptorSettings, to output: URL
    ) throws {
        let snapshots = try folder.edits()
        let run: [any TableCell] = [
            editorName, settings.layer, Float.nan, settings.learningRate, settings.seed,
        ]
        try write(run, rows: snapshots.count, to: output) { onRow in
            func scored(_ set: LabelledSet) throws -> ScoredSet<AdaptedSet<Model>> {
                set.scored(try edited.adapted(inputs(of: set.tokens), settings), sets.scorer)
            }
            let replay = SnapshotReplay(
                edits: try edited.edits.edits(), stream: try scored(sets.stream),
                upstream: try sets.upstream.map(scored), holdout: try sets.holdout.map(scored),
                lastStep: edited.edits.lastStep)
            try replay.run(
                snapshots: snapshots, read: { try edited.snapshot(edits: $0, in: folder, settings) }, onRow)
        }
    }

    /// Writes what `replay` tells, row by row.
    private func write(
        _ run: [any TableCell], rows: Int, to output: URL, _ replay: ((Metrics) throws -> Void) throws -> Void
    ) throws {
        let layout = edited.model.task.labels == nil ? MetricLayout.answers : .classes
        let progress = ProgressLine("scoring", total: rows, unit: "rows")
        try TSVWriter.write(to: output, columns: layout.columns) { table in
            try replay { metrics in
                // The first row is that before editing, for which the frozen model has answered everything.
                if metrics.edits == 0 { try edited.check.finish() } else { progress.advance() }
                try table.append(run + layout.cells(metrics))
            }
        }
        progress.finish()
    }

    /// The set of an option; one whose file says that it is meant for another is scored, with a warning.
    private func optional(_ url: URL?, as name: String) throws -> LabelledSet? {
        try url.map { url in
            let set = try TokenizedSet(contentsOf: url)
            if let own = set.metadata["set"], own != name, ["edits", "holdout", "upstream"].contains(own) {
                Message.warning("\(url.relativePath): made as the set '\(own)' and given as --\(name)")
            }
            return try labelled(set, url)
        }
    }

    /// A set with its true answers, when its inputs and labels have been found to be such as the model takes.
    private func labelled(_ set: TokenizedSet, _ file: URL) throws -> LabelledSet {
        try set.checkTokenizer(of: edited.folder, file: file)
        try edited.model.check(labelNames: set.labelNames, file: file.path)
        for (row, item) in set.items.enumerated() {
            try edited.model.check(ModelInput(item), context: "\(file.path): row \(row)")
        }
        return LabelledSet(tokens: set, trueAnswers: try trueAnswers(of: set, file: file))
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
        return tokens.chunks(ofCount: sets.padBatch).flatMap { batch in
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
            throw EvaluateError.rowsDiffer(text: text.path, tensors: file.path)
        }
        return records.map(\.answers)
    }
}
