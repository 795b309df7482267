import Checkpoints
import Foundation
import TestSupport
import Testing

/// The paper's section 3.4, from the points to the scores.
@Suite("The synthetic illustration")
struct SyntheticTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func run(_ tool: String, _ arguments: [String]) async throws -> ToolProcess.Result {
        try await ToolProcess(tool, in: folder.url).run(arguments)
    }

    private func prepare(_ more: [String] = [], output: String = "data") async throws -> ToolProcess.Result {
        try await run("prepare-data", ["synthetic", "--output", output] + more)
    }

    private func train(_ more: [String] = [], output: String = "model") async throws -> ToolProcess.Result {
        try await run("pretrain", ["synthetic", "--input", "data", "--output", output] + more)
    }

    private func settings(_ file: String) throws -> [String: String] {
        let record = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.url(file))) as? [String: Any]
        return try #require(record?["settings"] as? [String: String])
    }

    @Test("One key of radius 0.45 at the first layer puts all edits right and harms nothing", arguments: [0, 1, 2])
    func illustration(seed: Int) async throws {
        let seeding = ["--seed", "\(seed)"]
        #expect(try await prepare(seeding).status == 0)
        let trained = try await train(seeding)
        #expect(trained.status == 0, "\(trained.errors)")
        let settings = try settings("model/run.json")
        #expect(settings["upstream_accuracy"] == "1.0" && settings["training_accuracy"] == "1.0")
        let edited = try await run(
            "stream-edit",
            ["--model", "model", "--stream", "data/edits.safetensors", "--layer", "layers.0", "--radius", "0.45"]
                + ["--output", "log"] + seeding)
        #expect(edited.status == 0, "\(edited.errors)")
        #expect(edited.errors.contains("50 inputs, 1 edits, 1 keys"), "\(edited.errors)")
        for (step, label) in [("0", "left"), ("50", "right")] {
            for set in ["edits", "upstream"] {
                let asked = try await run(
                    "evaluate",
                    ["--edits", "log", "--predict", "data/\(set).jsonl", "--step", step, "--output", "p.jsonl"])
                #expect(asked.status == 0, "\(asked.errors)")
                let rows = try String(contentsOf: folder.url("p.jsonl"), encoding: .utf8).split(separator: "\n").map {
                    try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
                }
                #expect(rows.count == (set == "edits" ? 50 : 200))
                #expect(
                    rows.allSatisfy {
                        $0["prediction"] as? String == (set == "edits" ? label : $0["label"] as? String)
                    }, "\(set) after step \(step)")
            }
        }
    }

    @Test("Rows of text and tensors are the same, and the record has every setting")
    func files() async throws {
        let made = try await prepare(["--edit-count", "7", "--upstream-count", "6", "--circle", "-3.5,0.25"])
        #expect(made.status == 0 && made.output.isEmpty, "\(made.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url("data").path).sorted() == [
                "edits.jsonl", "edits.safetensors", "labels.json", "run-synthetic.json", "training.jsonl",
                "training.safetensors", "upstream.jsonl", "upstream.safetensors",
            ])
        for (name, count) in [("training", 400), ("upstream", 6), ("edits", 7)] {
            let set = try TokenizedSet(contentsOf: folder.url("data/\(name).safetensors"))
            let lines = try String(contentsOf: folder.url("data/\(name).jsonl"), encoding: .utf8).split(separator: "\n")
            #expect(set.items.count == count && lines.count == count)
            #expect(set.labelNames == ["left", "right"] && set.metadata["set"] == name)
            for (item, line) in zip(set.items, lines) {
                let row = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                #expect((row["features"] as? [Double])?.map(Float.init) == item.features)
                #expect(row["label"] as? String == ["left", "right"][Int(item.label[0])])
                #expect(row["id"] as? Int == item.id)
            }
        }
        let settings = try settings("data/run-synthetic.json")
        #expect(settings["circle"] == "-3.5,0.25" && settings["clearance"] == "0.5" && settings["edits_rows"] == "7")
    }

    @Test("The same seed trains the same model; a rerun is done, and other settings need --overwrite")
    func again() async throws {
        #expect(try await prepare().status == 0)
        let steps = ["--steps", "30"]
        for (output, more) in [("a", ["--threads", "1"]), ("b", ["--threads", "2"]), ("c", ["--seed", "1"])] {
            #expect(try await train(steps + more, output: output).status == 0)
        }
        func weights(_ output: String) throws -> Data {
            try Data(contentsOf: folder.url("\(output)/model.safetensors"))
        }
        #expect(try weights("a") == weights("b"))
        #expect(try weights("a") != weights("c"))
        let rerun = try await train(steps, output: "a")
        #expect(rerun.status == 0 && rerun.errors == "pretrain: a: all done\n", "\(rerun.errors)")
        let other = try await train(["--steps", "31"], output: "a")
        #expect(other.status == 1 && other.errors.contains("was trained with steps 30, not 31"), "\(other.errors)")
        #expect(try await train(["--steps", "31", "--overwrite"], output: "a").status == 0)
    }

    @Test(
        "Points that cannot be learnt end with status 1, one line and no output",
        arguments: [
            ("training.jsonl", "{\"features\":[1,2],\"label\":\"up\"}\n", "row 1: label 'up' is not one of"),
            ("upstream.jsonl", "{\"features\":[1,2]}\n", "upstream.jsonl: row 1: field label is missing"),
            ("upstream.jsonl", "{\"features\":[1],\"label\":\"left\"}\n", "row 1: found 1 features, expected 2"),
            ("training.jsonl", "{\"label\":\"left\"}\n", "line 1: field features is missing"),
            ("training.jsonl", "", "training.jsonl: no rows"), ("upstream.jsonl", nil, "upstream.jsonl: no such file"),
            ("labels.json", "[\"left\",\"right\",\"up\"]", "labels.json: found 3 classes, expected 2"),
        ])
    func badInput(file: String, text: String?, expected: String) async throws {
        #expect(try await prepare().status == 0)
        try FileManager.default.removeItem(at: folder.url("data/\(file)"))
        if let text { try folder.file("data/\(file)", text) }
        let made = try await train()
        #expect(made.status == 1 && made.errors.contains(expected), "\(made.errors)")
        #expect(made.errors.hasPrefix("pretrain: ") && made.errors.count { $0 == "\n" } == 1, "\(made.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("model").path))
    }

    @Test("A learning rate that lets training diverge is named, and no model is left")
    func divergence() async throws {
        #expect(try await prepare().status == 0)
        let made = try await train(["--learning-rate", "1e38"])
        #expect(made.status == 1 && made.errors.contains("lower --learning-rate"), "\(made.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("model/model.safetensors").path))
    }

    @Test(
        "Misuse ends with status 64 and says what is wrong",
        arguments: [
            (["--training-count", "1"], "--training-count must be from 2"),
            (["--upstream-count", "-5"], "--upstream-count must be from 2"),
            (["--edit-count", "0"], "--edit-count must be from 1"),
            (["--deviation", "0"], "--deviation must be above 0"),
            (["--deviation", "nan"], "must be finite"),
            (["--circle-radius", "-1"], "--circle-radius must be above 0"),
            (["--clearance", "-0.1"], "--clearance must not be negative"),
            (["--clearance", "9"], "must be at most 2.4, so that the cluster, which reaches 2.5"),
            (["--right", "-2,0"], "the clusters overlap"), (["--circle", "3,0"], "leaves the left cluster"),
            (["--left", "1"], "'1'"), (["--left", "a,b"], "'a,b'"),
        ])
    func misuse(options: [String], expected: String) async throws {
        let made = try await prepare(options, output: "out")
        #expect(made.status == 64 && made.errors.contains(expected), "\(made.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("out").path))
    }

    @Test(
        "Training options out of range end with status 64",
        arguments: [
            (["--steps", "0"], "--steps must be from 1"), (["--batch-size", "-1"], "--batch-size must be from 1"),
            (["--hidden-size", "0"], "--hidden-size must be from 1"),
            (["--learning-rate", "-1"], "--learning-rate must be a positive number"),
        ])
    func trainingMisuse(options: [String], expected: String) async throws {
        let made = try await train(options, output: "out")
        #expect(made.status == 64 && made.errors.contains(expected), "\(made.errors)")
    }
}
