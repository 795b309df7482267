import Figures
import Tables
import Testing

@Suite("The summary of a sweep over answers")
struct SummaryTests {
    private let tables: MetricTables
    private let one = MetricTables.block(1)
    private let two = MetricTables.block(2)

    init() throws {
        tables = try MetricTables()
    }

    /// A sweep over two layers and two radii that shows everything it should.
    private func sweep() throws -> [MetricRun] {
        [
            try tables.run(one, 0.01, end: score("0.96", keys: "2", holdout: "0.1")),
            try tables.run(one, 1, end: score("0.98", keys: "1", holdout: "0.6")),
            try tables.run(two, 0.01, end: score("0.97", keys: "2", holdout: "0.1")),
            try tables.run(two, 1, end: score("0.95", keys: "1", holdout: "0.4")),
        ]
    }

    private func score(_ score: String, keys: String, holdout: String) -> [String: String] {
        let ratio = keys == "2" ? "1" : "0.5"
        return ["edit_score": score, "keys": keys, "key_edit_ratio": ratio, "holdout_f1": holdout]
    }

    private func values(_ runs: [MetricRun], editor: String? = nil) throws -> [Double] {
        try Summary(runs, editor: editor).claims.map(\.value)
    }

    @Test("A sweep that shows what it should is summarised claim by claim")
    func holds() throws {
        let summary = try Summary(sweep())
        #expect(summary.holds)
        #expect(
            summary.claims.map { "\($0.bound.text)" } == [
                ">= 0.9", ">= 0.5", ">= 0.98", ">= 0.95", ">= 0.9", ">= 0.95", "<= 0.9", ">= 0.05", ">= 0.02",
            ])
        let values = summary.claims.map(\.value)
        for (value, expected) in zip(values, [0.99, 0.9, 1, 1, 1, 1, 0.5, 0.5, 0.2]) {
            #expect(abs(value - expected) < 1e-12)
        }
        // The best run, and the pair of radii with the greater gain.
        #expect(summary.claims.map(\.layer) == [nil, nil, one, one, one, one, one, one, nil])
        #expect(summary.claims.map(\.epsilon) == [nil, nil, 1, 1, 1, 0.01, 1, 1, 1])

        let table = summary.table
        #expect(table.columns == ["claim", "value", "bound", "holds", "layer", "epsilon"])
        #expect(Set(try table.records.map { try $0.text("holds") }) == ["yes"])
    }

    @Test("Before editing, the worst run counts, and an undefined score is not passed over")
    func before() throws {
        var runs = try sweep()
        runs.append(try tables.run(two, 2, start: ["upstream_em": "0.85", "stream_em": "0.75"]))
        var summary = try Summary(runs)
        #expect(summary.claims[0].value == 0.85 && !summary.claims[0].holds)
        #expect(summary.claims[1].value == 0.25 && !summary.claims[1].holds)

        runs.append(try tables.run(two, 3, start: ["upstream_em": "nan"]))
        summary = try Summary(runs)
        #expect(summary.claims[0].value.isNaN && !summary.claims[0].holds)
        #expect(!summary.holds)
    }

    @Test("A run whose edits fail is not the best while there is one whose edits succeed")
    func bestSucceeds() throws {
        var runs = try sweep()
        runs.append(try tables.run(two, 2, end: ["edit_score": "0.999", "edit_success": "0.97"]))
        #expect(try Summary(runs).claims[2].layer == one)
        // Where all fail, the best of them is reported, and fails.
        let failing = try Summary([runs[4]])
        #expect(failing.claims[2].value == 0.97 && !failing.claims[2].holds && failing.claims[2].epsilon == 2)
    }

    @Test("What the best run loses of its upstream F1 is measured against its own start")
    func upstreamKept() throws {
        let run = try tables.run(one, 1, start: ["upstream_f1": "0.8"], end: ["upstream_f1": "0.6"])
        let claim = try Summary([run]).claims[3]
        #expect(abs(claim.value - 0.75) < 1e-12 && !claim.holds)
    }

    @Test("A larger radius with few keys counts before one with a greater gain and as many keys")
    func pairs() throws {
        var runs = try sweep()
        runs.append(try tables.run(two, 2, end: score("0.9", keys: "2", holdout: "0.9")))
        #expect(try Summary(runs.sorted { $0.key < $1.key }).claims[6].layer == one)

        let crowded = [runs[2], runs[4]]
        let summary = try Summary(crowded)
        #expect(summary.claims[6].value == 1 && !summary.claims[6].holds)
        #expect(abs(summary.claims[7].value - 0.8) < 1e-12)
    }

    @Test("A tiny radius that saves keys at any layer fails its claim")
    func tiny() throws {
        var runs = try sweep()
        runs[2] = try tables.run(two, 0.01, end: ["key_edit_ratio": "0.9"])
        let claim = try Summary(runs).claims[5]
        #expect(claim.value == 0.9 && !claim.holds && claim.layer == two)
    }

    @Test("What one layer or one radius cannot tell is undefined and does not hold")
    func alone() throws {
        let claims = try Summary([tables.run(one, 0.01)]).claims
        #expect(claims.count == 9)
        #expect(claims[6].value.isNaN && !claims[6].holds)
        #expect(claims[7].value.isNaN && !claims[7].holds)
        #expect(claims[8].value.isNaN && !claims[8].holds)
    }

    @Test("Of several editors the summary is about grace, or the one that was asked for")
    func editors() throws {
        let runs = try sweep() + [tables.run(one, 0.01, editor: "other", start: ["upstream_em": "0.5"])]
        #expect(try values(runs)[0] == 0.99)
        #expect(try values(runs, editor: "other")[0] == 0.5)
        #expect(try values([runs[4]])[0] == 0.5)
        #expect(throws: FiguresError.unknownEditor(asked: "nobody", present: ["grace", "other"])) {
            try Summary(runs, editor: "nobody")
        }
        let third = try tables.run(one, 0.01, editor: "third")
        #expect(throws: FiguresError.severalEditors(["other", "third"])) { try Summary([runs[4], third]) }
    }
}
