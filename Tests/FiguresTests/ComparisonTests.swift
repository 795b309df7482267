import Figures
import Tables
import TestSupport
import Testing

@Suite("Comparing editors")
struct ComparisonTests {
    private let tables: MetricTables

    init() throws {
        tables = try MetricTables()
    }

    /// GRACE with two radii and three editors with two learning rates each, over two seeds. Of finetune's settings the
    /// one with the better scores fails too many of its edits; of mend's both do.
    static func runs() -> [MadeRun] {
        (0..<2).flatMap { seed -> [MadeRun] in
            let shift = 0.01 * Double(seed)
            return [
                .grace(radius: 0.5, seed: seed, keysPerEdit: 1, online: 0.98 - shift),
                .grace(radius: 3, seed: seed, keysPerEdit: 0.4, online: 0.7),
                .decaying("finetune", learningRate: 0.01, seed: seed, upstream: 0.002, online: 0.001),
                .decaying("finetune", learningRate: 0.001, seed: seed, success: 0.75, upstream: 0, online: 0),
                .decaying("defer", learningRate: 0.01, seed: seed, upstream: 0.02, online: 0.02),
                .decaying("defer", learningRate: 0.1, seed: seed, upstream: 0.03, online: 0.02),
                .decaying("mend", learningRate: 0.01, seed: seed, success: 0.2, upstream: 0, online: 0.05),
                .decaying("mend", learningRate: 0.1, seed: seed, success: 0.1, upstream: 0, online: 0.05),
            ]
        }
    }

    private func comparison(_ rules: Comparison.Rules = Comparison.Rules()) throws -> Comparison {
        Comparison(try tables.read(Self.runs(), .classes), rules: rules)
    }

    @Test("The best setting of an editor is the best by edit score of those that succeed often enough")
    func best() throws {
        let records = FigureTable.best(try comparison(), task: "scotus").records
        #expect(try records.map { try $0.text("editor") } == ["grace", "finetune", "mend", "defer"])
        #expect(try records.map { try $0.integer("settings") } == [2, 2, 2, 2])
        #expect(try records.map { try $0.integer("disqualified") } == [0, 1, 2, 0])
        #expect(try records.map { try $0.text("epsilon") } == ["0.5", "nan", "nan", "nan"])
        #expect(try records.map { try $0.text("lr") } == ["1", "0.01", "nan", "0.01"])
        #expect(try records.map { try $0.text("layer") } == ["layers.1", "layers.1", "none", "layers.1"])
        #expect(try records.allSatisfy { try $0.text("task") == "scotus" })
        let grace = records[0]
        #expect(try grace.integer("seeds") == 2 && grace.integer("edits") == 100 && grace.number("keys") == 100)
        #expect(try abs(grace.number("online") - 0.975) < 1e-12)
        #expect(try grace.number("online_min") == 0.97 && grace.number("online_max") == 0.98)
        #expect(try abs(grace.number("edit_score") - (0.89 + 0.975) / 2) < 1e-12)
        #expect(try grace.number("upstream_before") == 0.9)
    }

    @Test("The bound on success is an option, and exactly the bound does not qualify")
    func bound() throws {
        func finetune(_ least: Double) throws -> String {
            try FigureTable.best(comparison(.init(leastSuccess: least)), task: "t").records[1].text("lr")
        }
        #expect(try finetune(0.75) == "0.01")
        #expect(try finetune(0.74) == "0.001")
    }

    @Test("Figure 3 has a row for every number of edits that all seeds share, of best settings, from the tenth edit on")
    func figure3() throws {
        let table = FigureTable.figure3(try comparison(), task: "scotus")
        #expect(table.name == "fig3_scotus.tsv")
        let score = "edit_score edit_score_min edit_score_max"
        #expect(
            table.columns.joined(separator: " ")
                == "editor layer epsilon lr seeds edits \(score) upstream_accuracy upstream_accuracy_min "
                + "upstream_accuracy_max online_accuracy online_accuracy_min online_accuracy_max")
        let records = table.records
        let grace = try records.filter { try $0.text("editor") == "grace" }
        #expect(try grace.map { try $0.integer("edits") } == Array(10...100))
        let finetune = try records.filter { try $0.text("editor") == "finetune" }
        #expect(try finetune.map { try $0.integer("edits") } == Array(stride(from: 10, through: 100, by: 10)))
        #expect(try !records.contains { try $0.text("editor") == "mend" })
        let early = FigureTable.figure3(try comparison(.init(firstEdit: 0)), task: "x")
        #expect(early.name == "fig3_x.tsv")
        #expect(try early.records.first?.integer("edits") == 0)
    }

    @Test("A number of edits that one seed has no row for is left out")
    func unequalSeeds() throws {
        let runs = try tables.read(
            [
                MadeRun("defer", seed: 0, edits: [0, 10, 20, 27]), MadeRun("defer", seed: 1, edits: [0, 10, 20, 30]),
            ], .answers)
        let table = FigureTable.figure3(Comparison(runs), task: "qa")
        #expect(try table.records.map { try $0.integer("edits") } == [10, 20])
        #expect(try FigureTable.best(Comparison(runs), task: "qa").records[0].number("edits") == 28.5)
    }

    @Test("Figure 6 has the upstream against the online score of the same settings")
    func figure6() throws {
        let three = FigureTable.figure3(try comparison(), task: "scotus").records
        let six = FigureTable.figure6(try comparison(), task: "scotus").records
        #expect(six.count == three.count)
        for (left, right) in zip(three, six) {
            #expect(try left.integer("edits") == right.integer("edits"))
            #expect(try left.number("online_accuracy") == right.number("online_accuracy"))
            #expect(try left.number("upstream_accuracy") == right.number("upstream_accuracy"))
        }
    }

    @Test("Figure 7 has every run, and says what became of its setting")
    func figure7() throws {
        let records = FigureTable.figure7(try comparison(), task: "scotus").records
        #expect(records.count == 2 * (2 * 91 + 6 * 10))
        func marks(_ editor: String, lr: Double) throws -> Set<String> {
            Set(
                try records.filter { try $0.text("editor") == editor && $0.number("lr") == lr }
                    .map { try $0.text("qualifies") + $0.text("best") })
        }
        #expect(try marks("finetune", lr: 0.01) == ["yesyes"])
        #expect(try marks("finetune", lr: 0.001) == ["nono"])
        #expect(try marks("defer", lr: 0.1) == ["yesno"])
        #expect(try marks("grace", lr: 1) == ["yesyes", "yesno"])
    }

    @Test("The summary says by how much the editor leads, who is next, and when the others have lost what was known")
    func claims() throws {
        let summary = try Summary(try tables.read(Self.runs(), .classes))
        let claims = Array(summary.claims.suffix(4))
        #expect(
            claims.map(\.text) == [
                "final edit score of grace less that of the best other editor (finetune)",
                "place of finetuning among the other editors by final edit score",
                "edits until finetune has lost 5% of its upstream accuracy",
                "edits until defer has lost 5% of its upstream accuracy",
            ])
        // 0.998^30 = 0.942 and 0.98^10 = 0.817 are the first snapshots below 0.95.
        #expect(claims.dropFirst().map(\.value) == [1, 30, 10])
        #expect(claims.map(\.bound.text) == ["> 0", "<= 1", "<= 99", "<= 99"])
        #expect(!claims.contains { !$0.holds })
        let finetune = (0.9 * 0.8185668046884282 + 0.9047921471137096) / 2
        #expect(abs(claims[0].value - ((0.89 + 0.975) / 2 - finetune)) < 1e-9)
    }

    @Test("An editor that leads by nothing, or that keeps what it knew, does not bear out the claims")
    func unmet() throws {
        let runs = try tables.read(
            [
                .grace(radius: 1, keysPerEdit: 1, online: 0.9), MadeRun("memory", upstream: { _ in 0.89 }),
                .decaying("finetune", learningRate: 0.1, upstream: 0.1, online: 0.1),
            ], .answers)
        let claims = try Summary(runs).claims.suffix(4).map { $0 }
        #expect(claims[0].value == 0 && !claims[0].holds && claims[0].text.hasSuffix("(memory)"))
        #expect(claims[1].value == 2 && !claims[1].holds)
        #expect(claims[2].value == .infinity && !claims[2].holds)
        #expect(claims[3].value == 10 && claims[3].holds)
    }

    @Test("Where no setting of another editor qualifies, there is nothing to lead by")
    func alone() throws {
        let runs = try tables.read(
            [
                .grace(radius: 1, keysPerEdit: 1, online: 0.9),
                .decaying("mend", learningRate: 0.1, success: 0.5, upstream: 0.1, online: 0.1),
            ], .answers)
        let claim = try #require(try Summary(runs).claims.last)
        #expect(claim.text == "final edit score of grace less that of the best other editor")
        #expect(claim.value.isNaN && !claim.holds)
    }

    @Test("Among editors, layers and radii are claimed about only where there are several layers")
    func sweeps() throws {
        let one = try tables.read(Self.runs(), .answers)
        #expect(try !Summary(one).claims.contains { $0.text.contains("between layers") })
        var other = MadeRun.grace(radius: 3, keysPerEdit: 0.4, online: 0.7)
        other.layer = "layers.0"
        let several = try tables.read(Self.runs() + [other], .answers)
        #expect(try Summary(several).claims.contains { $0.text.contains("between layers") })
    }
}
