import Foundation
import TestSupport
import Testing

@Suite("pretrain scotus")
struct PretrainScotusTests {
    static let files = ["config.json", "model.safetensors", "run.json", "tokenizer_config.json", "vocab.txt"]
    static let labels = ["Privacy", "Unions", "Federalism"]

    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try Self.write(30, to: "training", folder)
        try Self.write(9, to: "upstream", folder)
        try folder.file("data/labels.json", "[\"Privacy\", \"Unions\", \"Federalism\"]")
    }

    /// Short opinions whose class shows in one word.
    private static func write(_ count: Int, to name: String, _ folder: TemporaryFolder) throws {
        let words = ["secret", "worker", "state"]
        let filler = ["the", "court", "holds", "that", "judge", "said", "no"]
        let lines = (0..<count).map { row -> String in
            let text = (0..<6 + row % 9).map { filler[($0 * 5 + row) % filler.count] } + [words[row % 3], "again"]
            return "{\"id\":\(row),\"text\":\"\(text.joined(separator: " "))\",\"label\":\"\(labels[row % 3])\"}\n"
        }
        try folder.file("data/\(name).jsonl", lines.joined())
    }

    private static let small = [
        "--vocabulary-size": "60", "--hidden-size": "16", "--intermediate-size": "32", "--heads": "2", "--layers": "2",
        "--epochs": "3", "--batch-size": "4", "--max-length": "24", "--threads": "1",
    ]

    private func arguments(_ output: String, _ more: [String], input: String = "data") -> [String] {
        var options = Self.small
        if more.contains("--model") {
            for name in ["--vocabulary-size", "--hidden-size", "--intermediate-size", "--heads", "--layers"] {
                options[name] = nil
            }
        }
        for name in more { options[name] = nil }
        return ["scotus", "--input", input, "--output", output]
            + options.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] } + more
    }

    /// Trains a small model; what `more` gives again counts.
    private func train(
        _ output: String, _ more: [String] = [], input: String = "data"
    ) async throws -> ToolProcess.Result {
        try await ToolProcess("pretrain", in: folder.url).run(arguments(output, more, input: input))
    }

    private func json(_ path: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: folder.url(path))) as? [String: Any])
    }

    private func settings(_ output: String) throws -> [String: String] {
        try #require(try json("\(output)/run.json")["settings"] as? [String: String])
    }

    private func weights(_ output: String) throws -> Data {
        try Data(contentsOf: folder.url("\(output)/model.safetensors"))
    }

    @Test("It learns the classes, and its folder has all files with the classes in order")
    func learns() async throws {
        let made = try await train("model", ["--epochs", "30", "--learning-rate", "0.003"])
        #expect(made.status == 0 && made.output.isEmpty, "\(made.errors)")
        #expect(made.errors.contains("upstream accuracy 1.0000"), "\(made.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url("model").path).sorted() == Self.files)
        let config = try json("model/config.json")
        #expect(config["id2label"] as? [String: String] == ["0": "Privacy", "1": "Unions", "2": "Federalism"])
        #expect(config["architectures"] as? [String] == ["BertForSequenceClassification"])
        #expect(config["hidden_size"] as? Int == 16 && config["max_position_embeddings"] as? Int == 24)
        let settings = try settings("model")
        #expect(settings["upstream_accuracy"] == "1.0" && settings["epochs"] == "30" && settings["seed"] == "0")
        let record = try json("model/run.json")
        #expect((record["inputs"] as? [[String: String]])?.count == 3)
        #expect((record["timings"] as? [String: Double])?["tokens_per_second"] ?? 0 > 0)
    }

    @Test("Seeds decide the model, byte by byte, and the number of threads does not")
    func seeds() async throws {
        for (name, more) in [
            ("a", ["--seed", "3"]), ("b", ["--seed", "3", "--threads", "2"]), ("c", ["--seed", "4"]),
            ("d", ["--seed", "3", "--checkpoint-every", "1"]),
        ] {
            let made = try await train(name, more)
            #expect(made.status == 0, "\(made.errors)")
        }
        #expect(try weights("a") == weights("b"))
        #expect(try weights("a") == weights("d"))
        #expect(try weights("a") != weights("c"))
    }

    @Test("Wide products are shared out the same way on any number of threads")
    func threads() async throws {
        for threads in ["1", "2", "3"] {
            let made = try await train(
                threads,
                ["--threads", threads, "--hidden-size", "128", "--intermediate-size", "256", "--batch-size", "16"]
                    + ["--epochs", "1"])
            #expect(made.status == 0, "\(made.errors)")
            #expect(try weights(threads) == weights("1"), "\(threads) threads")
        }
    }

    @Test("A run that is killed goes on, and ends with the weights that it would have had", arguments: [2, 9])
    func killed(afterCheckpoints count: Int) async throws {
        let more = ["--epochs", "12", "--checkpoint-every", "1"]
        let whole = try await train("whole", more)
        #expect(whole.status == 0, "\(whole.errors)")
        let state = folder.url("model/training.partial.safetensors")
        let seen = Seen()
        let wasRunning = try await ToolProcess("pretrain", in: folder.url).runAndKill(arguments("model", more)) {
            seen.changes(of: state) >= count
        }
        #expect(wasRunning)
        #expect(!FileManager.default.fileExists(atPath: folder.url("model/run.json").path))
        let other = try await train("model", more + ["--weight-decay", "0.5"])
        #expect(
            other.status == 1 && other.errors.contains("was trained with weight_decay 0.1, not 0.5"), "\(other.errors)"
        )
        // As make gives it, whose stages may not know what an earlier profile left.
        let resumed = try await train("model", count == 2 ? more : more + ["--overwrite"])
        #expect(resumed.status == 0 && resumed.errors.contains("going on after step "), "\(resumed.errors)")
        #expect(try weights("model") == weights("whole"))
        #expect(try settings("model") == settings("whole"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url("model").path).sorted() == Self.files)
    }

    @Test("With --overwrite what another run left is begun anew, whether it was finished, stopped or damaged")
    func replaced() async throws {
        let more = ["--epochs", "12", "--checkpoint-every", "1"]
        #expect(try await train("whole", ["--epochs", "12"]).status == 0)
        let state = folder.url("model/training.partial.safetensors")
        for damages in [false, true] {
            let seen = Seen()
            #expect(
                try await ToolProcess("pretrain", in: folder.url).runAndKill(
                    arguments("model", more + ["--weight-decay", "0.5", "--overwrite"])
                ) { seen.changes(of: state) >= 2 })
            if damages { try Data(contentsOf: state).prefix(1000).write(to: state) }
            #expect(try await train("model", ["--epochs", "12"]).status == 1)
            let run = try await train("model", ["--epochs", "12", "--overwrite"])
            #expect(run.status == 0 && !run.errors.contains("going on"), "\(run.errors)")
            #expect(try weights("model") == weights("whole"))
        }
        // What is not there any more is made again.
        try FileManager.default.removeItem(at: folder.url("model/vocab.txt"))
        #expect(try await train("model", ["--epochs", "12"]).status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url("model").path).sorted() == Self.files)
    }

    @Test("A rerun says that all is done; other settings need --overwrite")
    func again() async throws {
        #expect(try await train("model").status == 0)
        let first = try weights("model")
        for more in [[], ["--overwrite"], ["--threads", "2"]] {
            let rerun = try await train("model", more)
            #expect(rerun.status == 0 && rerun.errors == "pretrain: model: all done\n", "\(rerun.errors)")
        }
        let refused = try await train("model", ["--seed", "9"])
        #expect(refused.status == 1 && refused.errors.contains("was trained with seed 0, not 9"), "\(refused.errors)")
        #expect(try weights("model") == first)
        #expect(try await train("model", ["--seed", "9", "--overwrite"]).status == 0)
        #expect(try weights("model") != first)
    }

    @Test("A model is fine-tuned with its own vocabulary and head; a head for other classes needs --new-head")
    func finetunes() async throws {
        #expect(try await train("base").status == 0)
        let tuned = try await train("tuned", ["--model", "base"])
        #expect(tuned.status == 0 && !tuned.errors.contains("initialised"), "\(tuned.errors)")
        #expect(
            try Data(contentsOf: folder.url("base/vocab.txt")) == Data(contentsOf: folder.url("tuned/vocab.txt")))
        #expect(try settings("tuned")["learning_rate"] == "3e-05")

        try folder.file("data/labels.json", "[\"Privacy\", \"Unions\", \"Federalism\", \"Attorneys\"]")
        let refused = try await train("other", ["--model", "base"])
        #expect(refused.status == 1, "\(refused.errors)")
        #expect(refused.errors.contains("head has 3 classes, expected the 4 classes of the data"), "\(refused.errors)")
        #expect(refused.errors.count { $0 == "\n" } == 1)
        let renewed = try await train("other", ["--model", "base", "--new-head"])
        #expect(renewed.status == 0 && renewed.errors.contains("initialised"), "\(renewed.errors)")
        let names = try json("other/config.json")["id2label"] as? [String: String]
        #expect(names?["3"] == "Attorneys")
        let long = try await train("long", ["--model", "base", "--new-head", "--max-length", "25"])
        #expect(
            long.status == 1 && long.errors.contains("--max-length 25") && long.errors.contains("24"), "\(long.errors)")
    }

    @Test(
        "Documents that cannot be used end with status 1, one line on stderr and no output",
        arguments: [
            ("training.jsonl", "{\"text\":\"a\",\"label\":\"Taxes\"}\n", "row 1: label 'Taxes' is not one of"),
            ("upstream.jsonl", "{\"text\":\"a\",\"label\":\"Taxes\"}\n", "upstream.jsonl"),
            ("training.jsonl", "{\"text\":\"a\"}\n", "line 1: field label is missing"),
            ("training.jsonl", "{\"label\":\"Unions\"}\n", "line 1: field text is missing"),
            ("training.jsonl", "{\"text\":\" \",\"label\":\"Unions\"}\n", "training.jsonl"),
            ("upstream.jsonl", "", "upstream.jsonl: no rows"), ("upstream.jsonl", nil, "upstream.jsonl: no such file"),
            ("labels.json", nil, "labels.json: no such file"), ("labels.json", "[\"Unions\"]", "labels.json"),
        ])
    func badInput(file: String, text: String?, expected: String) async throws {
        if let text {
            try folder.file("data/\(file)", text)
        } else {
            try FileManager.default.removeItem(at: folder.url("data/\(file)"))
        }
        let made = try await train("out")
        #expect(made.status == 1 && made.errors.contains(expected), "\(made.errors)")
        #expect(made.errors.hasPrefix("pretrain: ") && made.errors.count { $0 == "\n" } == 1, "\(made.errors)")
        #expect(((try? FileManager.default.contentsOfDirectory(atPath: folder.url("out").path)) ?? []).isEmpty)
    }

    @Test("A learning rate that lets training diverge is named, and no model is left")
    func divergence() async throws {
        let made = try await train("out", ["--learning-rate", "1e37", "--clip", "1e30"])
        #expect(made.status == 1 && made.errors.contains("lower --learning-rate"), "\(made.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("out/model.safetensors").path))
    }

    @Test(
        "Misuse ends with status 64",
        arguments: [
            (["--hidden-size", "0"], "--hidden-size must be from 1 to"), (["--heads", "3"], "a multiple of --heads"),
            (["--epochs", "0"], "--epochs must be from 1 to"), (["--batch-size", "-1"], "--batch-size"),
            (["--learning-rate", "nan"], "--learning-rate must be a positive number"),
            (["--warm-up", "1"], "--warm-up must be at least 0 and less than 1"),
            (["--max-length", "2"], "--max-length must be from 3"), (["--clip", "0"], "--clip must be a positive"),
            (["--weight-decay", "nan"], "--weight-decay must be at least 0"),
            (["--dropout", "1"], "--dropout must be at least 0"), (["--new-head"], "--new-head"),
        ])
    func misuse(options: [String], expected: String) async throws {
        let made = try await train("out", options)
        #expect(made.status == 64 && made.errors.contains(expected), "\(made.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("out").path))
    }
}

/// Counts how often a file was replaced while it is looked at.
private final class Seen: @unchecked Sendable {
    private var last: UInt64 = 0
    private var count = 0

    func changes(of file: URL) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
        let number = (attributes?[.systemFileNumber] as? UInt64) ?? 0
        if number != 0 && number != last {
            last = number
            count += 1
        }
        return count
    }
}
