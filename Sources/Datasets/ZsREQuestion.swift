import Foundation

/// A zsRE question with its rephrasings and answers, as the published files have them.
package struct ZsREQuestion: Equatable, Sendable {
    /// The row of the file, from 0. It is also the group: all phrasings of a row ask for one fact.
    package var row: Int
    package var input: String
    /// The other phrasings in file order, each different from the rest and from `input`.
    package var rephrasings: [String]
    /// The accepted answers in file order; the first is the label.
    package var answers: [String]
    /// Other answers, which are wrong; a counterfactual edit takes its target here.
    package var alternatives: [String]
    /// What the unedited model of the file's authors answered; may be empty.
    package var prediction: String
    /// How many rephrasings were left out because they were blank or there already.
    package var dropped: Int

    package init(
        row: Int, input: String, rephrasings: [String], answers: [String], alternatives: [String] = [],
        prediction: String = ""
    ) {
        // MEND drops a rephrasing equal to the question too; the other duplicates would be edits made twice.
        var seen: Set<String> = [input]
        self.row = row
        self.input = input
        self.rephrasings = rephrasings.filter { !$0.isBlank && seen.insert($0).inserted }
        self.answers = answers
        self.alternatives = alternatives
        self.prediction = prediction
        dropped = rephrasings.count - self.rephrasings.count
    }
}

extension ZsREQuestion {
    /// Reads a file of zsRE questions in any of its published layouts, plain or inside an archive.
    ///
    /// - JSONL of De Cao et al. (2021), which MEND also reads: `input`, `output[].answer`, `filtered_rephrases` (or
    ///   `rephrases`), `alternatives`, `prediction`. The first non-empty answer is the label.
    /// - The JSON array of MEND's evaluation rows that ROME and MEMIT publish as `zsre_mend_eval.json`: `src`,
    ///   `answers`, `rephrase`, `alt`, `pred` (kmeng01/memit, dsets/zsre.py; zjunlp/EasyEdit,
    ///   easyeditor/dataset/zsre.py). One rephrasing a row.
    ///
    /// Either layout may come one object a line or as one array. Fields of no use here are not looked at.
    /// - Throws: `DatasetError` naming the row and the field; `FilesError` when the file cannot be read.
    package static func read(from url: URL, member: String? = nil) throws -> [ZsREQuestion] {
        let file = try DataFile(url, member: member)
        var questions: [ZsREQuestion] = []
        try file.forEachRow { row in
            let number = questions.count
            questions.append(try row.has("src") ? mendEvaluation(row, number) : deCao(row, number))
        }
        guard !questions.isEmpty else {
            throw DatasetError.noRows(
                DataLocation(file: file.name),
                expected: "JSON objects with input, output and filtered_rephrases, one a line")
        }
        return questions
    }

    private static func deCao(_ row: JSONRow, _ number: Int) throws -> ZsREQuestion {
        let field = row.has("filtered_rephrases") || !row.has("rephrases") ? "filtered_rephrases" : "rephrases"
        return ZsREQuestion(
            row: number,
            input: try row.text("input"),
            rephrasings: try row.texts(field),
            answers: try outputAnswers(row),
            alternatives: try row.has("alternatives") ? row.texts("alternatives") : [],
            prediction: try row.has("prediction") ? row.texts("prediction").first ?? "" : "")
    }

    private static func mendEvaluation(_ row: JSONRow, _ number: Int) throws -> ZsREQuestion {
        let answers = try row.texts("answers").filter { !$0.isBlank }
        guard !answers.isEmpty else { throw DatasetError.emptyField(row.location, field: "answers") }
        return ZsREQuestion(
            row: number,
            input: try row.text("src"),
            rephrasings: try row.texts("rephrase"),
            answers: answers,
            alternatives: try row.has("alt") ? row.texts("alt") : [],
            prediction: try row.has("pred") ? row.texts("pred").first ?? "" : "")
    }

    /// The answers of `output`; entries of the KILT layout that only say where an answer was found have none.
    private static func outputAnswers(_ row: JSONRow) throws -> [String] {
        var answers: [String] = []
        for (index, element) in try row.list("output").enumerated() {
            guard let entry = element as? [String: Any] else {
                throw row.mistyped("output[\(index)]", "an object with answer", element)
            }
            guard let value = entry["answer"], !(value is NSNull) else { continue }
            guard let answer = value as? String else {
                throw row.mistyped("output[\(index)].answer", "a string", value)
            }
            if !answer.isBlank { answers.append(answer) }
        }
        guard !answers.isEmpty else { throw DatasetError.emptyField(row.location, field: "output[].answer") }
        return answers
    }
}
