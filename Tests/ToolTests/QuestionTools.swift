import Foundation
import Testing

/// Tests of the tools that train, edit and score a question answerer, on one small model made by the tools themselves.
@Suite("Tools of a question answerer", .tinyAnswerer)
enum QuestionTools {}

/// A small question answerer that knows its upstream questions, with sets and an edit log, all made by the tools.
struct TinyAnswerer: Sendable {
    /// The one that the tests of `QuestionTools` share. It is not to be changed.
    @TaskLocal static var current: TinyAnswerer?

    static let layer = "encoder.block.1.layer.1.DenseReluDense.wo"
    /// What the edit log was made with: few steps, and a radius at which keys are added, grow and are split.
    static let editing = ["--layer", layer, "--radius", "2", "--steps", "50", "--threads", "1"]
    static let training = [
        "--vocabulary-size", "70", "--d-model", "32", "--d-ff", "64", "--d-kv", "8", "--heads", "4", "--layers", "2",
        "--steps", "120", "--batch-size", "24", "--learning-rate", "5e-3", "--threads", "1",
    ]

    let folder: URL

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

    var model: String { path("model") }
    var stream: String { path("data/edits.safetensors") }
    var upstream: String { path("data/upstream.safetensors") }
    var holdout: String { path("data/holdout.safetensors") }
    var log: String { path("log") }

    /// Writes the sources and runs every tool up to the edit log.
    func make() async throws {
        try writeSources()
        func run(_ tool: String, _ arguments: [String]) async throws {
            let made = try await ToolProcess(tool, in: folder).run(arguments)
            try #require(made.status == 0, "\(tool) \(arguments.joined(separator: " ")): \(made.errors)")
        }
        func prepare(_ output: String, _ more: [String]) async throws {
            try await run("prepare-data", ["nq", "--input", "nq.jsonl", "--all", "--output", output] + more)
            try await run(
                "prepare-data",
                [
                    "zsre", "--input", "zsre.jsonl", "--split", "generalization", "--minimum-rephrasings", "5",
                    "--rephrasings", "5", "--output", output,
                ] + more)
        }
        try await prepare("text", [])
        try await run(
            "pretrain",
            ["qa", "--input", "text/upstream.jsonl", "--text", "text/edits.jsonl", "--output", "model"]
                + Self.training)
        try await prepare("data", ["--tokenizer", "model"])
        try await run(
            "stream-edit", ["--model", "model", "--stream", "data/edits.safetensors", "--output", "log"] + Self.editing)
    }

    /// Who likes which color, in six phrasings: known ones for training, others to be edited in.
    private func writeSources() throws {
        let colors = ["red", "blue", "gold", "pink", "grey", "teal"]
        let phrasings = [
            "color of {}", "{} color", "what does {} like", "{} likes", "tell {} color", "say what {} likes",
        ]
        func ask(_ name: String) -> [String] { phrasings.map { $0.replacingOccurrences(of: "{}", with: name) } }
        let known = ["ada", "bob", "cyd", "dan", "eve", "fay", "gus", "hal", "ivy", "jon", "kim", "leo"]
        let upstream = known.enumerated().flatMap { index, name in
            ask(name).map { "{\"question\":\"\($0)\",\"answer\":[\"\(colors[index % 6])\"]}\n" }
        }
        try Data(upstream.joined().utf8).write(to: url("nq.jsonl"))
        let unknown = ["max", "ned", "ora", "pam", "roy", "sue", "tom", "una"]
        let edits = unknown.enumerated().map { index, name in
            let questions = ask(name).map { "\"\($0)\"" }
            return "{\"input\":\(questions[0]),\"prediction\":\"\",\"alternatives\":[],"
                + "\"filtered_rephrases\":[\(questions.dropFirst().joined(separator: ","))],"
                + "\"output\":[{\"answer\":\"\(colors[(index * 5 + 1) % 6])\"}]}\n"
        }
        try Data(edits.joined().utf8).write(to: url("zsre.jsonl"))
    }
}

/// Makes a `TinyAnswerer` before the first test of a suite and removes it after the last.
struct TinyAnswererTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("grace-answerer-\(UUID().uuidString)", isDirectory: true).resolvingSymlinksInPath()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let answerer = TinyAnswerer(folder: folder)
        try await answerer.make()
        try await TinyAnswerer.$current.withValue(answerer) { try await function() }
    }
}

extension Trait where Self == TinyAnswererTrait {
    /// The tests of the suite find a `TinyAnswerer` in `TinyAnswerer.current`.
    static var tinyAnswerer: Self { Self() }
}
