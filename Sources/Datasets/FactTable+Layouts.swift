import Files
import Foundation

extension FactTable {
    /// Writes the edit facts in De Cao's layout: one row a fact, the first template as `input`, the other phrasings as
    /// `filtered_rephrases`, three answers of other facts as `alternatives`.
    ///
    /// The rows stand in an order drawn by seed, so that the first ones, which splits take, are of all relations.
    ///
    /// - Returns: the number of rows.
    /// - Throws: `FilesError` when the file cannot be written.
    package func writeZsRE(to url: URL, seed: UInt64) throws -> Int {
        var edits = facts.filter { $0.role == .edit }
        var order = SeededGenerator(seed: seed, stream: "facts.order")
        order.shuffle(&edits)
        try AtomicFile.write(to: url) { file in
            for (index, fact) in edits.enumerated() {
                let questions = (0..<templateCount(of: fact.relation)).map { question($0, of: fact) }
                var generator = SeededGenerator(seed: seed, stream: "facts.alternatives", index: index)
                let alternatives = alternatives(to: fact, count: 3, using: &generator)
                try file.write(
                    "{\"input\":\(questions[0].json),\"prediction\":\"\",\"alternatives\":\(alternatives.json),"
                        + "\"filtered_rephrases\":\(Array(questions.dropFirst()).json),"
                        + "\"output\":[{\"answer\":\(fact.answer.json)}]}\n")
            }
        }
        return edits.count
    }

    /// Writes the upstream facts in MEND's layout, `phrasings` questions each; `groups` says which ask for one fact.
    ///
    /// Which templates a fact gets is drawn by seed for each fact, so that every template of a relation is met.
    /// - Returns: the number of questions.
    /// - Throws: `FilesError` when the file cannot be written.
    package func writeNQ(to url: URL, seed: UInt64, phrasings: Int) throws -> Int {
        var questions: [String] = []
        var answers: [String] = []
        var groups: [Int] = []
        for (index, fact) in facts.filter({ $0.role == .upstream }).enumerated() {
            var generator = SeededGenerator(seed: seed, stream: "facts.phrasings", index: index)
            for template in generator.sample(phrasings, of: templateCount(of: fact.relation)) {
                questions.append(question(template, of: fact))
                answers.append(fact.answer)
                groups.append(index)
            }
        }
        let numbers = "[" + groups.map(String.init).joined(separator: ",") + "]"
        try AtomicFile.write(
            Data("{\"questions\":\(questions.json),\"answers\":\(answers.json),\"groups\":\(numbers)}\n".utf8),
            to: url)
        return questions.count
    }

    /// Writes all subjects and answers, each once, one a line in alphabetical order: text without labels, from which
    /// a model learns the words that questions and answers are made of but no fact.
    /// - Returns: the number of lines.
    /// - Throws: `FilesError` when the file cannot be written.
    package func writeNames(to url: URL) throws -> Int {
        let names = Set(facts.flatMap { [$0.subject, $0.answer] }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        try AtomicFile.write(Data((names.joined(separator: "\n") + "\n").utf8), to: url)
        return names.count
    }

    /// Different answers of other facts of the same relation, drawn in random order; fewer where there are fewer.
    private func alternatives(
        to fact: Fact, count: Int, using generator: inout SeededGenerator
    ) -> [String] {
        var seen: Set<String> = [fact.answer]
        var answers = facts.filter { $0.relation == fact.relation && seen.insert($0.answer).inserted }.map(\.answer)
        generator.shuffle(&answers)
        return Array(answers.prefix(count))
    }
}
