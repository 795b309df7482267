import Checkpoints
import Editing
import Foundation
import Models
import Scoring
import TestSupport
import Testing

@Suite("Replay of snapshots")
struct SnapshotReplayTests {
    @Test(
        "Answers at every snapshot are those of the editor as it was then, and scores are plain means",
        arguments: [EditorName.finetune, .defer, .memory])
    func snapshots(name: EditorName) throws {
        let fixture = try EditedFixture(count: 1, errorRule: .wrongAnswer) { _ in }
        var questions = Questions(seed: 8)
        let (items, far) = (questions.stream(16), questions.unrelated(6))
        var options = AdaptorOptions(learningRate: 0.05)
        options.steps = 12
        let (model, site) = (fixture.model, fixture.site)
        let folder = try TemporaryFolder()
        let snapshots = SnapshotFolder(log: folder.url)
        let settings = AdaptorSettings(editor: name, layer: site.path, options: options, maxNewTokens: 4)

        var edits: [SnapshotEdit] = []
        var answers: [Int: [[Int32]]] = [:]
        func run(_ editor: some Editor) throws {
            let stream = EditStream(items, through: fixture.passes, lookahead: 4)
            try stream.run(after: 0, editsLeft: .max, editor: editor) { row in
                guard let outcome = row.outcome, let adaptor = editor.adaptor else { return }
                edits.append(SnapshotEdit(step: row.step, success: outcome.success == true))
                guard edits.count.isMultiple(of: 3) else { return }
                try snapshots.write(adaptor, edits: edits.count, steps: row.step, metadata: settings.values)
                answers[edits.count] = try (items + far).map { item in
                    let prefix = model.prefixes(of: [ModelInput(item)], at: site)[0]
                    return try model.predict(
                        [prefix], at: site, siteOutput: editor.apply(to: prefix).siteOutput ?? prefix.siteOutput,
                        maxNewTokens: 4)[0]
                }
            }
        }
        switch name {
        case .finetune: try run(try FinetuneEditor(model: model, site: site, options: options))
        case .defer: try run(try DeferEditor(model: model, site: site, options: options))
        default: try run(try MemoryEditor(model: model, site: site, options: options, size: 7))
        }
        try #require(edits.count >= 9)

        func scored(_ items: [TokenizedSet.Item]) throws -> ScoredSet<AdaptedSet<T5Model>> {
            let set = try AdaptedSet(items.map { ModelInput($0) }, through: fixture.passes, query: .last)
            return ScoredSet(
                set, labels: items.map(\.label), trueAnswers: items.map { _ in [] }, scorer: fixture.scorer)
        }
        let sets = (stream: try scored(items), upstream: try scored(far))
        let replay = SnapshotReplay(
            edits: edits, stream: sets.stream, upstream: sets.upstream, holdout: nil, lastStep: items.count)
        var rows: [Metrics] = []
        let counts = try snapshots.edits()
        #expect(counts == Array(stride(from: 3, through: edits.count, by: 3)))
        try replay.run(
            snapshots: counts,
            read: { try snapshots.read(edits: $0, of: settings.values, settings: settings, site: site) }
        ) { row in
            rows.append(row)
            guard let expected = answers[row.edits] else { return }
            #expect(
                sets.stream.predictions.answers + sets.upstream.predictions.answers == expected, "\(row.edits) edits")
            let right = edits.prefix(row.edits).count { edit in
                AnswerText.exactMatch(
                    fixture.scorer.text(of: expected[edit.step - 1]),
                    trueAnswers: [fixture.scorer.text(of: items[edit.step - 1].label)])
            }
            #expect(abs(row.online.exactMatch - Float(right) / Float(row.edits)) < 1e-6)
        }
        #expect(rows[0].edits == 0 && rows[0].step == 0 && rows[0].online.f1.isNaN)
        #expect(rows.allSatisfy { $0.keys == nil })

        // A log may end before its first edit, and after a snapshot that was taken later.
        let empty = SnapshotReplay(
            edits: [], stream: sets.stream, upstream: sets.upstream, holdout: nil, lastStep: 2)
        var steps: [Int] = []
        try empty.run(
            snapshots: counts,
            read: { try snapshots.read(edits: $0, of: settings.values, settings: settings, site: site) }
        ) { steps.append($0.step) }
        #expect(steps == [0, 2])

        // One that a run with other settings has left is not taken for this run's.
        let others = settings.values.merging(["learning_rate": "1"]) { $1 }
        #expect(throws: EditingError.self) {
            try snapshots.read(edits: counts[0], of: others, settings: settings, site: site)
        }
    }
}
