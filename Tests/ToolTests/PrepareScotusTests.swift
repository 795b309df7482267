import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite("prepare-data scotus and opinions")
struct PrepareScotusTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        func lines(_ rows: [(String, Int)]) -> Data {
            Data(rows.map { "{\"text\":\"\($0.0)\",\"label\":\($0.1)}\n" }.joined().utf8)
        }
        let members = [
            ("train.jsonl", lines([("the worker", 6), ("the tax", 11), ("the speech", 2), ("the race", 1)])),
            ("val.jsonl", lines([("the hearing", 3), ("the ship", 7)])),
            ("test.jsonl", lines([("a speech of the worker", 2), ("a strike", 6), ("a crime", 0)])),
        ]
        try ArchiveMaker.pack(members, as: .zip, to: folder.url("scotus.zip"))
        try ArchiveMaker.pack(Array(members.prefix(2)), as: .zip, to: folder.url("cut.zip"))
        let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "a", "worker", "speech", "of", "strike", "crime"]
        try folder.file("bert/vocab.txt", words.joined(separator: "\n") + "\n")
    }

    private func run(_ arguments: String...) async throws -> ToolProcess.Result {
        try await ToolProcess("prepare-data", in: folder.url).run(arguments)
    }

    private func rows(_ name: String) throws -> [[String: Any]] {
        try String(contentsOf: folder.url(name), encoding: .utf8).split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private func labels(_ name: String) throws -> [String] { try rows(name).compactMap { $0["label"] as? String } }

    @Test("Labels are merged before the stream and split off in it; counts are printed and kept")
    func sets() async throws {
        let made = try await run("scotus", "--input", "scotus.zip", "--labels", "scdb14", "--output", "out")
        #expect(made.status == 0 && made.output.isEmpty, "\(made.errors)")
        #expect(made.errors.contains("     2     1     0  Civil Rights"), "\(made.errors)")
        #expect(
            try labels("out/training.jsonl")
                == ["Economic Activity", "Federal Taxation", "Civil Rights", "Civil Rights"])
        #expect(try labels("out/upstream.jsonl") == ["Civil Rights", "Economic Activity"])
        #expect(try labels("out/edits.jsonl") == ["First Amendment", "Unions", "Criminal Procedure"])
        let names = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.url("out/labels.json"))) as? [String]
        #expect(names?.count == 14 && names?.last == "Private Action")
        let table = try String(contentsOf: folder.url("out/labels.tsv"), encoding: .utf8).split(separator: "\n")
        #expect(table.count == 43 && table[0] == "split\tlabel\tcount" && table[2] == "training\tCivil Rights\t2")
        #expect(table.contains("edits\tUnions\t1"))
        #expect(!FileManager.default.fileExists(atPath: folder.url("out/edits.safetensors").path))
        let record = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.url("out/run-scotus.json")))
        let settings = try #require((record as? [String: Any])?["settings"] as? [String: String])
        #expect(settings["merge"] == "First Amendment,Due Process=Civil Rights; Unions=Economic Activity")
        #expect(settings["upstream_from"] == "validation" && settings["edits_rows"] == "3")
    }

    @Test("With a tokenizer the sets have class indices and cut inputs between [CLS] and [SEP]")
    func tokens() async throws {
        let made = try await run(
            "scotus", "--input", "scotus.zip", "--labels", "scdb14", "--output", "out", "--tokenizer", "bert",
            "--max-length", "4")
        #expect(made.status == 0 && made.errors.contains("edits.safetensors: 3 rows, 1 inputs cut"), "\(made.errors)")
        let edits = try TokenizedSet(contentsOf: folder.url("out/edits.safetensors"))
        #expect(edits.items.map(\.input) == [[2, 5, 7, 3], [2, 5, 9, 3], [2, 5, 10, 3]])
        #expect(edits.items.map(\.label) == [[2], [6], [0]])
        #expect(edits.labelNames?.count == 14 && edits.metadata["max_length"] == "4")
        let upstream = try TokenizedSet(contentsOf: folder.url("out/upstream.safetensors"))
        #expect(upstream.items.map(\.label) == [[1], [7]])
        try folder.file("bert/config.json", "{\"max_position_embeddings\": 3}")
        let fitted = try await run(
            "scotus", "--input", "scotus.zip", "--labels", "scdb14", "--output", "fit", "--tokenizer", "bert")
        #expect(fitted.status == 0, "\(fitted.errors)")
        let cut = try TokenizedSet(contentsOf: folder.url("fit/edits.safetensors"))
        #expect(cut.items.allSatisfy { $0.input.count == 3 } && cut.metadata["max_length"] == "3")
        // A later run without a tokenizer leaves no tensors that are not its own.
        #expect(try await run("scotus", "--input", "scotus.zip", "--labels", "scdb14", "--output", "out").status == 0)
        #expect(!FileManager.default.fileExists(atPath: folder.url("out/edits.safetensors").path))
    }

    @Test("Other merges, none, other lists and counts")
    func options() async throws {
        try folder.file("list.txt", (0..<14).map { "class \($0)" }.joined(separator: "\n"))
        let own = try await run(
            "scotus", "--input", "scotus.zip", "--labels", "list.txt", "--merge", "class 6,Class 11=class 1",
            "--merge", "class 3=class 7", "--output", "own", "--training-count", "3", "--edit-count", "9")
        #expect(own.status == 0 && own.errors.contains("warning: 9 documents were asked for edits"), "\(own.errors)")
        #expect(try rows("own/training.jsonl").count == 3)
        #expect(try labels("own/upstream.jsonl") == ["class 7", "class 7"])
        #expect(try labels("own/edits.jsonl") == ["class 2", "class 6", "class 0"])
        let none = try await run(
            "scotus", "--input", "scotus.zip", "--labels", "scdb14", "--no-merge", "--output", "none")
        #expect(none.status == 0, "\(none.errors)")
        #expect(try labels("none/upstream.jsonl") == ["Due Process", "Economic Activity"])
    }

    @Test(
        "What cannot be used ends with status 1, one line on stderr and no output",
        arguments: [
            (["scotus", "--input", "none.zip", "--labels", "scdb14"], "none.zip: no such file"),
            (["scotus", "--input", "cut.zip", "--labels", "scdb14"], "cut.zip: nothing of the split test"),
            (["scotus", "--input", "scotus.zip", "--labels", "fairlex11"], "line 2: label \"11\" is unknown"),
            (["scotus", "--input", "scotus.zip", "--labels", "none.txt"], "none.txt: no such file"),
            (["scotus", "--input", "scotus.zip", "--labels", "scdb14", "--member", "x"], "has no member x"),
            (["scotus", "--input", "bert", "--labels", "scdb14"], "bert: nothing of the split train"),
            (["scotus", "--input", "scotus.zip", "--labels", "scdb14", "--merge", "Tax=Unions"], "Tax is no class"),
            (["scotus", "--input", "scotus.zip", "--labels", "scdb14", "--label-field", "area"], "area is missing"),
            (["scotus", "--input", "scotus.zip", "--labels", "scdb14", "--tokenizer", "none"], "neither vocab.txt"),
            (["opinions", "--vocabulary", "none"], "none/terms.tsv: no such file"),
        ])
    func refused(arguments: [String], expected: String) async throws {
        let made = try await ToolProcess("prepare-data", in: folder.url).run(arguments + ["--output", "no"])
        #expect(made.status == 1 && made.errors.contains(expected), "\(made.errors)")
        #expect(made.errors.hasPrefix("prepare-data: ") && made.errors.count { $0 == "\n" } == 1, "\(made.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("no").path))
    }

    @Test(
        "Misuse ends with status 64",
        arguments: [
            (["scotus", "--input", "scotus.zip"], "--labels"), (["scotus", "--labels", "scdb14"], "--input"),
            (["scotus", "--input", "a", "--labels", "scdb14", "--merge", "A,B"], "'A,B'"),
            (["scotus", "--input", "a", "--labels", "scdb14", "--merge", "A=B", "--no-merge"], "exclude each other"),
            (["scotus", "--input", "a", "--labels", "scdb14", "--edit-count", "0"], "--edit-count must be at least 1"),
            (["scotus", "--input", "a", "--labels", "scdb14", "--upstream-count", "-1"], "--upstream-count must be"),
            (
                ["scotus", "--input", "a", "--labels", "scdb14", "--tokenizer", "b", "--max-length", "2"],
                "--max-length must be at least 3"
            ),
            (["scotus", "--input", "a", "--labels", "scdb14", "--max-length", "9"], "--max-length goes with"),
            (["opinions", "--training-count", "0"], "--training-count must be at least 1"),
            (["opinions", "--test-count", "1000001"], "--test-count must be at most"),
        ])
    func misuse(arguments: [String], expected: String) async throws {
        let made = try await ToolProcess("prepare-data", in: folder.url).run(arguments + ["--output", "no"])
        #expect(made.status == 64 && made.errors.contains(expected), "\(made.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("no").path))
    }

    @Test("Opinions are the same for a seed, in court order, and become sets")
    func opinions() async throws {
        let counts = ["--training-count", "60", "--validation-count", "10", "--test-count", "40"]
        let vocabulary = packageRoot.appendingPathComponent("data/opinions").path
        for (output, seed) in [("a", "3"), ("b", "3"), ("c", "4")] {
            let made = try await ToolProcess("prepare-data", in: folder.url).run(
                ["opinions", "--vocabulary", vocabulary, "--output", output, "--seed", seed] + counts)
            #expect(made.status == 0 && made.output.isEmpty, "\(made.errors)")
        }
        func data(_ name: String) throws -> Data { try Data(contentsOf: folder.url(name)) }
        #expect(try data("a/test.jsonl") == data("b/test.jsonl"))
        #expect(try data("a/test.jsonl") != data("c/test.jsonl"))
        let years = try rows("a/test.jsonl").compactMap { $0["year"] as? Int }
        #expect(years.count == 40 && years == years.sorted() && years.allSatisfy { (1991...2016).contains($0) })
        let made = try await run("scotus", "--input", "a", "--labels", "scdb14", "--output", "sets")
        #expect(made.status == 0 && made.errors.contains("in the order of their years"), "\(made.errors)")
        #expect(try rows("sets/training.jsonl").count == 60 && rows("sets/edits.jsonl").count == 40)
    }
}

@Suite("Real court opinions in their published layouts", .enabled(if: sharedData != nil))
struct RealScotusTests {
    @Test(
        "The samples become sets as they are",
        arguments: [
            ("scotus_sample.zip", "scdb14", [954, 410, 1_685]),
            ("scotus_lexglue_sample.tar.gz", "lexglue13", [300, 300, 300]),
        ])
    func samples(name: String, labels: String, counts: [Int]) async throws {
        let folder = try TemporaryFolder()
        let input = try #require(sharedData).appendingPathComponent(name).path
        let made = try await ToolProcess.run(
            "prepare-data", "scotus", "--input", input, "--labels", labels, "--output", folder.url("out").path)
        #expect(made.status == 0, "\(made.errors)")
        for (set, count) in zip(["training", "upstream", "edits"], counts) {
            let text = try String(contentsOf: folder.url("out/\(set).jsonl"), encoding: .utf8)
            #expect(text.utf8.count { $0 == UInt8(ascii: "\n") } == count)
        }
        let table = try String(contentsOf: folder.url("out/labels.tsv"), encoding: .utf8)
        for merged in ["First Amendment", "Due Process", "Unions"] {
            #expect(table.contains("training\t\(merged)\t0\n") && !table.contains("edits\t\(merged)\t0\n"))
        }
    }
}
