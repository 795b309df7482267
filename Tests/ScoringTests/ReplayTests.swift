import Checkpoints
import Editing
import Foundation
import Models
import Scoring
import Tables
import Testing

@Suite("Replay")
struct ReplayTests {
    /// Settings that lead through every branch of retrieval and replacement.
    enum Setting: String, CaseIterable, CustomTestStringConvertible {
        case paper, official, lastTokenOnly, meanQuery

        var testDescription: String { rawValue }

        func fixture() throws -> EditedFixture {
            try EditedFixture(errorRule: self == .official ? .everyInput : .wrongAnswer) { options in
                switch self {
                case .paper: break
                case .official:
                    options.rules = .official
                    options.replacement = .prompt
                case .lastTokenOnly:
                    options.replacement = .last
                    options.query = .first
                    options.initialisation = .warm
                    options.radius = 1
                case .meanQuery:
                    options.query = .mean
                    options.radius = 1
                }
            }
        }
    }

    @Test("The stream of the first two settings has all four actions", arguments: [Setting.paper, .official])
    func actions(setting: Setting) throws {
        let fixture = try setting.fixture()
        let actions = fixture.rows.compactMap(\.outcome?.action)
        #expect(Set(actions) == ["add", "expand", "split", "train"])
        #expect(actions.count >= 38, "\(actions.count) edits")
        #expect(fixture.history.editCount == actions.count)
    }

    @Test("After every edit, answers and scores are those of a model rebuilt from nothing", arguments: Setting.allCases)
    func incremental(setting: Setting) throws {
        let fixture = try setting.fixture()
        let sets = try [fixture.items, fixture.near, fixture.far].map {
            (items: $0, replayed: try fixture.replayed($0))
        }
        let scored = sets.map { fixture.scored($0.replayed, $0.items) }
        let replay = Replay(
            history: fixture.history, rules: fixture.options.rules, stream: scored[0], upstream: scored[2],
            holdout: scored[1], lastStep: fixture.items.count)
        var expectation = PlainScores(fixture: fixture)
        var rows = 0
        var differences = 0
        try replay.run { metrics in
            rows += 1
            for (items, replayed) in sets {
                let plain = try fixture.plainAnswers(items, step: metrics.step)
                if replayed.answers != plain { differences += 1 }
            }
            try expectation.check(metrics)
        }
        #expect(differences == 0, "sets with other answers than the rebuilt model's")
        let last = try #require(fixture.rows.last)
        #expect(rows == fixture.history.editCount + (last.outcome == nil ? 2 : 1))
    }

    @Test("The first row has no edits and nan where nothing is defined; the last stands at the end of the stream")
    func borders() throws {
        let fixture = try EditedFixture(count: 8, errorRule: .wrongAnswer) { $0.radius = 0.5 }
        let replayed = try fixture.replayed(fixture.items)
        // The log says that three more inputs streamed in after the last edit.
        let replay = Replay<T5Model>(
            history: fixture.history, rules: .paper, stream: fixture.scored(replayed, fixture.items), upstream: nil,
            holdout: nil, lastStep: 11)
        var rows: [Metrics] = []
        try replay.run { rows.append($0) }

        let first = try #require(rows.first)
        #expect(first.step == 0 && first.edits == 0 && first.keys == 0)
        let undefined = [
            first.upstream.f1, first.online.f1, first.online.exactMatch, first.editScore, first.holdout.f1,
            first.editSuccess, first.keyEditRatio, first.editShare,
        ]
        #expect(undefined.allSatisfy { $0.isNaN })
        #expect(!first.stream.exactMatch.isNaN)

        let last = try #require(rows.last), beforeLast = rows[rows.count - 2]
        #expect(last.step == 11 && last.edits == fixture.history.editCount && last.edits == beforeLast.edits)
        #expect(last.editShare == Float(last.edits) / 11)
        #expect(last.online.f1 == beforeLast.online.f1 && last.keys == beforeLast.keys)
        #expect(rows.map(\.edits) == Array(0...last.edits) + [last.edits])
    }

    @Test("Columns and cells of a row belong together")
    func cells() throws {
        let fixture = try Setting.paper.fixture()
        let sets = try [fixture.items, fixture.near, fixture.far].map { fixture.scored(try fixture.replayed($0), $0) }
        let replay = Replay(
            history: fixture.history, rules: .paper, stream: sets[0], upstream: sets[2], holdout: sets[1],
            lastStep: fixture.items.count)
        var rows: [Metrics] = []
        try replay.run { rows.append($0) }
        for metrics in rows {
            let columns = MetricLayout.answers.scoreColumns, cells = MetricLayout.answers.cells(metrics)
            let row = Dictionary(uniqueKeysWithValues: zip(columns, cells.map(\.cell)))
            #expect(cells.count == columns.count && row.count == columns.count)
            for (name, set) in [
                ("upstream", metrics.upstream), ("online", metrics.online), ("holdout", metrics.holdout),
            ] {
                #expect(row["\(name)_f1"] == set.f1.cell && row["\(name)_token_f1"] == set.tokenF1.cell)
                #expect(row["\(name)_official_f1"] == set.officialF1.cell)
                #expect(row["\(name)_em"] == set.exactMatch.cell)
            }
            #expect(row["step"] == "\(metrics.step)" && row["edits"] == "\(metrics.edits)")
            #expect(row["keys"] == metrics.keys.cell && row["stream_em"] == metrics.stream.exactMatch.cell)
            #expect(row["edit_success"] == metrics.editSuccess.cell)
            if metrics.edits > 0 {
                #expect(row["edit_score"] == ((metrics.upstream.f1 + metrics.online.f1) / 2).cell)
                #expect(row["key_edit_ratio"] == (Float(try #require(metrics.keys)) / Float(metrics.edits)).cell)
                #expect(row["edit_share"] == (Float(metrics.edits) / Float(metrics.step)).cell)
            }
        }
    }
}

/// The scores of every step worked out anew from the rebuilt model's answers.
private struct PlainScores {
    let fixture: EditedFixture
    private var edits = 0
    private var successes = 0

    init(fixture: EditedFixture) { self.fixture = fixture }

    mutating func check(_ row: Metrics) throws {
        let answers = try fixture.plainAnswers(fixture.items, step: row.step)
        let scores = scores(fixture.items, answers)
        // The inputs that have been edited, by the log of the stream and not by the codebook's history.
        let edited = fixture.rows.prefix(row.step).filter { $0.outcome != nil }.map { $0.step - 1 }
        if edited.count > edits, let latest = edited.last {
            edits += 1
            successes += answers[latest] == fixture.items[latest].label ? 1 : 0
        }
        #expect(row.edits == edited.count && row.edits == edits)
        #expect(same(row.editSuccess, edits == 0 ? .nan : Double(successes) / Double(edits)))
        try compare(row.online, edited.map { scores[$0] }, "online after \(edits) edits")
        try compare(
            row.upstream, self.scores(fixture.far, fixture.plainAnswers(fixture.far, step: row.step)), "upstream")
        try compare(
            row.holdout, self.scores(fixture.near, fixture.plainAnswers(fixture.near, step: row.step)), "holdout")
        #expect(same(row.stream.exactMatch, mean(scores, \.exactMatch)))
        #expect(row.keys == fixture.history.keys.count { $0.step <= row.step })
    }

    private func scores(_ items: [TokenizedSet.Item], _ answers: [[Int32]]) -> [AnswerScore] {
        zip(items, answers).map { fixture.scorer.score($1, label: $0.label, trueAnswers: []) }
    }

    private func compare(_ found: SetMetrics, _ scores: [AnswerScore], _ what: String) throws {
        #expect(same(found.f1, mean(scores, \.f1)), "\(what)")
        #expect(same(found.exactMatch, mean(scores, \.exactMatch)), "\(what)")
        #expect(same(found.tokenF1, mean(scores, \.tokenF1)), "\(what)")
        #expect(same(found.officialF1, mean(scores, \.officialF1)), "\(what)")
    }

    private func mean(_ scores: [AnswerScore], _ field: KeyPath<AnswerScore, Float>) -> Double {
        scores.reduce(0) { $0 + Double($1[keyPath: field]) } / Double(scores.count)
    }

    private func same(_ a: Float, _ b: Double) -> Bool { a.isNaN ? b.isNaN : abs(Double(a) - b) < 1e-6 }
}
