import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite("Reading zsRE")
struct ZsREReadingTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("De Cao's layout: every field of use is read, others are not looked at")
    func deCaoLayout() throws {
        let url = try folder.file(
            "dev.jsonl",
            """
            {"id": 7, "input": "Where is it?", "output": [{"provenance": []}, {"answer": " "}, {"answer": "Köln"}, \
            {"answer": "Cologne"}], "filtered_rephrases": ["Where?", "In which town?"], "rephrases": ["no"], \
            "alternatives": ["Bonn"], "prediction": "Aachen", "logit": {"x": [1, null, true]}}

            \(Rows.deCao("Who?", rephrasings: ["Which person?"]))
            """)
        let questions = try ZsREQuestion.read(from: url)
        #expect(questions.count == 2)
        let first = try #require(questions.first)
        #expect(first.row == 0)
        #expect(first.input == "Where is it?")
        #expect(first.answers == ["Köln", "Cologne"])
        #expect(first.rephrasings == ["Where?", "In which town?"])
        #expect(first.alternatives == ["Bonn"])
        #expect(first.prediction == "Aachen")
        #expect(questions[1].row == 1)
    }

    @Test("Rephrasings are taken from `rephrases` where there are no filtered ones")
    func rephrasesField() throws {
        let url = try folder.file("dev.jsonl", #"{"input":"a?","output":[{"answer":"x"}],"rephrases":["b?"]}"#)
        #expect(try ZsREQuestion.read(from: url)[0].rephrasings == ["b?"])
    }

    @Test("Duplicates, blank rephrasings and copies of the question are dropped and counted")
    func duplicates() throws {
        let url = try folder.file("dev.jsonl", Rows.deCao("a?", rephrasings: ["b?", "a?", "b?", "", "c?"]))
        let question = try ZsREQuestion.read(from: url)[0]
        #expect(question.rephrasings == ["b?", "c?"])
        #expect(question.dropped == 3)
    }

    @Test("MEND's evaluation rows as a JSON array: src, rephrase, answers, alt, pred")
    func mendEvaluation() throws {
        let url = try folder.file(
            "zsre_mend_eval.json",
            """
            [{"subject": "X", "src": "What school did X attend?", "pred": "A", "rephrase": "Where did X study?",
              "alt": "B", "answers": ["C", "D"], "loc": "nq question: who", "loc_ans": "Y", "cond": "A >> B || ..."},
             {"src": "q", "pred": "", "rephrase": "r", "alt": "", "answers": ["E"]}]
            """)
        let questions = try ZsREQuestion.read(from: url)
        #expect(questions.count == 2)
        #expect(questions[0].input == "What school did X attend?")
        #expect(questions[0].rephrasings == ["Where did X study?"])
        #expect(questions[0].answers == ["C", "D"])
        #expect(questions[0].alternatives == ["B"])
        #expect(questions[0].prediction == "A")
    }

    @Test("A JSON array of De Cao's objects, with a byte order mark and white space before it")
    func arrayOfObjects() throws {
        let url = try folder.file("dev.json", "\u{FEFF}\n [" + Rows.deCao("a?", rephrasings: ["b?"]) + "]")
        #expect(try ZsREQuestion.read(from: url).count == 1)
    }

    @Test("Windows line ends and a byte order mark do no harm")
    func windowsFile() throws {
        let row = Rows.deCao("a?", rephrasings: ["b?"])
        let url = try folder.file("dev.jsonl", "\u{FEFF}" + row + "\r\n" + row + "\r\n")
        #expect(try ZsREQuestion.read(from: url).count == 2)
    }

    @Test(
        "The same rows come out of every container",
        arguments: [
            ("a.zip", ArchiveMaker.Format.zip, ArchiveMaker.Filter.none), ("a.tar.gz", .tar, .gzip),
            ("a.tar.bz2", .tar, .bzip2), ("a.gz", .single, .gzip), ("a.bz2", .single, .bzip2),
        ])
    func containers(name: String, format: ArchiveMaker.Format, filter: ArchiveMaker.Filter) throws {
        let text = Rows.deCao("a?", rephrasings: ["b?"]) + "\n" + Rows.deCao("c?", rephrasings: ["d?"]) + "\n"
        let plain = try folder.file("dev.jsonl", text)
        try ArchiveMaker.pack([("data/dev.jsonl", Data(text.utf8))], as: format, filter, to: folder.url(name))
        #expect(try ZsREQuestion.read(from: folder.url(name)) == ZsREQuestion.read(from: plain))
    }

    @Test("A member is chosen by name, and errors name it")
    func members() throws {
        let row = Rows.deCao("a?", rephrasings: ["b?"])
        let archive = folder.url("a.zip")
        try ArchiveMaker.pack(
            [("train.jsonl", Data("{}".utf8)), ("dev.jsonl", Data(row.utf8))], as: .zip, to: archive)
        #expect(try ZsREQuestion.read(from: archive, member: "dev.jsonl").count == 1)
        let text = message { _ = try ZsREQuestion.read(from: archive, member: "train.jsonl") }
        #expect(text.contains("a.zip:train.jsonl: line 1: field input is missing"))
    }

    @Test(
        "A row that is wrong is named by line and field, with what was expected and what was found",
        arguments: [
            (#"{"input": 3}"#, "line 2: field input: expected a string, found the number 3"),
            (#"{"input": true}"#, "line 2: field input: expected a string, found true or false"),
            (#"{"input": null}"#, "line 2: field input: expected a string, found null"),
            (#"{"input": " "}"#, "line 2: field input is empty"),
            (#"{"output": []}"#, "line 2: field input is missing"),
            (#"[1]"#, "line 2: field (the row): expected an object, found a list"),
            (#""text""#, "line 2: field (the row): expected an object, found a string"),
            (#"{"input": "a""#, "line 2: not JSON"),
            (
                #"{"input":"a","filtered_rephrases":{}}"#,
                "filtered_rephrases: expected a list of strings, found an object"
            ),
            (
                #"{"input":"a","filtered_rephrases":["b",4]}"#,
                "field filtered_rephrases[1]: expected a string, found the number 4"
            ),
            (#"{"input":"a","output":[{"answer":"x"}]}"#, "line 2: field filtered_rephrases is missing"),
            (#"{"input":"a","filtered_rephrases":[]}"#, "line 2: field output is missing"),
            (#"{"input":"a","filtered_rephrases":[],"output":"x"}"#, "field output: expected a list, found a string"),
            (#"{"input":"a","filtered_rephrases":[],"output":["x"]}"#, "field output[0]: expected an object"),
            (
                #"{"input":"a","filtered_rephrases":[],"output":[{"answer":[]}]}"#,
                "field output[0].answer: expected a string, found a list"
            ),
            (#"{"input":"a","filtered_rephrases":[],"output":[{"answer":""}]}"#, "field output[].answer is empty"),
            (#"{"input":"a","filtered_rephrases":[],"output":[]}"#, "field output[].answer is empty"),
            (#"{"src":"a","rephrase":"b","answers":[]}"#, "field answers is empty"),
            (#"{"src":"a","rephrase":"b"}"#, "field answers is missing"),
        ])
    func badRows(row: String, expected: String) throws {
        let url = try folder.file("dev.jsonl", Rows.deCao("a?", rephrasings: ["b?"]) + "\n" + row + "\n")
        let text = message { _ = try ZsREQuestion.read(from: url) }
        #expect(text.contains("dev.jsonl: line 2: "), "\(text)")
        #expect(text.contains(expected), "\(text)")
        #expect(!text.contains("\n"))
    }

    @Test("A wrong element of an array is named by its place")
    func badElement() throws {
        let url = try folder.file("dev.json", "[" + Rows.deCao("a?", rephrasings: ["b?"]) + ", 5]")
        let text = message { _ = try ZsREQuestion.read(from: url) }
        #expect(text.contains("dev.json: element 1: field (the row): expected an object, found the number 5"))
    }

    @Test("An array that is cut off is not JSON", arguments: ["[{\"input\":", "[1,2"])
    func cutArray(contents: String) throws {
        let url = try folder.file("dev.json", contents)
        #expect(message { _ = try ZsREQuestion.read(from: url) }.contains("dev.json: not JSON"))
    }

    @Test("A file without rows is an error", arguments: ["", "\n \n", "[]", " [ ] "])
    func noRows(contents: String) throws {
        let url = try folder.file("dev.jsonl", contents)
        #expect(message { _ = try ZsREQuestion.read(from: url) }.contains("dev.jsonl: no rows"))
    }

    @Test("A missing file and a damaged archive are errors of the file")
    func unreadable() throws {
        #expect(throws: (any Error).self) { try ZsREQuestion.read(from: folder.url("none.jsonl")) }
        let row = String(repeating: Rows.deCao("a?", rephrasings: ["b?"]) + "\n", count: 50)
        let archive = folder.url("a.zip")
        try ArchiveMaker.pack([("dev.jsonl", Data(row.utf8))], as: .zip, to: archive)
        try Data(contentsOf: archive).prefix(120).write(to: archive)
        let text = message { _ = try ZsREQuestion.read(from: archive) }
        #expect(text.contains("a.zip"), "\(text)")
        #expect(text != "no error")
    }

    @Test("Invalid UTF-8 in a row is an error of that line")
    func invalidText() throws {
        var data = Data((Rows.deCao("a?", rephrasings: ["b?"]) + "\n").utf8)
        data.append(contentsOf: Data(#"{"input":""#.utf8) + [0xFF, 0xFE] + Data(#""}"#.utf8))
        let url = try folder.file("dev.jsonl", data)
        #expect(message { _ = try ZsREQuestion.read(from: url) }.contains("dev.jsonl: line 2"))
    }
}
