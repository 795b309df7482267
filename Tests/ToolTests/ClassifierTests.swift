import Checkpoints
import Foundation
import TestSupport
import Testing

/// The MLP of Tests/Fixtures/mlp as users edit it: numbers in, names of classes out.
@Suite("Tools of a classifier")
struct ClassifierTests {
    static let model = fixtures.appendingPathComponent("mlp").path
    let folder: TemporaryFolder
    /// The fixture's inputs with the classes that the model gives them.
    let known: [TokenizedSet.Item]

    init() throws {
        folder = try TemporaryFolder()
        let reference = try SafetensorsFile(fixtures.appendingPathComponent("mlp/reference.safetensors"))
        let features = try reference.tensor("features"), logits = try reference.tensor("logits").array
        known = logits.enumerated().map { row, logit in
            TokenizedSet.Item(
                id: row, question: row, group: row, features: features.rows(row..<row + 1).array,
                label: [logit > 0 ? 1 : 0])
        }
        try write(known, "upstream")
        try write(flipped(known.prefix(4)), "edits")
    }

    private func flipped(_ items: some Sequence<TokenizedSet.Item>) -> [TokenizedSet.Item] {
        items.map { item in
            var item = item
            item.label = [1 - item.label[0]]
            return item
        }
    }

    private func write(
        _ items: [TokenizedSet.Item], _ name: String, names: [String] = ["left", "right"]
    ) throws {
        try TokenizedSet(items: items, labelNames: names).write(to: folder.url("\(name).safetensors"))
    }

    private func run(_ tool: String, _ arguments: [String]) async throws -> ToolProcess.Result {
        try await ToolProcess(tool, in: folder.url).run(arguments)
    }

    private func edit(_ changes: [String: String] = [:]) async throws -> ToolProcess.Result {
        let options = [
            "--model": Self.model, "--stream": "edits.safetensors", "--layer": "layers.1", "--radius": "0",
            "--threads": "1", "--output": "log",
        ].merging(changes) { $1 }
        return try await run("stream-edit", options.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
    }

    @Test("Every error is edited, its class is right after that, and the table has accuracies")
    func metrics() async throws {
        let edited = try await edit()
        #expect(edited.status == 0, "\(edited.errors)")
        #expect(try LogFiles(folder: folder.url("log")).rows().map { $0["error"] } == ["1", "1", "1", "1"])
        let scored = try await run(
            "evaluate", ["--edits", "log", "--upstream", "upstream.safetensors", "--output", "m.tsv"])
        #expect(scored.status == 0, "\(scored.errors)")
        let lines = try String(contentsOf: folder.url("m.tsv"), encoding: .utf8).split(separator: "\n")
        #expect(
            lines[0].split(separator: "\t").joined(separator: " ")
                == "editor layer epsilon lr seed step edits keys upstream_accuracy online_accuracy edit_score "
                + "holdout_accuracy edit_success key_edit_ratio edit_share stream_accuracy")
        #expect(lines[1] == "grace\tlayers.1\t0\t1\t0\t0\t0\t0\t1\tnan\tnan\tnan\tnan\tnan\tnan\t0")
        let last = lines[5].split(separator: "\t")
        // The edits are upstream rows with the other class, so five of the nine keep theirs.
        #expect(last[8] == "0.5555556" && last[9] == "1" && last[10] == "0.7777778" && last[12] == "1", "\(lines[5])")
        #expect(last[5] == "4" && last[6] == "4" && last[7] == "4" && last[15] == "1")
    }

    @Test("Predictions name classes, before the edits and after them")
    func predictions() async throws {
        #expect(try await edit().status == 0)
        let rows = known.map { item in
            let numbers = item.features.map { "\($0)" }.joined(separator: ",")
            return "{\"id\":\(item.id + 40),\"features\":[\(numbers)],\"label\":\"left\"}\n"
        }
        try folder.file("points.jsonl", rows.joined())
        for (step, edited) in [("0", 0), ("2", 2), ("4", 4)] {
            let made = try await run(
                "evaluate", ["--edits", "log", "--predict", "points.jsonl", "--step", step, "--output", "p.jsonl"])
            #expect(made.status == 0, "\(made.errors)")
            let found = try String(contentsOf: folder.url("p.jsonl"), encoding: .utf8).split(separator: "\n").map {
                try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            let wanted = flipped(known.prefix(edited)) + known.dropFirst(edited)
            let expected = wanted.map { $0.label[0] == 1 ? "right" : "left" }
            #expect(found.map { $0["prediction"] as? String } == expected)
            #expect(found.map { $0["edited"] as? Bool } == known.indices.map { $0 < edited })
            #expect(found.allSatisfy { $0["label"] as? String == "left" && ($0["features"] as? [Any])?.count == 3 })
            #expect(found.map { $0["id"] as? Int } == known.map { $0.id + 40 })
        }
    }

    @Test("Sets and models that do not fit are refused with one line and no output")
    func refused() async throws {
        try write(known, "other", names: ["right", "left"])
        try write(known, "three", names: ["left", "right", "up"])
        var narrow = known
        for row in narrow.indices { narrow[row].features.removeLast() }
        try write(narrow, "narrow")
        try TokenizedSet(items: FixtureModel.items(3)).write(to: folder.url("questions.safetensors"))
        let tokens = known.map {
            TokenizedSet.Item(id: $0.id, question: 0, group: 0, input: [5, 1], label: $0.label)
        }
        try write(tokens, "tokens")
        let cases = [
            (
                ["--stream": "other.safetensors"],
                "other.safetensors: has class 0 'right' (label_names), but the model has"
            ),
            (["--stream": "three.safetensors"], "three.safetensors: has 3 classes (label_names), but the model has 2"),
            (["--stream": "narrow.safetensors"], "narrow.safetensors: row 0: the model reads 3 features, found 2"),
            (
                ["--stream": "questions.safetensors"],
                "its labels are answers, not classes, but the model is a classifier"
            ),
            (
                ["--stream": "tokens.safetensors"],
                "tokens.safetensors: row 0: the model reads 3 features, found token ids"
            ),
            (
                ["--model": FixtureModel.path, "--layer": FixtureModel.layer],
                "edits.safetensors: its labels are classes, but the model is one that generates answers"
            ),
            (
                ["--layer": "layers.3"],
                "no layer 'layers.3' to edit in this model; it has: layers.0, layers.1, layers.2"
            ),
        ]
        for (changes, expected) in cases {
            let made = try await edit(changes.merging(["--output": "out"]) { $1 })
            #expect(made.status == 1 && made.errors.contains(expected), "\(made.errors)")
            #expect(made.errors.count { $0 == "\n" } == 1, "\(made.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.url("out").path))
        }
        #expect(try await edit().status == 0)
        for (set, expected) in [
            ("other", "other.safetensors: has class 0 'right'"), ("tokens", "found token ids"),
            ("questions", "its labels are answers"),
        ] {
            let made = try await run(
                "evaluate", ["--edits", "log", "--upstream", "\(set).safetensors", "--output", "m.tsv"])
            #expect(made.status == 1 && made.errors.contains(expected), "\(made.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.url("m.tsv").path))
        }
        for (line, expected) in [
            (#"{"features":[1,2]}"#, "points.jsonl: row 0: the model reads 3 features, found 2"),
            (#"{"text":"a"}"#, "points.jsonl: line 1: field features is missing"),
            (#"{"features":[1,"2",3]}"#, "points.jsonl: line 1: field features[1]: expected a number, found a string"),
            (#"{"features":[]}"#, "points.jsonl: line 1: field features is empty"),
        ] {
            try folder.file("points.jsonl", line + "\n")
            let made = try await run(
                "evaluate", ["--edits", "log", "--predict", "points.jsonl", "--output", "p.jsonl"])
            #expect(made.status == 1 && made.errors.contains(expected), "\(made.errors)")
        }
    }
}
