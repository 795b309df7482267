import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite("The project's own facts")
struct FactTableTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let facts = """
        set\trelation\tsubject\tanswer
        upstream\tcapital\tFrance\tParis
        edit\tcapital\tItaly\tRome
        edit\tcapital\tSpain\tMadrid
        upstream\tcapital\tPeru\tLima
        edit\tcapital\tChile\tSantiago
        edit\tauthor\tEmma\tJane Austen
        """
    private static let questions = """
        relation\ttemplate
        capital\tWhat is the capital of {}?
        capital\tWhich city is {}'s capital?
        author\tWho wrote {}?
        author\t{} is by whom?
        capital\tName the capital of {}.
        """

    private func table(
        facts: String = Self.facts, questions: String = Self.questions, phrasings: Int = 2
    ) throws -> FactTable {
        try FactTable(
            facts: folder.file("facts.tsv", facts), questions: folder.file("questions.tsv", questions),
            phrasings: phrasings)
    }

    @Test("Edit facts become De Cao's rows: all phrasings, the answer, three other answers of the relation")
    func zsre() throws {
        let url = folder.url("zsre.jsonl")
        #expect(try table().writeZsRE(to: url, seed: 0) == 4)
        let rows = try ZsREQuestion.read(from: url)
        #expect(Set(rows.map(\.answers)) == [["Rome"], ["Madrid"], ["Santiago"], ["Jane Austen"]])
        let italy = try #require(rows.first { $0.answers == ["Rome"] })
        #expect(italy.input == "What is the capital of Italy?")
        #expect(italy.rephrasings == ["Which city is Italy's capital?", "Name the capital of Italy."])
        #expect(italy.prediction == "")
        #expect(italy.alternatives.count == 3)
        #expect(Set(italy.alternatives).isSubset(of: ["Paris", "Madrid", "Lima", "Santiago"]))
        let emma = try #require(rows.first { $0.answers == ["Jane Austen"] })
        #expect(emma.input == "Who wrote Emma?")
        #expect(emma.rephrasings == ["Emma is by whom?"])
        #expect(emma.alternatives.isEmpty)
    }

    @Test("The rows of the edit facts stand in an order drawn by seed, so that the first are of many relations")
    func order() throws {
        let relations = (0..<20).map { "r\($0)" }
        let table = try table(
            facts: "set\trelation\tsubject\tanswer\n"
                + relations.flatMap { name in (0..<20).map { "edit\t\(name)\t\(name)s\($0)\ta\($0)\n" } }.joined(),
            questions: "relation\ttemplate\n"
                + relations.map { "\($0)\tWhat is {}?\n\($0)\tWho is {}?\n" }.joined())
        _ = try table.writeZsRE(to: folder.url("z"), seed: 0)
        let first = try ZsREQuestion.read(from: folder.url("z")).prefix(40)
        // In file order they would be of two relations.
        #expect(Set(first.map { $0.input.split(separator: " ")[2].split(separator: "s")[0] }).count > 10)
    }

    @Test("Upstream facts become MEND's layout, some phrasings each, one group a fact")
    func nq() throws {
        let url = folder.url("nq.json")
        #expect(try table().writeNQ(to: url, seed: 0, phrasings: 2) == 4)
        let records = try NaturalQuestions.read(from: url)
        #expect(records.map(\.group) == [0, 0, 1, 1])
        #expect(records.map(\.answers) == [["Paris"], ["Paris"], ["Lima"], ["Lima"]])
        #expect(Set(records.map(\.input)).count == 4)
        #expect(records.prefix(2).allSatisfy { $0.input.contains("France") })
    }

    @Test("The same seed gives the same bytes, another seed others")
    func determinism() throws {
        let table = try table()
        func bytes(_ seed: UInt64) throws -> [Data] {
            _ = try table.writeZsRE(to: folder.url("z"), seed: seed)
            _ = try table.writeNQ(to: folder.url("n"), seed: seed, phrasings: 1)
            return [try Data(contentsOf: folder.url("z")), try Data(contentsOf: folder.url("n"))]
        }
        #expect(try bytes(1) == bytes(1))
        #expect(Set(try (0..<8).map { try bytes($0)[0] }).count > 1)
        #expect(Set(try (0..<8).map { try bytes($0)[1] }).count > 1)
    }

    @Test(
        "Wrong facts are named by line",
        arguments: [
            ("set\trelation\tsubject\n", "facts.tsv: line 1: expected the header \"set relation subject answer\""),
            (Self.facts + "\nedit\tcapital\tCuba", "facts.tsv: line 8: expected 4 columns separated by tabs, found 3"),
            (Self.facts + "\nedit\tcapital\tCuba\t", "facts.tsv: line 8: field answer is empty"),
            (
                Self.facts + "\ntrain\tcapital\tCuba\tHavana",
                "line 8: set \"train\" is unknown: expected upstream or edit"
            ),
            (Self.facts + "\nedit\triver\tCuba\tCauto", "line 8: relation \"river\" is unknown"),
            (Self.facts + "\nedit\tcapital\tFrance\tLyon", "line 8: the capital of France is there already, in line 2"),
            ("set\trelation\tsubject\tanswer\n", "facts.tsv: no rows"),
            ("", "facts.tsv: no rows"),
        ])
    func wrongFacts(facts: String, expected: String) {
        let text = message { _ = try table(facts: facts) }
        #expect(text.contains(expected), "\(text)")
    }

    @Test(
        "Wrong templates are named by line",
        arguments: [
            ("relation\tquestion\n", "questions.tsv: line 1: expected the header"),
            (Self.questions + "\nauthor\tWho?", "questions.tsv: line 7: template \"Who?\" has 0 placeholders"),
            (Self.questions + "\nauthor\t{} or {}?", "line 7: template \"{} or {}?\" has 2 placeholders"),
            (Self.questions + "\nauthor\tWho wrote {}?", "line 7: this template of author is there already, in line 4"),
            (
                Self.questions + "\nriver\tWhich river is in {}?",
                "line 7: relation \"river\" has 1 templates: expected at least 2"
            ),
            (Self.questions + "\nauthor", "questions.tsv: line 7: expected 2 columns separated by tabs, found 1"),
        ])
    func wrongTemplates(questions: String, expected: String) {
        let text = message { _ = try table(questions: questions) }
        #expect(text.contains(expected), "\(text)")
    }

    @Test("A relation with fewer templates than asked for is an error that tells both numbers")
    func tooFewPhrasings() {
        let text = message { _ = try table(phrasings: 3) }
        #expect(text.contains("questions.tsv: line 5: relation \"author\" has 2 templates: expected at least 3"))
    }

    @Test("Windows line ends and an empty last line do no harm")
    func windowsFile() throws {
        let windows = Self.facts.replacing("\n", with: "\r\n") + "\r\n\r\n"
        #expect(try table(facts: windows) == table())
    }
}
