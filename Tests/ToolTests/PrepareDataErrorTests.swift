import Foundation
import TestSupport
import Testing

@Suite("prepare-data refuses what is wrong")
struct PrepareDataErrorTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.file("empty.jsonl", "")
        try folder.file("list.json", "[]")
        try folder.file("nq.json", #"{"questions":["a"],"answers":["b"]}"#)
        let row = #"{"input":"a?","output":[{"answer":"b"}],"filtered_rephrases":["c?","d?"]}"#
        try folder.file("dev.jsonl", row + "\n")
        try folder.file("wrong.jsonl", row + "\n" + #"{"input":"a?","output":7,"filtered_rephrases":[]}"# + "\n")
        try folder.file("cut.jsonl", row + "\n" + #"{"input":"a?","#)
        try ArchiveMaker.pack([("a.jsonl", Data()), ("b.jsonl", Data())], as: .zip, to: folder.url("two.zip"))
        try ArchiveMaker.pack([("../dev.jsonl", Data(row.utf8))], as: .tar, .gzip, to: folder.url("escape.tar.gz"))
        try Data(contentsOf: folder.url("two.zip")).prefix(40).write(to: folder.url("damaged.zip"))
        try folder.file("model/spiece.model", "no vocabulary")
        try folder.file("file", "")
    }

    @Test(
        "Files that lie end with status 1, one line on stderr and no output",
        arguments: [
            (["zsre", "--input", "none.jsonl"], "none.jsonl: no such file"),
            (["zsre", "--input", "."], "is a folder"),
            (["zsre", "--input", "empty.jsonl"], "empty.jsonl: no rows"),
            (["zsre", "--input", "list.json"], "list.json: no rows"),
            (
                ["zsre", "--input", "wrong.jsonl"],
                "wrong.jsonl: line 2: field output: expected a list, found the number 7"
            ),
            (["zsre", "--input", "cut.jsonl"], "cut.jsonl: line 2: not JSON"),
            (["zsre", "--input", "nq.json"], "nq.json: line 1: field input is missing"),
            (["zsre", "--input", "dev.jsonl"], "no question has 5 different rephrasings, the most is 2"),
            (["zsre", "--input", "two.zip"], "two.zip: has several members, name one of: a.jsonl, b.jsonl"),
            (["zsre", "--input", "two.zip", "--member", "c"], "two.zip: has no member c"),
            (["zsre", "--input", "two.zip", "--member", "a.jsonl"], "two.zip:a.jsonl: no rows"),
            (["zsre", "--input", "dev.jsonl", "--member", "c"], "dev.jsonl: is no archive"),
            (["zsre", "--input", "escape.tar.gz"], "../dev.jsonl"),
            (["zsre", "--input", "damaged.zip"], "damaged.zip"),
            (["zsre", "--input", "dev.jsonl", "--tokenizer", "none"], "none"),
            (["zsre", "--input", "dev.jsonl", "--tokenizer", "model"], "spiece.model"),
            (["nq", "--input", "empty.jsonl"], "empty.jsonl: no rows"),
            (["nq", "--input", "dev.jsonl"], "dev.jsonl: line 1: field answer is missing"),
            (["facts"], "data/facts.tsv: no such file"),
            (["facts", "--facts", "dev.jsonl", "--questions", "dev.jsonl"], "dev.jsonl: line 1: expected the header"),
        ])
    func badFiles(arguments: [String], expected: String) async throws {
        let made = try await ToolProcess("prepare-data", in: folder.url).run(arguments + ["--output", "out"])
        #expect(made.status == 1, "\(made.errors)")
        #expect(made.errors.hasPrefix("prepare-data: "), "\(made.errors)")
        #expect(made.errors.contains(expected), "\(made.errors)")
        #expect(made.errors.count { $0 == "\n" } == 1, "\(made.errors)")
        #expect(made.output.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: folder.url("out").path))
    }

    @Test(
        "Misuse ends with status 64 and says what is wrong with which option",
        arguments: [
            (["zsre", "--input", "dev.jsonl", "--questions", "-3"], "questions must be at least 1, not -3"),
            (["zsre", "--input", "dev.jsonl", "--questions", "0"], "questions must be at least 1"),
            (["zsre", "--input", "dev.jsonl", "--rephrasings", "-1"], "rephrasings must be at least 1"),
            (["zsre", "--input", "dev.jsonl", "--minimum-rephrasings", "-1"], "minimum of rephrasings (-1)"),
            (
                ["zsre", "--input", "dev.jsonl", "--split", "generalization", "--rephrasings", "1"],
                "rephrasings must be at least 2 for generalization"
            ),
            (["zsre", "--input", "dev.jsonl", "--split", "other"], "'main', 'generalization' or 'long'"),
            (["zsre", "--input", "dev.jsonl", "--max-length", "0"], "--max-length must be at least 2, found 0"),
            (["zsre", "--input", "dev.jsonl", "--max-label-length", "-2"], "--max-label-length must be at least 2"),
            (["zsre", "--input", "dev.jsonl", "--seed", "one"], "--seed"),
            (["zsre"], "--input"),
            (["nq", "--input", "nq.json", "--count", "-1"], "--count must be at least 1, found -1"),
            (["nq", "--input", "nq.json", "--count", "0"], "--count must be at least 1, found 0"),
            (["nq", "--input", "nq.json", "--count", "3", "--all"], "--all and --count exclude each other"),
            (["nq", "--input", "nq.json", "--name", "../up"], "--name"),
            (["nq", "--input", "nq.json", "--name", ""], "--name"),
            (["facts", "--phrasings", "0"], "--phrasings must be at least 1"),
        ])
    func misuse(arguments: [String], expected: String) async throws {
        let made = try await ToolProcess("prepare-data", in: folder.url).run(arguments + ["--output", "out"])
        #expect(made.status == 64, "\(made.errors)")
        #expect(made.errors.hasPrefix("prepare-data: "), "\(made.errors)")
        #expect(made.errors.contains(expected), "\(made.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("out").path))
    }

    @Test("An unknown command ends with status 64 and is named")
    func unknownCommand() async throws {
        let made = try await ToolProcess.run("prepare-data", "other")
        #expect(made.status == 64)
        #expect(made.errors.hasPrefix("prepare-data: ") && made.errors.contains("'other'"), "\(made.errors)")
    }

    @Test("An output that cannot be a folder ends with status 1")
    func outputIsAFile() async throws {
        let made = try await ToolProcess("prepare-data", in: folder.url).run(
            ["nq", "--input", "nq.json", "--output", "file"])
        #expect(made.status == 1, "\(made.errors)")
        #expect(made.errors.contains("file"), "\(made.errors)")
    }
}
