import Files
import Foundation

extension QuestionRecord {
    /// Reads a set as `write` leaves it, or any JSONL of questions.
    ///
    /// `question` (or `input`) is needed. `answers`, or else `answer`, may be left out when `answersNeeded` is false.
    /// `id` is the number of the row, `question_id` the id and `group_id` the question where they are left out.
    /// - Throws: `DatasetError` naming the line and the field; `FilesError` when the file cannot be read.
    package static func read(
        from url: URL, answersNeeded: Bool = true
    ) throws -> [QuestionRecord] {
        let file = try DataFile(url)
        var records: [QuestionRecord] = []
        try file.forEachRow { row in
            let input = try row.has("input") && !row.has("question") ? row.text("input") : row.text("question")
            let id = try row.has("id") ? row.integer("id") : records.count
            let question = try row.has("question_id") ? row.integer("question_id") : id
            records.append(
                QuestionRecord(
                    id: id,
                    question: question,
                    group: try row.has("group_id") ? row.integer("group_id") : question,
                    input: input,
                    answers: try answers(of: row, needed: answersNeeded)))
        }
        guard !records.isEmpty else {
            throw DatasetError.noRows(
                DataLocation(file: file.name), expected: "JSON objects with question and answer, one a line")
        }
        return records
    }

    private static func answers(of row: JSONRow, needed: Bool) throws -> [String] {
        let field = row.has("answers") ? "answers" : "answer"
        guard needed || row.has(field) else { return [] }
        let answers = try row.texts(field).filter { !$0.isBlank }
        guard !answers.isEmpty || !needed else { throw DatasetError.emptyField(row.location, field: field) }
        return answers
    }

    /// Writes one object a line, the fields always in the same order, under the final name in one step.
    /// - Throws: `FilesError` when the file cannot be written.
    package static func write(_ records: [QuestionRecord], to url: URL) throws {
        try AtomicFile.write(to: url) { file in
            for record in records {
                try file.write(record.json + "\n")
            }
        }
    }

    /// The record as one JSON object without line breaks.
    package var json: String {
        let label = answer.map { ",\"answer\":\($0.json),\"answers\":\(answers.json)" } ?? ""
        return "{\"id\":\(id),\"question_id\":\(question),\"group_id\":\(group),\"question\":\(input.json)\(label)}"
    }
}

extension String {
    /// The text as a JSON string. `JSONEncoder` would do, but keeps no order of fields.
    var json: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<"\u{20}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}

extension [String] {
    /// The list as a JSON array on one line.
    var json: String { "[" + map(\.json).joined(separator: ",") + "]" }
}
