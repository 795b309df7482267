import Editing
import Models

/// An edit of a log with snapshots: the step at which it was made, and whether the model then gave the label at once.
package struct SnapshotEdit: Sendable {
    package let step: Int
    let success: Bool

    package init(step: Int, success: Bool) {
        self.step = step
        self.success = success
    }
}

/// Scores a model at the snapshots of an edit log, with the metrics and in the order of `Replay`.
package struct SnapshotReplay<Model: EditableModel> {
    private let edits: [SnapshotEdit]
    /// All inputs of the stream, in order: input i streams in at step i + 1.
    private let stream: ScoredSet<AdaptedSet<Model>>
    private let upstream: ScoredSet<AdaptedSet<Model>>?
    private let holdout: ScoredSet<AdaptedSet<Model>>?
    /// How many inputs had streamed in when the log ended.
    private let lastStep: Int

    package init(
        edits: [SnapshotEdit], stream: ScoredSet<AdaptedSet<Model>>, upstream: ScoredSet<AdaptedSet<Model>>?,
        holdout: ScoredSet<AdaptedSet<Model>>?, lastStep: Int
    ) {
        self.edits = edits
        self.stream = stream
        self.upstream = upstream
        self.holdout = holdout
        self.lastStep = lastStep
    }

    /// Calls `onRow` before the first edit, at each snapshot, and at the end of the stream.
    ///
    /// - Parameters:
    ///   - snapshots: after how many edits they were taken, ascending; those past the end of the log do not count.
    ///   - read: reads one of them.
    package func run(
        snapshots: [Int], read: (Int) throws -> SnapshotFolder.Snapshot, _ onRow: (Metrics) throws -> Void
    ) throws {
        var last = metrics(step: 0, edits: [])
        try onRow(last)
        for count in snapshots where count > 0 && count <= edits.count {
            let snapshot = try read(count)
            for set in [stream, upstream, holdout].compactMap({ $0 }) {
                set.rescore(try set.predictions.apply(snapshot.adaptor))
            }
            last = metrics(step: edits[count - 1].step, edits: edits.prefix(count))
            try onRow(last)
        }
        if last.step < lastStep {
            last.step = lastStep
            try onRow(last)
        }
    }

    private func metrics(step: Int, edits: ArraySlice<SnapshotEdit>) -> Metrics {
        var online = ScoreSums()
        for edit in edits { online.add(stream.scores[edit.step - 1]) }
        return Metrics(
            step: step, edits: edits.count, keys: nil, upstream: upstream?.metrics ?? .undefined,
            online: online.means, holdout: holdout?.metrics ?? .undefined, stream: stream.metrics,
            editSuccess: edits.isEmpty ? .nan : Float(edits.count { $0.success }) / Float(edits.count))
    }
}
