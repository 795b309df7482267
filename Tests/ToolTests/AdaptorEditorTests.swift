import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite("stream-edit and evaluate with the compared editors")
struct AdaptorEditorTests {
    static let editors = ["finetune", "mend", "defer", "memory"]
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try Self.write(points(24, flipped: true), to: folder.url("stream.safetensors"))
        try Self.write(points(9, flipped: false), to: folder.url("upstream.safetensors"))
    }

    private static let model = fixtures.appendingPathComponent("mlp")

    /// Rows of the MLP fixture, each a little further from the last time it was there, most with the class that the model
    /// does not give.
    private func points(_ count: Int, flipped: Bool) throws -> [TokenizedSet.Item] {
        let reference = try SafetensorsFile(Self.model.appendingPathComponent("reference.safetensors"))
        let features = try reference.tensor("features"), logits = try reference.tensor("logits").array
        return (0..<count).map { id in
            let row = id * 5 % logits.count, isRight = logits[row] > 0
            let shift = Float(id / logits.count) * 0.05
            return TokenizedSet.Item(
                id: 500 + id, question: row, group: row,
                features: features.rows(row..<row + 1).array.map { $0 + shift },
                label: [isRight != (flipped && id % 7 != 3) ? 1 : 0])
        }
    }

    private static func write(_ items: [TokenizedSet.Item], to url: URL) throws {
        try TokenizedSet(items: items, labelNames: ["left", "right"]).write(to: url)
    }

    private func arguments(_ editor: String, _ output: String, _ more: [String] = []) -> [String] {
        let steps = more.contains("--steps") ? [] : ["--steps", "15"]
        return [
            "--model", Self.model.path, "--stream", "stream.safetensors", "--output", output,
            "--editor", editor, "--snapshot-every", "4", "--threads", "1", "--learning-rate", "0.05",
        ] + steps + more
    }

    private func edit(_ editor: String, _ output: String, _ more: String...) async throws -> ToolProcess.Result {
        try await ToolProcess("stream-edit", in: folder.url).run(arguments(editor, output, more))
    }

    private func evaluate(_ more: String...) async throws -> ToolProcess.Result {
        try await ToolProcess("evaluate", in: folder.url).run(more)
    }

    private func snapshots(_ log: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.url("\(log)/snapshots").path).sorted()
    }

    private func log(_ name: String) -> LogFiles { LogFiles(folder: folder.url(name)) }

    @Test("A run leaves its last state and snapshots, and evaluate scores it there", arguments: editors)
    func whole(editor: String) async throws {
        let run = try await edit(editor, "log")
        #expect(run.status == 0, "\(run.errors)")
        #expect(try log("log").names() == ["editor.safetensors", "edits.tsv", "run.json", "snapshots"])
        let edits = try log("log").rows().filter { $0["error"] == "1" }
        #expect(edits.count >= 8, "\(edits.count) edits")
        #expect(
            edits.allSatisfy { $0["action"] == editor && $0["key"] == "nan" && ["0", "1"].contains($0["success"]) })
        let counts =
            Array(stride(from: 4, through: edits.count, by: 4))
            + (edits.count.isMultiple(of: 4) ? [] : [edits.count])
        #expect(try snapshots("log") == counts.map { String("00000\($0)".suffix(6)) + ".safetensors" })

        let scored = try await evaluate("--edits", "log", "--upstream", "upstream.safetensors", "--output", "m.tsv")
        #expect(scored.status == 0, "\(scored.errors)")
        let lines = try String(contentsOf: folder.url("m.tsv"), encoding: .utf8).split(separator: "\n")
        let columns = lines[0].split(separator: "\t").map(String.init)
        let rows = lines.dropFirst().map { line in
            Dictionary(uniqueKeysWithValues: zip(columns, line.split(separator: "\t").map(String.init)))
        }
        // The stream may go on after the last edit, which then has a row of its own.
        #expect(rows.prefix(counts.count + 1).map { $0["edits"] } == ([0] + counts).map { "\($0)" })
        #expect(rows.allSatisfy { $0["editor"] == editor && $0["epsilon"] == "nan" && $0["keys"] == "nan" })
        for row in rows.dropFirst() {
            let made = edits.prefix(Int(row["edits"] ?? "") ?? 0)
            let share = Double(made.count { $0["success"] == "1" }) / Double(made.count)
            #expect(abs((Double(row["edit_success"] ?? "") ?? .nan) - share) < 1e-6)
        }
        let again = try await edit(editor, "log")
        #expect(again.status == 0 && again.errors.contains("all done"), "\(again.errors)")
    }

    @Test("Tables call finetuning by what it does beside, and any editor by the name that evaluate is given")
    func names() async throws {
        func editors(_ log: String, _ more: String...) async throws -> Set<String> {
            let scored = try await ToolProcess("evaluate", in: folder.url)
                .run(["--edits", log, "--output", "m.tsv"] + more)
            #expect(scored.status == 0, "\(scored.errors)")
            let lines = try String(contentsOf: folder.url("m.tsv"), encoding: .utf8).split(separator: "\n")
            return Set(lines.dropFirst().map { String($0.prefix { $0 != "\t" }) })
        }
        for (name, options) in [
            ("finetune-ewc", ["--ewc", "10"]), ("finetune-retrain", ["--retrain-every", "4", "--retrain-steps", "2"]),
            ("finetune-ewc-retrain", ["--ewc", "10", "--retrain-every", "4", "--retrain-steps", "2"]),
        ] {
            let run = try await ToolProcess("stream-edit", in: folder.url)
                .run(arguments("finetune", name, options + ["--max-edits", "5"]))
            #expect(run.status == 0, "\(run.errors)")
            #expect(try await editors(name) == [name])
        }
        #expect(try await editors("finetune-ewc", "--name", "held_on.2") == ["held_on.2"])
        for (name, more) in [("a b", []), ("", []), ("a", ["--predict", "points.jsonl"])] {
            let refused = try await ToolProcess("evaluate", in: folder.url)
                .run(["--edits", "finetune-ewc", "--output", "n.tsv", "--name", name] + more)
            #expect(refused.status == 64 && refused.errors.contains("--name"), "\(refused.errors)")
        }
    }

    @Test("A run in two parts ends with the bits of one in one, in state and snapshots", arguments: editors + ["ewc"])
    func resumed(editor: String) async throws {
        let name = editor == "ewc" ? "finetune" : editor
        let more =
            editor == "ewc" ? ["--ewc", "10", "--ewc-edits", "3", "--retrain-every", "5", "--retrain-steps", "4"] : []
        for (log, limits) in [("whole", [[]]), ("parts", [["--max-edits", "5"], []])] {
            for limit in limits {
                let run = try await ToolProcess("stream-edit", in: folder.url).run(arguments(name, log, more + limit))
                #expect(run.status == 0, "\(run.errors)")
            }
        }
        let whole = try SafetensorsFile(folder.url("whole/editor.safetensors"))
        let parts = try SafetensorsFile(folder.url("parts/editor.safetensors"))
        #expect(whole.names == parts.names && !whole.names.isEmpty)
        for name in whole.names {
            #expect(sameBits(try whole.tensor(name).array, try parts.tensor(name).array), "\(name)")
        }
        #expect(try log("whole").timelessRows() == log("parts").timelessRows())
        // The first part left one at its end, between two of the others, which is gone.
        #expect(try snapshots("whole") == snapshots("parts"))
    }

    @Test("A killed run goes on to the bits of one that was not")
    func killed() async throws {
        let slow = ["--checkpoint-seconds", "0", "--steps", "40"]
        let run = try await ToolProcess("stream-edit", in: folder.url).run(arguments("mend", "whole", slow))
        #expect(run.status == 0, "\(run.errors)")
        let progress = folder.url("cut/editor.partial.safetensors").path
        let wasRunning = try await ToolProcess("stream-edit", in: folder.url).runAndKill(arguments("mend", "cut", slow))
        {
            FileManager.default.fileExists(atPath: progress)
        }
        #expect(wasRunning)
        let rest = try await ToolProcess("stream-edit", in: folder.url).run(arguments("mend", "cut", slow))
        #expect(rest.status == 0, "\(rest.errors)")
        #expect(try log("whole").data("editor.safetensors") == log("cut").data("editor.safetensors"))
        #expect(try log("whole").timelessRows() == log("cut").timelessRows())
        // A process that is killed while it writes leaves a hidden file of another name behind.
        let names = try log("cut").names().filter { !$0.hasPrefix(".") }
        #expect(names == ["editor.safetensors", "edits.tsv", "run.json", "snapshots"])
    }

    @Test("Predictions are those of a snapshot, or of the frozen model; a step between two snapshots is refused")
    func points() async throws {
        let items = try points(9, flipped: false)
        try folder.file(
            "points.jsonl",
            items.map { "{\"features\":[\($0.features.map { "\($0)" }.joined(separator: ","))]}\n" }.joined())
        let run = try await edit("finetune", "log")
        #expect(run.status == 0, "\(run.errors)")
        let settings = try #require(try log("log").record()["settings"] as? [String: String])
        #expect(settings["layer"] == "layers.0", "the default layer")
        let steps = try log("log").rows().filter { $0["error"] == "1" }.compactMap { Int($0["step"] ?? "") }
        for (step, edited) in [("0", false), ("\(steps[3])", true)] {
            let made = try await evaluate(
                "--edits", "log", "--predict", "points.jsonl", "--step", step, "--output", "p.jsonl")
            #expect(made.status == 0, "\(made.errors)")
            let found = try String(contentsOf: folder.url("p.jsonl"), encoding: .utf8).split(separator: "\n").map {
                try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            #expect(found.allSatisfy { $0["edited"] as? Bool == edited && $0["key"] == nil })
            if !edited {
                #expect(found.map { $0["prediction"] as? String } == items.map { $0.label[0] == 1 ? "right" : "left" })
            }
        }
        let between = try await evaluate(
            "--edits", "log", "--predict", "points.jsonl", "--step", "\(steps[5])", "--output", "q.jsonl")
        #expect(
            between.status == 1 && between.errors.contains("ask for step \(steps[3]) or \(steps[7])"),
            "\(between.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("q.jsonl").path))
    }

    @Test("Options that do not go with the editor are misuse, and a folder of another editor is left alone")
    func refused() async throws {
        for (more, expected) in [
            (["--radius", "1"], "--radius goes with --editor grace"),
            (["--value-init", "warm"], "--value-init goes with --editor grace, not finetune"),
            (["--rank", "5"], "--rank goes with --editor mend, not finetune"),
            (["--memory-size", "5"], "--memory-size goes with --editor memory, not finetune"),
            (["--editor", "defer", "--ewc", "1"], "--ewc goes with --editor finetune, not defer"),
            (["--max-edits", "-3"], "--max-edits must be at least 1, found -3"),
            (["--steps", "-1"], "--steps must be from 0 to 1000000, found -1"),
            (["--compat", "official"], "--compat official is about grace"),
            (["--snapshot-every", "0"], "--snapshot-every must be from 1"), (["--ewc", "-1"], "--ewc"),
        ] {
            let run = try await ToolProcess("stream-edit", in: folder.url).run(arguments("finetune", "out", more))
            #expect(run.status == 64 && run.errors.contains(expected), "\(run.errors)")
        }
        let bare = try await ToolProcess("stream-edit", in: folder.url).run([
            "--model", Self.model.path, "--stream", "stream.safetensors", "--output", "out",
        ])
        #expect(bare.status == 64 && bare.errors.contains("--editor grace needs --radius"), "\(bare.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("out").path))

        #expect(try await edit("memory", "log", "--max-edits", "2").status == 0)
        let other = try await ToolProcess("stream-edit", in: folder.url).run([
            "--model", Self.model.path, "--stream", "stream.safetensors", "--output", "log", "--radius", "1",
        ])
        #expect(other.status == 1 && other.errors.contains("this edit log was made with editor"), "\(other.errors)")
        let defers = try await edit("defer", "log")
        #expect(defers.status == 1 && defers.errors.contains("made with editor memory, not defer"), "\(defers.errors)")
        #expect(try await edit("defer", "log", "--overwrite").status == 0)
        #expect(try log("log").rows().contains { $0["action"] == "defer" })
    }

    @Test("Logs that are damaged are told by file and tensor")
    func damaged() async throws {
        #expect(try await edit("finetune", "log", "--max-edits", "4").status == 0)
        let file = folder.url("log/snapshots/000004.safetensors")
        let good = try Data(contentsOf: file)
        try good.prefix(good.count - 8).write(to: file)
        let cut = try await evaluate("--edits", "log", "--output", "m.tsv")
        #expect(cut.status == 1 && cut.errors.contains("000004.safetensors"), "\(cut.errors)")
        let source = try SafetensorsFile(folder.url("log/editor.safetensors"))
        var writer = SafetensorsWriter(metadata: source.metadata.merging(["format": "grace-snapshot"]) { $1 })
        writer.add("weight", try source.tensor("weight").rows(0..<2).copy())
        try writer.write(to: file)
        let narrow = try await evaluate("--edits", "log", "--output", "m.tsv")
        #expect(narrow.status == 1 && narrow.errors.contains("tensor 'weight' has shape [2, "), "\(narrow.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("m.tsv").path))
    }
}
