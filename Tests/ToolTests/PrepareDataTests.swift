import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite("prepare-data")
struct PrepareDataTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Runs the tool in the temporary folder.
    private func run(_ arguments: String...) async throws -> ToolProcess.Result {
        try await ToolProcess("prepare-data", in: folder.url).run(arguments)
    }

    /// A zsRE file of `questions` with `rephrasings` each.
    private func zsre(questions: Int = 6, rephrasings: Int = 4) throws {
        let rows = (0..<questions).map { row in
            let phrasings = (0..<rephrasings).map { "\"phrasing \($0) of \(row)\"" }.joined(separator: ",")
            return "{\"input\":\"question \(row)\",\"prediction\":\"\",\"alternatives\":[],"
                + "\"filtered_rephrases\":[\(phrasings)],\"output\":[{\"answer\":\"label \(row)\"}]}"
        }
        try folder.file("dev.jsonl", rows.joined(separator: "\n") + "\n")
    }

    private func rows(_ name: String) throws -> [[String: Any]] {
        let text = try String(contentsOf: folder.url(name), encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    private func settings(_ name: String) throws -> [String: String] {
        let data = try Data(contentsOf: folder.url(name))
        let record = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        return try #require(record["settings"] as? [String: String])
    }

    @Test("Facts become files that zsre and nq read")
    func facts() async throws {
        try folder.file(
            "facts.tsv",
            "set\trelation\tsubject\tanswer\nupstream\tcapital\tPeru\tLima\nupstream\tcapital\tChad\tN'Djamena\n"
                + "edit\tcapital\tItaly\tRome\nedit\tcapital\tCuba\tHavana\n")
        try folder.file(
            "questions.tsv",
            "relation\ttemplate\n" + (0..<12).map { "capital\tWhat (\($0)) is the capital of {}?\n" }.joined())
        let made = try await run("facts", "--facts", "facts.tsv", "--questions", "questions.tsv", "--output", "src")
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.isEmpty)

        let edits = try await run(
            "zsre", "--input", "src/zsre.jsonl", "--output", "out", "--split", "generalization")
        #expect(edits.status == 0, "\(edits.errors)")
        #expect(edits.errors.contains("warning: 1000 questions were asked for, but only 2"))
        #expect(try rows("out/edits.jsonl").count == 10)
        #expect(try rows("out/holdout.jsonl").count == 10)
        #expect(try settings("out/run-zsre.json")["questions_used"] == "2")

        let upstream = try await run("nq", "--input", "src/nq.json", "--output", "out", "--all")
        #expect(upstream.status == 0, "\(upstream.errors)")
        let records = try rows("out/upstream.jsonl")
        #expect(records.count == 20)
        #expect(records.map { $0["group_id"] as? Int } == (0..<20).map { $0 / 10 })
        #expect(try folder.names() == ["facts.tsv", "out", "questions.tsv", "src"])
    }

    @Test("The embedded facts are the default")
    func embeddedFacts() async throws {
        let made = try await ToolProcess("prepare-data", in: packageRoot).run(["facts", "--output", folder.url.path])
        #expect(made.status == 0, "\(made.errors)")
        #expect(try folder.names() == ["names.txt", "nq.json", "run-facts.json", "zsre.jsonl"])
        #expect(try rows("zsre.jsonl").count == Int(settings("run-facts.json")["zsre_questions"] ?? ""))
    }

    @Test("Row i of the tensors is row i of the text, and both say where they come from")
    func tensors() async throws {
        try zsre()
        try folder.file("t5/spiece.model", TinyVocabulary.model)
        let made = try await run(
            "zsre", "--input", "dev.jsonl", "--output", "out", "--split", "generalization", "--rephrasings", "4",
            "--minimum-rephrasings", "3", "--tokenizer", "t5", "--seed", "7")
        // The minimum is below the number of rephrasings: misuse.
        #expect(made.status == 64)
        let again = try await run(
            "zsre", "--input", "dev.jsonl", "--output", "out", "--split", "generalization", "--rephrasings", "4",
            "--minimum-rephrasings", "4", "--tokenizer", "t5", "--seed", "7")
        #expect(again.status == 0, "\(again.errors)")
        for name in ["edits", "holdout"] {
            let set = try TokenizedSet(contentsOf: folder.url("out/\(name).safetensors"))
            let text = try rows("out/\(name).jsonl")
            #expect(set.items.count == 12 && text.count == 12)
            for (item, row) in zip(set.items, text) {
                #expect(item.id == row["id"] as? Int)
                #expect(item.question == row["question_id"] as? Int)
                #expect(item.group == row["group_id"] as? Int)
                #expect(item.input == TinyVocabulary.ids(row["question"] as? String ?? ""))
                #expect(item.label == TinyVocabulary.ids(row["answer"] as? String ?? ""))
            }
            #expect(set.metadata["set"] == name)
            #expect(set.metadata["split"] == "generalization")
            #expect(set.metadata["seed"] == "7")
            #expect(set.metadata["max_length"] == "20" && set.metadata["max_label_length"] == "20")
            #expect(set.metadata["source"] == "dev.jsonl")
            #expect(set.metadata["source_sha256"]?.count == 64)
            #expect(set.metadata["tokenizer_sha256"]?.count == 64)
        }
        #expect(try settings("out/run-zsre.json")["edits_inputs_cut"] == "0")
    }

    @Test("Long inputs and labels are cut with the end token kept, and counted on stderr and in the record")
    func cutting() async throws {
        try folder.file("nq.json", #"{"questions":["abcabcabc","ab","a%"],"answers":["cab","bbbb","c"]}"#)
        try folder.file("t5/spiece.model", TinyVocabulary.model)
        let made = try await run(
            "nq", "--input", "nq.json", "--output", "out", "--all", "--tokenizer", "t5", "--max-length", "6",
            "--max-label-length", "4")
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.errors.contains("1 inputs cut to 6 tokens, 2 labels to 4"))
        let items = try TokenizedSet(contentsOf: folder.url("out/upstream.safetensors")).items
        #expect(items[0].input == TinyVocabulary.ids("abca"))
        #expect(items[0].label == TinyVocabulary.ids("ca"))
        #expect(items[1].input == TinyVocabulary.ids("ab"))
        let settings = try settings("out/run-nq.json")
        #expect(settings["upstream_inputs_cut"] == "1" && settings["upstream_labels_cut"] == "2")
        #expect(!made.errors.contains("vocabulary"))
    }

    @Test("Labels that the vocabulary cannot spell are a warning")
    func unknownCharacters() async throws {
        try folder.file("nq.json", #"{"questions":["a"],"answers":["%"]}"#)
        try folder.file("t5/spiece.model", TinyVocabulary.model)
        let made = try await run("nq", "--input", "nq.json", "--output", "out", "--all", "--tokenizer", "t5")
        #expect(made.status == 0)
        #expect(made.errors.contains("warning: 1 labels of upstream have characters that the vocabulary lacks"))
    }

    @Test("The same seed writes the same bytes; another seed another order; --no-shuffle the order of the file")
    func determinism() async throws {
        try zsre(questions: 20)
        func edits(_ output: String, _ options: String...) async throws -> Data {
            let made = try await ToolProcess("prepare-data", in: folder.url).run(
                [
                    "zsre", "--input", "dev.jsonl", "--output", output, "--rephrasings", "4", "--minimum-rephrasings",
                    "4",
                ]
                    + options)
            #expect(made.status == 0, "\(made.errors)")
            return try Data(contentsOf: folder.url("\(output)/edits.jsonl"))
        }
        let first = try await edits("a", "--seed", "3")
        #expect(try await edits("b", "--seed", "3") == first)
        #expect(try await edits("c", "--seed", "4") != first)
        _ = try await edits("d", "--seed", "3", "--no-shuffle")
        #expect(try rows("d/edits.jsonl").map { $0["id"] as? Int } == Array(0..<80))
        #expect(try rows("a/edits.jsonl").map { $0["id"] as? Int } != Array(0..<80))
        #expect(try settings("d/run-zsre.json")["shuffled"] == "false")
    }

    @Test("What an earlier run left and this one does not make is removed, so that no two files disagree")
    func earlierFiles() async throws {
        try zsre(questions: 3, rephrasings: 10)
        try folder.file("t5/spiece.model", TinyVocabulary.model)
        _ = try await run(
            "zsre", "--input", "dev.jsonl", "--output", "out", "--split", "generalization", "--tokenizer", "t5")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url("out").path).sorted() == [
                "edits.jsonl", "edits.safetensors", "holdout.jsonl", "holdout.safetensors", "run-zsre.json",
            ])
        let again = try await run("zsre", "--input", "dev.jsonl", "--output", "out", "--split", "main")
        #expect(again.errors.contains("out/holdout.jsonl: removed"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url("out").path).sorted() == [
                "edits.jsonl", "run-zsre.json",
            ])
    }

    @Test("Upstream sets of other names share a folder, each with its record")
    func names() async throws {
        let rows = [#"{"question":"a","answer":["b"]}"#, #"{"question":"c","answer":["d"]}"#]
        try folder.file("nq.jsonl", rows.joined(separator: "\n"))
        #expect(try await run("nq", "--input", "nq.jsonl", "--output", "out", "--count", "1").status == 0)
        #expect(try await run("nq", "--input", "nq.jsonl", "--output", "out", "--name", "dev", "--all").status == 0)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url("out").path).sorted() == [
                "dev.jsonl", "run-nq-dev.json", "run-nq.json", "upstream.jsonl",
            ])
    }

    @Test("--quiet leaves only warnings")
    func quiet() async throws {
        try zsre(questions: 200, rephrasings: 5)
        let made = try await run("zsre", "--input", "dev.jsonl", "--output", "out", "--quiet")
        #expect(made.status == 0 && made.errors.isEmpty, "\(made.errors)")
    }
}
