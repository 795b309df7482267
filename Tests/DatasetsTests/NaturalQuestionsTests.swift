import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite("Reading and sampling Natural Questions")
struct NaturalQuestionsTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func read(_ contents: String) throws -> [QuestionRecord] {
        try NaturalQuestions.read(from: folder.file("nq.json", contents))
    }

    @Test("MEND's layout, answers as strings and as lists, each question its own group")
    func mend() throws {
        let records = try read(#"{"questions": ["who", "when"], "answers": ["me", ["1", "one", " "]]}"#)
        #expect(
            records == [
                QuestionRecord(id: 0, question: 0, group: 0, input: "who", answers: ["me"]),
                QuestionRecord(id: 1, question: 1, group: 1, input: "when", answers: ["1", "one"]),
            ])
    }

    @Test("MEND's layout spread over lines, answers first, with groups")
    func mendGroups() throws {
        let records = try read(
            """
            {
             "answers": ["a", "a"],
             "groups": [4, 4],
             "questions": ["q", "r"]
            }
            """)
        #expect(records.map(\.group) == [4, 4])
        #expect(records.map(\.question) == [0, 1])
    }

    @Test("NQ-open's JSONL, and the same objects as an array")
    func open() throws {
        let rows = [#"{"question": "who", "answer": ["me", "I"]}"#, #"{"answer": "now", "question": "when"}"#]
        let expected = [
            QuestionRecord(id: 0, question: 0, group: 0, input: "who", answers: ["me", "I"]),
            QuestionRecord(id: 1, question: 1, group: 1, input: "when", answers: ["now"]),
        ]
        #expect(try read(rows.joined(separator: "\n")) == expected)
        #expect(try read("[" + rows.joined(separator: ",\n") + "]") == expected)
    }

    @Test(
        "What is wrong is named by field and place",
        arguments: [
            (#"{"questions": ["a", "b"], "answers": ["c"]}"#, "nq.json: 2 questions but 1 answers"),
            (#"{"questions": ["a"], "answers": ["c"], "groups": [1, 2]}"#, "1 questions but 2 groups"),
            (#"{"questions": ["a", 3], "answers": ["c", "d"]}"#, "questions[1]: expected a string, found the number 3"),
            (#"{"questions": ["a", " "], "answers": ["c", "d"]}"#, "field questions[1] is empty"),
            (#"{"questions": ["a"], "answers": [5]}"#, "answers[0]: expected a string or strings, found the number 5"),
            (#"{"questions": ["a"], "answers": [[]]}"#, "field answers[0] is empty"),
            (#"{"questions": ["a"], "answers": ["b"], "groups": [1.5]}"#, "field groups[0]: expected a whole number"),
            (#"{"questions": ["a"], "answers": ["b"], "groups": [true]}"#, "found true or false"),
            (#"{"questions": ["a"]}"#, "nq.json: field answers is missing"),
            (#"{"questions": [], "answers": []}"#, "nq.json: no rows"),
            (#"{"questions": ["a", "#, "nq.json: not JSON"),
            (#"{"question": "a", "answer": []}"#, "line 1: field answer is empty"),
            (#"{"question": "a", "answer": [1]}"#, "line 1: field answer[0]: expected a string, found the number 1"),
            (#"{"question": "a"}"#, "line 1: field answer is missing"),
            (#"{"other": "a"}"#, "line 1: field answer is missing"),
            ("", "no rows"),
        ])
    func wrong(contents: String, expected: String) throws {
        let text = message { _ = try read(contents) }
        #expect(text.contains(expected), "\(text)")
    }

    @Test("A sample keeps file order, is numbered anew and remembers its source rows")
    func sample() {
        let records = (0..<100).map {
            QuestionRecord(id: $0, question: $0, group: $0 / 2, input: "q\($0)", answers: ["a"])
        }
        let sample = NaturalQuestions.sample(records, count: 30, seed: 5)
        #expect(sample.count == 30)
        #expect(sample.map(\.id) == Array(0..<30))
        #expect(sample.map(\.question) == sample.map(\.question).sorted())
        #expect(Set(sample.map(\.question)).count == 30)
        #expect(sample.allSatisfy { $0.input == "q\($0.question)" && $0.group == $0.question / 2 })
        #expect(sample == NaturalQuestions.sample(records, count: 30, seed: 5))
        #expect(sample != NaturalQuestions.sample(records, count: 30, seed: 6))
    }

    @Test("A sample larger than the file is the file")
    func wholeFile() {
        let records = (0..<3).map { QuestionRecord(id: $0, question: $0, group: $0, input: "q", answers: ["a"]) }
        #expect(NaturalQuestions.sample(records, count: 1_000, seed: 1) == records)
    }
}
