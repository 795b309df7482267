import Foundation
import TestSupport
import Testing

@testable import Datasets

/// The embedded facts, where they are written already.
private let embedded = packageRoot.appendingPathComponent("data")
private let hasEmbedded = FileManager.default.fileExists(atPath: embedded.appendingPathComponent("facts.tsv").path)

@Suite("Real samples in their published layouts", .enabled(if: sharedData != nil))
struct RealSampleTests {
    private func sample(_ name: String) throws -> URL {
        try #require(sharedData).appendingPathComponent(name)
    }

    @Test("The zsRE sample: 1,450 questions, 1,173 of them with 10 or more rephrasings")
    func zsre() throws {
        let questions = try ZsREQuestion.read(from: sample("zsre_dev_sample.jsonl"))
        #expect(questions.count == 1_450)
        #expect(questions.count { $0.rephrasings.count >= 10 } == 1_173)
        let sets = try EditSplit(.generalization).select(from: questions, seed: 0, file: "sample")
        #expect(sets.eligible == 1_173 && sets.used == 1_000)
        #expect(sets.edits.count == 5_000)
        #expect(sets.holdout.count + sets.overlapping == 5_000)
        #expect(Set(sets.edits.map(\.input)).isDisjoint(with: sets.holdout.map(\.input)))
        let main = try EditSplit(.main).select(from: questions, seed: 0, file: "sample")
        #expect(main.edits.count == 1_000)
    }

    @Test("The NQ sample: 3,610 questions, 1,000 of them drawn")
    func nq() throws {
        let records = try NaturalQuestions.read(from: sample("nq_sample.json"))
        #expect(records.count == 3_610)
        #expect(Set(NaturalQuestions.sample(records, count: 1_000, seed: 0).map(\.question)).count == 1_000)
    }

    private func threadTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    @Test("A file of 50 MB is read within seconds")
    func speed() throws {
        let folder = try TemporaryFolder()
        let data = try Data(contentsOf: sample("zsre_dev_sample.jsonl"))
        var large = Data()
        while large.count < 50_000_000 { large += data }
        let url = try folder.file("large.jsonl", large)
        // The time of this thread, whatever the tests beside it take.
        let start = threadTime()
        _ = try ZsREQuestion.read(from: url)
        let time = threadTime() - start
        #expect(time < .seconds(10), "\(time)")
    }
}

@Suite("The embedded facts", .enabled(if: hasEmbedded))
struct EmbeddedFactsTests {
    private func table() throws -> FactTable {
        try FactTable(
            facts: embedded.appendingPathComponent("facts.tsv"),
            questions: embedded.appendingPathComponent("questions.tsv"), phrasings: 12)
    }

    @Test("At least 600 facts over at least 20 relations, each with at least 12 templates")
    func size() throws {
        let table = try table()
        #expect(table.facts.count >= 600)
        #expect(Set(table.facts.map(\.relation)).count >= 20)
        #expect(table.templates.values.allSatisfy { $0.count >= 12 })
    }

    @Test("They make edits with ten rephrasings and an upstream set that shares no question with them")
    func layouts() throws {
        let folder = try TemporaryFolder()
        let table = try table()
        let edits = try table.writeZsRE(to: folder.url("zsre.jsonl"), seed: 0)
        _ = try table.writeNQ(to: folder.url("nq.json"), seed: 0, phrasings: 10)
        let questions = try ZsREQuestion.read(from: folder.url("zsre.jsonl"))
        let upstream = try NaturalQuestions.read(from: folder.url("nq.json"))
        #expect(questions.count == edits)
        #expect(questions.allSatisfy { $0.rephrasings.count >= 10 && $0.alternatives.count == 3 })
        let phrasings = Set(questions.flatMap { [$0.input] + $0.rephrasings })
        #expect(phrasings.isDisjoint(with: upstream.map(\.input)))
        #expect(Set(upstream.map(\.group)).count == table.facts.count - edits)
    }
}

@Test("The list of sources has every column filled in every row, and each name once")
func sources() throws {
    let text = try String(contentsOf: embedded.appendingPathComponent("sources.tsv"), encoding: .utf8)
    let rows = text.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    #expect(rows.first == ["name", "url", "file", "format", "licence", "used_for"])
    #expect(rows.count > 10)
    #expect(rows.allSatisfy { $0.count == 6 && !$0.contains("") })
    #expect(Set(rows.compactMap(\.first)).count == rows.count)
}
