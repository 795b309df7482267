import Checkpoints
import Foundation
import Models
import Tensors
import TestSupport
import Testing

@testable import Editing

@Suite("A stream of edits")
struct EditStreamTests {
    /// A stream of 24 inputs from a few questions: some that the model answers as labelled, others with two answers in
    /// turn, so that every action occurs.
    private func items(_ scene: Scene) throws -> [TokenizedSet.Item] {
        let inputs = scene.inputs(7, seed: 6)
        return try (0..<24).map { n in
            let input = inputs[n * 5 % 7]
            let label = n % 7 == 3 ? try scene.frozenAnswer(input) : [Int32(20 + n * 5 % 7 / 3), Int32(10 + n / 12), 1]
            return TokenizedSet.Item(id: 100 + n, question: n, group: n * 5 % 7, input: input, label: label)
        }
    }

    private func options(_ scene: Scene) -> GRACEOptions {
        let inputs = scene.inputs(7, seed: 6)
        return quick(radius: scene.distance(inputs[0], inputs[1]) * 0.6, steps: 30)
    }

    private func stream(
        _ scene: Scene, _ items: [TokenizedSet.Item], lookahead: Int = 1,
        rule: EditStream<T5Model>.ErrorRule = .wrongAnswer
    ) -> EditStream<T5Model> {
        EditStream(items, through: scene.passes, errorRule: rule, lookahead: lookahead)
    }

    @Test("Only errors are edited, each input has its row, and steps count from one")
    func rows() throws {
        let scene = try Scene()
        let items = try items(scene)
        let editor = scene.editor(options(scene))
        var rows: [StreamRow] = []
        var expected: [Bool] = []
        try stream(scene, items).run(after: 0, editsLeft: .max, editor: editor) { row in
            rows.append(row)
            // The plain path: what the codebook before this step answers.
            let before = editor.record.codebook(at: row.step - 1, rules: .paper)
            expected.append(
                try scene.answer(items[row.step - 1].input, before, editor.options) != items[row.step - 1].label)
        }
        #expect(rows.map(\.step) == Array(1...24) && rows.map(\.id) == items.map(\.id))
        #expect(rows.map(\.isError) == expected)
        #expect(expected.contains(true) && expected.contains(false))
        #expect(rows.allSatisfy { ($0.outcome != nil) == $0.isError && ($0.isError || $0.seconds == 0) })
        #expect(rows[0].key == nil && rows[0].distance.isNaN)
        #expect(editor.record.values.map(\.step) == rows.filter(\.isError).map(\.step))
    }

    @Test(
        "An input that the model cannot answer ends a stream when its time comes, and not before",
        arguments: [1, 3, 32])
    func unanswerable(lookahead: Int) throws {
        let folder = fixtures.appendingPathComponent("mlp")
        let model = try MLPModel(folder: folder), site = try model.site("layers.1")
        let features = try SafetensorsFile(folder.appendingPathComponent("reference.safetensors")).tensor("features")
        var items = (0..<8).map { row in
            TokenizedSet.Item(
                id: 50 + row, question: row, group: row, features: features.rows(row..<row + 1).array,
                label: [Int32(row % 2)])
        }
        items[5].features = items[5].features.indices.map { $0.isMultiple(of: 2) ? 3e38 : -3e38 }
        let passes = FrozenPasses(model: model, site: site, maxNewTokens: 1, cached: nil)
        let stream = EditStream(items, through: passes, lookahead: lookahead)
        let editor = GRACEEditor(model: model, site: site, options: quick(radius: 0.1, steps: 5))
        var steps: [Int] = []
        let error = #expect(throws: EditingError.self) {
            try stream.run(after: 0, editsLeft: .max, editor: editor) { steps.append($0.step) }
        }
        #expect(steps == [1, 2, 3, 4, 5])
        #expect(
            "\(try #require(error))".hasPrefix("stream step 6 (id 55): classifying: the model computed a value that"))
    }

    @Test("Replaying the log gives every prediction of the whole run, at every step")
    func replay() throws {
        let scene = try Scene()
        let items = try items(scene)
        let folder = try TemporaryFolder()
        let editor = scene.editor(options(scene))
        var live: [[[Int32]]] = []
        try stream(scene, items).run(after: 0, editsLeft: .max, editor: editor) { _ in
            live.append(try items.map { try scene.answer($0.input, editor) })
        }
        try editor.record.write(to: folder.url("c.safetensors"), steps: 24, metadata: [:])
        let history = try CodebookHistory.read(folder.url("c.safetensors")).record
        for step in 1...24 {
            let codebook = history.codebook(at: step, rules: .paper)
            let replayed = try items.map { try scene.answer($0.input, codebook, editor.options) }
            #expect(replayed == live[step - 1], "step \(step)")
        }
    }

    @Test("Looking ahead changes no bit of the codebook and no row", arguments: ["v1_0", "v1_1"])
    func lookahead(version: String) throws {
        let scene = try Scene(version)
        let items = try items(scene)
        let run = { (lookahead: Int) in
            let editor = scene.editor(options(scene))
            var rows: [String] = []
            try stream(scene, items, lookahead: lookahead).run(after: 0, editsLeft: .max, editor: editor) { row in
                let outcome = row.outcome.map { "\($0.action) \($0.key ?? -1) \($0.distance) \($0.radius) \($0.loss)" }
                rows.append("\(row.step) \(row.id) \(outcome ?? "-") \(row.key ?? -1) \(row.distance) \(row.radius)")
            }
            return (editor, rows)
        }
        let (plain, rows) = try run(1)
        #expect(Set(plain.record.values.map(\.key)).count > 1)
        for lookahead in [2, 5, 24, 100] {
            let (editor, found) = try run(lookahead)
            expectSame(editor.codebook, plain.codebook, "lookahead \(lookahead)")
            #expect(found == rows, "lookahead \(lookahead)")
            for step in 0...24 {
                expectSame(
                    editor.record.codebook(at: step, rules: .paper), plain.record.codebook(at: step, rules: .paper),
                    "lookahead \(lookahead), step \(step)")
            }
        }
    }

    @Test("A stream stops at the number of edits that are left, and goes on from where it stopped", arguments: [1, 5])
    func limits(lookahead: Int) throws {
        let scene = try Scene()
        let items = try items(scene)
        let whole = scene.editor(options(scene))
        try stream(scene, items).run(after: 0, editsLeft: .max, editor: whole) { _ in }
        for limit in [0, 1, 4] {
            let first = scene.editor(options(scene))
            var last = 0
            try stream(scene, items, lookahead: lookahead).run(after: 0, editsLeft: limit, editor: first) {
                last = $0.step
            }
            #expect(first.record.editCount == limit)
            #expect(limit == 0 ? last == 0 : first.record.values.last?.step == last)
            let second = scene.editor(options(scene), history: first.record)
            try stream(scene, items, lookahead: lookahead).run(after: last, editsLeft: .max, editor: second) { _ in }
            expectSame(second.codebook, whole.codebook, "\(limit) edits first")
        }
    }

    @Test("Where every input counts as an error, every input is edited")
    func everyInput() throws {
        let scene = try Scene()
        let items = try items(scene)
        let editor = scene.editor(options(scene))
        var errors = 0
        try stream(scene, items, rule: .everyInput).run(after: 0, editsLeft: .max, editor: editor) {
            errors += $0.isError ? 1 : 0
        }
        #expect(errors == 24 && editor.record.editCount == 24)
    }

    @Test("What onRow throws ends the stream")
    func interruption() throws {
        struct Stop: Error {}
        let scene = try Scene()
        let items = try items(scene)
        let editor = scene.editor(quick(radius: 1))
        var rows = 0
        #expect(throws: Stop.self) {
            try stream(scene, items).run(after: 0, editsLeft: .max, editor: editor) { row in
                rows += 1
                if row.step == 3 { throw Stop() }
            }
        }
        #expect(rows == 3)
    }
}
