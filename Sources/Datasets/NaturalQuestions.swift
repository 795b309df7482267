import Foundation

/// Readers of Natural Questions, the questions a model knows before it is edited.
package enum NaturalQuestions {
    /// Reads a file of questions and answers, plain or inside an archive, and tells its layout by its first key.
    ///
    /// - MEND's JSON: `{"questions": [...], "answers": [...]}`, an answer being a string or a list of strings; an
    ///   optional `"groups": [...]` of whole numbers says which questions ask for the same fact.
    /// - NQ-open's JSONL (or a JSON array of the same objects): `question`, `answer` as a list or a string.
    ///
    /// `id` and `question` are the row of the file from 0, `group` too unless the file has groups.
    /// - Throws: `DatasetError` naming the row and the field; `FilesError` when the file cannot be read.
    package static func read(from url: URL, member: String? = nil) throws -> [QuestionRecord] {
        let file = try DataFile(url, member: member)
        let records =
            switch file.firstKey {
            case "questions", "answers", "groups": try mend(file)
            default: try open(file)
            }
        guard !records.isEmpty else {
            throw DatasetError.noRows(
                DataLocation(file: file.name),
                expected: "JSON objects with question and answer, one a line, or one with questions and answers")
        }
        return records
    }

    private static func open(_ file: DataFile) throws -> [QuestionRecord] {
        var records: [QuestionRecord] = []
        try file.forEachRow { row in
            let answers = try row.texts("answer").filter { !$0.isBlank }
            guard !answers.isEmpty else { throw DatasetError.emptyField(row.location, field: "answer") }
            let number = records.count
            records.append(
                QuestionRecord(
                    id: number, question: number, group: number, input: try row.text("question"), answers: answers))
        }
        return records
    }

    private static func mend(_ file: DataFile) throws -> [QuestionRecord] {
        let place = DataLocation(file: file.name)
        let row = try JSONRow(file.wholeValue(expected: "an object with questions and answers"), at: place)
        let questions = try row.texts("questions")
        let answers = try row.list("answers")
        let groups = try row.has("groups") ? row.list("groups") : Array(questions.indices)
        guard answers.count == questions.count else {
            throw DatasetError.unequalCounts(
                place, field: "questions", count: questions.count, other: "answers", otherCount: answers.count)
        }
        guard groups.count == questions.count else {
            throw DatasetError.unequalCounts(
                place, field: "questions", count: questions.count, other: "groups", otherCount: groups.count)
        }
        return try questions.indices.map { index in
            guard !questions[index].isBlank else {
                throw DatasetError.emptyField(place, field: "questions[\(index)]")
            }
            guard let group = JSONRow.integer(groups[index]) else {
                throw row.mistyped("groups[\(index)]", "a whole number", groups[index])
            }
            return QuestionRecord(
                id: index, question: index, group: group, input: questions[index],
                answers: try list(answers[index], "answers[\(index)]", of: row))
        }
    }

    /// The answers to one question of MEND's layout, without blank ones.
    private static func list(_ value: Any, _ field: String, of row: JSONRow) throws -> [String] {
        let elements = value as? [Any] ?? [value]
        let answers = try elements.map { element in
            guard let text = element as? String else { throw row.mistyped(field, "a string or strings", element) }
            return text
        }.filter { !$0.isBlank }
        guard !answers.isEmpty else { throw DatasetError.emptyField(row.location, field: field) }
        return answers
    }
}

extension NaturalQuestions {
    /// Chooses `count` records by seed, without replacement, and keeps them in file order, numbered anew from 0.
    ///
    /// All of them when there are no more than `count`. Every choice is equally likely.
    package static func sample(_ records: [QuestionRecord], count: Int, seed: UInt64) -> [QuestionRecord] {
        var generator = SeededGenerator(seed: seed, stream: "nq.sample")
        let chosen = generator.sample(min(count, records.count), of: records.count)
        return chosen.enumerated().map { position, index in
            var record = records[index]
            record.id = position
            return record
        }
    }
}
