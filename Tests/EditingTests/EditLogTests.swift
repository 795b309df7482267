import Foundation
import Tensors
import TestSupport
import Testing

@testable import Editing

@Suite("Edit logs")
struct EditLogTests {
    /// The state after `steps` inputs, every second of which was edited.
    private func state(steps: Int) throws -> EditLog<CodebookHistory>.State {
        let scene = try Scene()
        let inputs = scene.inputs(4)
        let editor = scene.editor(quick(radius: 0.5))
        var state = EditLog<CodebookHistory>.State(
            record: editor.record, metadata: ["radius": "0.5", "note": "a \"quoted\" note"])
        for step in 1...max(steps, 1) where step <= steps {
            let request = scene.request(step, inputs[step % 4], label: [Int32(step), 1], id: 10 * step)
            let retrieval = editor.apply(to: request.prefix)
            let outcome = step % 2 == 1 ? try editor.edit(request) : nil
            state.append(
                StreamRow(
                    step: step, id: request.id, isError: outcome != nil, outcome: outcome, key: retrieval.key,
                    distance: retrieval.distance, radius: retrieval.radius, seconds: 0.25))
        }
        state.record = editor.record
        return state
    }

    private func expectSame(
        _ found: EditLog<CodebookHistory>.State?, _ expected: EditLog<CodebookHistory>.State,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let found = try #require(found, sourceLocation: sourceLocation)
        #expect(found.steps == expected.steps, sourceLocation: sourceLocation)
        #expect(found.rows.text == expected.rows.text, sourceLocation: sourceLocation)
        #expect(found.record.editCount == expected.record.editCount, sourceLocation: sourceLocation)
        EditingTests.expectSame(
            found.record.codebook(at: .max, rules: .paper), expected.record.codebook(at: .max, rules: .paper),
            "codebook", sourceLocation: sourceLocation)
        for (key, value) in expected.metadata { #expect(found.metadata[key] == value, sourceLocation: sourceLocation) }
    }

    @Test("An empty folder holds no log")
    func empty() throws {
        let folder = try TemporaryFolder()
        #expect(try EditLog<CodebookHistory>(folder: folder.url).load() == nil)
        #expect(try EditLog<CodebookHistory>(folder: folder.url("nowhere")).load() == nil)
    }

    @Test("Progress is saved and read again, and a finished log takes its place")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let log = EditLog<CodebookHistory>(folder: folder.url)
        for steps in [0, 1, 4, 7] {
            let state = try state(steps: steps)
            try log.saveProgress(state)
            try expectSame(try log.load(), state)
        }
        #expect(try folder.names() == ["codebook.partial.safetensors", "edits.partial.tsv"])
        let done = try state(steps: 9)
        try log.finish(done)
        #expect(try folder.names() == ["codebook.safetensors", "edits.tsv"])
        try expectSame(try log.load(), done)
        try log.remove()
        #expect(try folder.names().isEmpty)
    }

    @Test("A table that is ahead of its codebook, after a crash between the two, is cut back")
    func crash() throws {
        let folder = try TemporaryFolder()
        let log = EditLog<CodebookHistory>(folder: folder.url)
        let early = try state(steps: 4)
        try log.saveProgress(early)
        let codebook = try Data(contentsOf: folder.url("codebook.partial.safetensors"))
        try log.saveProgress(try state(steps: 7))
        try codebook.write(to: folder.url("codebook.partial.safetensors"))
        try expectSame(try log.load(), early)
    }

    @Test("A table that is behind its codebook, missing or of another kind is an error")
    func broken() throws {
        let folder = try TemporaryFolder()
        let log = EditLog<CodebookHistory>(folder: folder.url)
        try log.finish(try state(steps: 4))
        let table = try String(contentsOf: folder.url("edits.tsv"), encoding: .utf8)
        let lines = table.split(separator: "\n")
        try folder.file("edits.tsv", lines.dropLast().joined(separator: "\n") + "\n")
        #expect(message { _ = try log.load() }.contains("edits.tsv: does not belong to codebook.safetensors"))
        try folder.file("edits.tsv", "a\tb\n1\t2\n1\t2\n1\t2\n1\t2\n")
        #expect(message { _ = try log.load() }.contains("edits.tsv"))
        try FileManager.default.removeItem(at: folder.url("edits.tsv"))
        #expect(message { _ = try log.load() }.contains("edits.tsv"))
    }

    @Test("GRACE's settings go through the metadata of a log, and what is missing or wrong is named")
    func metadata() throws {
        var options = GRACEOptions(radius: 0.1)
        options.learningRate = 0.3
        options.steps = 7
        options.initialisation = .warm
        options.replacement = .prompt
        options.query = .mean
        options.rules = .official
        options.seed = .max
        let values = GRACEMetadata(options: options, layer: "encoder.block.1", maxNewTokens: 9).values
        let read = try GRACEMetadata(values, file: "f")
        #expect(read.options == options && read.layer == "encoder.block.1" && read.maxNewTokens == 9)
        for key in values.keys where key != "editor" {
            var broken = values
            broken[key] = nil
            #expect(message { _ = try GRACEMetadata(broken, file: "f") }.hasPrefix("f: its metadata has no '\(key)'"))
            if key == "layer" { continue }
            broken[key] = "?"
            let text = message { _ = try GRACEMetadata(broken, file: "f") }
            #expect(text.hasPrefix("f: its metadata has \(key) '?', which is not understood"))
        }
    }
}
