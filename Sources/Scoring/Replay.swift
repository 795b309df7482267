import Editing
import Models

/// Replays an edit log over evaluation sets and scores the model after every edit.
package struct Replay<Model: EditableModel> {
    let history: CodebookHistory
    let rules: CodebookRules
    /// All inputs of the stream, in order: input i streams in at step i + 1.
    let stream: ScoredSet<ReplayedSet<Model>>
    let upstream: ScoredSet<ReplayedSet<Model>>?
    let holdout: ScoredSet<ReplayedSet<Model>>?
    /// How many inputs had streamed in when the log ended.
    let lastStep: Int

    package init(
        history: CodebookHistory, rules: CodebookRules, stream: ScoredSet<ReplayedSet<Model>>,
        upstream: ScoredSet<ReplayedSet<Model>>?,
        holdout: ScoredSet<ReplayedSet<Model>>?, lastStep: Int
    ) {
        self.history = history
        self.rules = rules
        self.stream = stream
        self.upstream = upstream
        self.holdout = holdout
        self.lastStep = lastStep
    }

    /// Calls `onRow` before the first edit, after each edit, and at the end of the stream.
    package func run(_ onRow: (Metrics) throws -> Void) throws {
        var codebook = Codebook(keyWidth: history.keyWidth, rules: rules)
        var pendingRadii = history.radii[...]
        var edited = Set<Int>()
        var online = ScoreSums()
        var successes = 0
        var last = metrics(step: 0, edits: 0, codebook, online: online, successes: successes)
        try onRow(last)
        for (index, edit) in history.values.enumerated() {
            let keysBefore = codebook.count
            if edit.key == keysBefore {
                let key = history.keys[edit.key]
                codebook.add(key: key.key, value: edit.value, radius: 0, label: key.label)
            } else {
                codebook.setValue(edit.value, of: edit.key)
            }
            while let change = pendingRadii.first, change.step <= edit.step {
                codebook.setRadius(change.radius, of: change.key)
                pendingRadii.removeFirst()
            }
            let newKeys = keysBefore..<codebook.count
            func follow(
                _ set: ScoredSet<ReplayedSet<Model>>, onChange: (Int, AnswerScore, AnswerScore) -> Void = { _, _, _ in }
            ) throws {
                let changed = try set.predictions.follow(codebook, newKeys: newKeys, trained: edit.key)
                set.rescore(changed, onChange: onChange)
            }
            try follow(stream) { input, old, new in
                guard edited.contains(input) else { return }
                online.remove(old)
                online.add(new)
            }
            for set in [upstream, holdout].compactMap({ $0 }) { try follow(set) }

            let input = edit.step - 1
            if edited.insert(input).inserted { online.add(stream.scores[input]) }
            if stream.scores[input].isLabel { successes += 1 }
            last = metrics(step: edit.step, edits: index + 1, codebook, online: online, successes: successes)
            try onRow(last)
        }
        if last.step < lastStep {
            last.step = lastStep
            try onRow(last)
        }
    }

    private func metrics(
        step: Int, edits: Int, _ codebook: Codebook, online: ScoreSums, successes: Int
    ) -> Metrics {
        Metrics(
            step: step, edits: edits, keys: codebook.count, upstream: upstream?.metrics ?? .undefined,
            online: online.means, holdout: holdout?.metrics ?? .undefined,
            stream: stream.metrics,
            editSuccess: edits == 0 ? .nan : Float(successes) / Float(edits))
    }
}
