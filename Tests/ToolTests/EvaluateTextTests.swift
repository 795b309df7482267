import Foundation
import TestSupport
import Testing

@Suite("evaluate --predict on texts")
struct EvaluateTextTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ tool: String, _ arguments: String...) async throws -> ToolProcess.Result {
        try await ToolProcess(tool, in: folder.url).run(arguments)
    }

    private func lines(_ name: String) throws -> [[String: Any]] {
        try String(contentsOf: folder.url(name), encoding: .utf8).split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test("A BERT names the classes of texts, before its edits and after them, with labels and without")
    func texts() async throws {
        let vocabulary = packageRoot.appendingPathComponent("data/opinions").path
        for made in [
            try await run(
                "prepare-data", "opinions", "--vocabulary", vocabulary, "--output", "src", "--training-count", "60",
                "--validation-count", "20", "--test-count", "12"),
            try await run("prepare-data", "scotus", "--input", "src", "--labels", "scdb14", "--output", "text"),
            try await run(
                "pretrain", "scotus", "--input", "text", "--output", "bert", "--max-steps", "2", "--batch-size", "4",
                "--vocabulary-size", "400", "--max-length", "64", "--threads", "1"),
            try await run(
                "prepare-data", "scotus", "--input", "src", "--labels", "scdb14", "--tokenizer", "bert", "--output",
                "data"),
            try await run(
                "stream-edit", "--model", "bert", "--stream", "data/edits.safetensors", "--radius", "0.0001",
                "--output", "log", "--threads", "1"),
        ] { try #require(made.status == 0, "\(made.errors)") }
        let asked = try lines("data/edits.jsonl")
        let after = try await run("evaluate", "--edits", "log", "--predict", "data/edits.jsonl", "--output", "a.jsonl")
        #expect(after.status == 0, "\(after.errors)")
        let answers = try lines("a.jsonl")
        #expect(answers.map { $0["prediction"] as? String } == asked.map { $0["label"] as? String })
        #expect(answers.map { $0["id"] as? Int } == asked.map { $0["id"] as? Int })
        #expect(answers.contains { $0["edited"] as? Bool == true } && answers.allSatisfy { $0["text"] == nil })

        try folder.file("bare.jsonl", #"{"text": "a petition for review of the tax"}"# + "\n")
        let before = try await run(
            "evaluate", "--edits", "log", "--predict", "bare.jsonl", "--step", "0", "--output", "b.jsonl")
        #expect(before.status == 0, "\(before.errors)")
        let bare = try lines("b.jsonl")
        #expect(bare.count == 1 && bare[0]["edited"] as? Bool == false && bare[0]["label"] == nil)
        try folder.file("empty.jsonl", #"{"question": "which"}"# + "\n")
        let wrong = try await run("evaluate", "--edits", "log", "--predict", "empty.jsonl", "--output", "c.jsonl")
        #expect(
            wrong.status == 1 && wrong.errors.contains("empty.jsonl: line 1: field text is missing"), "\(wrong.errors)")
    }
}
