import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite("Question records as JSONL")
struct QuestionRecordTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("A record is one object with its fields in a fixed order")
    func layout() {
        let record = QuestionRecord(id: 0, question: 17, group: 16, input: "Where?", answers: ["Köln", "Cologne"])
        #expect(
            record.json == #"{"id":0,"question_id":17,"group_id":16,"question":"Where?","answer":"Köln","#
                + #""answers":["Köln","Cologne"]}"#)
    }

    @Test("Whatever text is written is read back: quotes, controls, line separators, emoji")
    func roundTrip() throws {
        let text = "a \"b\" \\ / \n\r\t \u{1} \u{1F} \u{7F} \u{2028} é e\u{301} 🇩🇪 \u{FEFF}"
        let records = [
            QuestionRecord(id: 3, question: 2, group: 1, input: text, answers: [text, "x"]),
            QuestionRecord(id: 4, question: 5, group: 6, input: "q", answers: ["y"]),
        ]
        let url = folder.url("edits.jsonl")
        try QuestionRecord.write(records, to: url)
        #expect(try QuestionRecord.read(from: url) == records)
        #expect(try Data(contentsOf: url).count { $0 == UInt8(ascii: "\n") } == 2)
        // Equal strings can differ in their scalars, which the model would see.
        let scalars = try QuestionRecord.read(from: url)[0].input.unicodeScalars
        #expect(Array(scalars) == Array(text.unicodeScalars))
    }

    @Test("Files of other makers need only a question; numbers default to the row")
    func defaults() throws {
        let rows = [#"{"question":"a?"}"#, #"{"input":"b?","answer":"x","group_id":9}"#]
        let url = try folder.file("q.jsonl", rows.joined(separator: "\n"))
        let records = try QuestionRecord.read(from: url, answersNeeded: false)
        #expect(
            records == [
                QuestionRecord(id: 0, question: 0, group: 0, input: "a?", answers: []),
                QuestionRecord(id: 1, question: 1, group: 9, input: "b?", answers: ["x"]),
            ])
        #expect(records[0].answer == nil)
        #expect(records[0].json == #"{"id":0,"question_id":0,"group_id":0,"question":"a?"}"#)
    }

    @Test("A byte order mark in a text is part of it, and large ids are exact")
    func exactFields() throws {
        let row = "{\"question\":\"\u{FEFF}a\u{FEFF}?\",\"answer\":\"\\uFEFFx\",\"id\":9007199254740993}"
        let record = try QuestionRecord.read(from: folder.file("q.jsonl", row), answersNeeded: true)[0]
        #expect(record.input == "\u{FEFF}a\u{FEFF}?" && record.answers == ["\u{FEFF}x"])
        #expect(record.id == 9_007_199_254_740_993)
    }

    @Test(
        "What is wrong is named by line and field",
        arguments: [
            (#"{"question":"a?"}"#, "line 1: field answer is missing"),
            (#"{"question":"a?","answers":[]}"#, "line 1: field answers is empty"),
            (#"{"answer":"x"}"#, "line 1: field question is missing"),
            (#"{"question":"a?","answer":"x","id":"7"}"#, "field id: expected a whole number, found a string"),
            (#"{"question":"a?","answer":"x","id":1.5}"#, "field id: expected a whole number"),
            (#"{"question":"a?","answer":"x","id":1e300}"#, "field id: expected a whole number"),
            (#"{"question":"a?","answer":"x","group_id":[]}"#, "field group_id: expected a whole number, found a list"),
            ("\n", "no rows"),
        ])
    func wrong(row: String, expected: String) throws {
        let url = try folder.file("q.jsonl", row)
        let text = message { _ = try QuestionRecord.read(from: url) }
        #expect(text.contains(expected), "\(text)")
    }
}
