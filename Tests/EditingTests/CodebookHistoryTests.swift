import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Editing

@Suite("The history of a codebook")
struct CodebookHistoryTests {
    /// An editor that has seen a stream with all four actions, and its codebook after each step of the stream.
    private func run(_ rules: CodebookRules) throws -> (history: CodebookHistory, codebooks: [Int: Codebook]) {
        let scene = try Scene()
        let inputs = scene.inputs(12)
        let radius = scene.distance(inputs[0], inputs[1]) * 0.6
        let editor = scene.editor(quick(radius: radius, steps: 1) { $0.rules = rules })
        var random = RandomStream(seed: 4, purpose: .test)
        var actions: Set<String> = []
        var codebooks = [0: editor.codebook]
        // Steps without an edit lie between those with one, as in a stream.
        for step in stride(from: 3, to: 120, by: 2) {
            let input = inputs[Int.random(in: 0..<12, using: &random)]
            let label: [Int32] = [[7, 1], [7, 1], [7, 1], [3, 5, 1], [5, 3, 1]][Int.random(in: 0..<5, using: &random)]
            actions.insert(try editor.edit(scene.request(step, input, label: label, id: 1000 + step)).action)
            codebooks[step] = editor.codebook
        }
        #expect(actions == ["add", "expand", "train", "split"])
        return (editor.record, codebooks)
    }

    @Test(
        "The codebook of every step is rebuilt to the bit, from memory and from a file",
        arguments: CodebookRules.allCases)
    func rebuild(rules: CodebookRules) throws {
        let (history, codebooks) = try run(rules)
        let folder = try TemporaryFolder()
        try history.write(to: folder.url("c.safetensors"), steps: 130, metadata: ["seed": "7"])
        let (read, metadata) = try CodebookHistory.read(folder.url("c.safetensors"))
        #expect(metadata["seed"] == "7" && metadata["stream_steps"] == "130")
        #expect(read.keyWidth == history.keyWidth && read.valueWidth == history.valueWidth)
        #expect(read.keys.map(\.id) == history.keys.map(\.id) && read.values.map(\.id) == history.values.map(\.id))
        #expect(read.values.map(\.step) == history.values.map(\.step))
        var expected = Codebook(keyWidth: history.keyWidth, rules: rules)
        for step in 0...130 {
            expected = codebooks[step] ?? expected
            for source in [history, read] {
                expectSame(source.codebook(at: step, rules: rules), expected, "step \(step)")
            }
        }
        expectSame(read.codebook(at: .max, rules: rules), expected, "the end")
    }

    @Test("An editor that goes on from a file does what one that never stopped does", arguments: CodebookRules.allCases)
    func resume(rules: CodebookRules) throws {
        let scene = try Scene()
        let folder = try TemporaryFolder()
        let inputs = scene.inputs(5)
        let options = quick(radius: scene.distance(inputs[0], inputs[1]) * 0.6, steps: 3) { $0.rules = rules }
        let requests = (1...16).map { step in
            scene.request(step, inputs[step * 7 % 5], label: [Int32(7 + step % 3), 1], id: step)
        }
        let whole = scene.editor(options)
        for request in requests { _ = try whole.edit(request) }
        for cut in [0, 1, 5, 15] {
            let first = scene.editor(options)
            for request in requests[..<cut] { _ = try first.edit(request) }
            let file = folder.url("\(cut).safetensors")
            try first.record.write(to: file, steps: cut, metadata: [:])
            let second = scene.editor(options, history: try CodebookHistory.read(file).record)
            for request in requests[cut...] { _ = try second.edit(request) }
            expectSame(second.codebook, whole.codebook, "cut after \(cut)")
            try second.record.write(to: folder.url("second.safetensors"), steps: 16, metadata: [:])
            try whole.record.write(to: folder.url("whole.safetensors"), steps: 16, metadata: [:])
            #expect(
                try Data(contentsOf: folder.url("second.safetensors"))
                    == Data(contentsOf: folder.url("whole.safetensors")))
        }
    }

    @Test("An empty history goes through a file")
    func empty() throws {
        let folder = try TemporaryFolder()
        try CodebookHistory(keyWidth: 5, valueWidth: 3).write(to: folder.url("c.safetensors"), steps: 9, metadata: [:])
        let read = try CodebookHistory.read(folder.url("c.safetensors")).record
        #expect(read.keyWidth == 5 && read.valueWidth == 3 && read.editCount == 0)
        #expect(read.codebook(at: 9, rules: .paper).count == 0)
    }
}
