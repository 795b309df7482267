import Figures
import Foundation
import Tables
import TestSupport
import Testing

@Suite("Reading metric tables")
struct MetricRunTests {
    private let tables: MetricTables
    private let two = MetricTables.block(2)
    private let ten = MetricTables.block(10)

    init() throws {
        tables = try MetricTables()
    }

    private func row(_ layer: String, _ epsilon: Double, _ edits: Int, _ scores: [String: String] = [:]) -> [String] {
        MetricTables.row(layer, epsilon, edits: edits, scores)
    }

    private func refusal(_ rows: [[String]], columns: [String] = MetricLayout.answers.columns) throws -> String {
        let url = try tables.write("m.tsv", rows, columns: columns)
        do {
            _ = try MetricRun.read([url])
            return "no error"
        } catch {
            return "\(error)".replacingOccurrences(of: url.path, with: "m.tsv")
        }
    }

    @Test("Runs of several tables come in the order of layer and radius, block 2 before block 10")
    func order() throws {
        let first = try tables.write("a.tsv", [row(ten, 0.5, 0), row(ten, 0.5, 1), row(two, 3, 0), row(two, 3, 7)])
        let second = try tables.write("b.tsv", [row(two, 0.5, 0), row(ten, 0.1, 0)])
        let runs = try MetricRun.read([first, second])
        #expect(runs.map(\.key.layer) == [two, two, ten, ten])
        #expect(runs.map(\.key.epsilon) == [0.5, 3, 0.1, 0.5])
        #expect(runs.map(\.rows.count) == [1, 2, 1, 2])
    }

    @Test("An editor without a radius has none, and comes before those with one")
    func noRadius() throws {
        let url = try tables.write("m.tsv", [row(two, 0.5, 0), row(two, 0.5, 0, ["epsilon": "nan"])])
        #expect(try MetricRun.read([url]).map(\.key.epsilon) == [nil, 0.5])
    }

    @Test("A run that is given twice is refused, also in one table and with its radius written otherwise")
    func duplicates() throws {
        let first = try tables.write("a.tsv", [row(two, 0.5, 0)])
        let second = try tables.write("b.tsv", [row(two, 0.5, 0, ["epsilon": "5e-1"])])
        #expect {
            try MetricRun.read([first, second])
        } throws: { error in
            "\(error)" == "\(second.path): the run (editor grace, layer \(two), epsilon 0.5, lr 1, seed 0) "
                + "is already in \(first.path); give each run once, or score one of two that "
                + "differ in other settings with evaluate --name"
        }
        let text =
            "m.tsv: the run (editor grace, layer \(two), epsilon 0.5, lr 1, seed 0) is there twice; "
            + "keep one of them"
        #expect(try refusal([row(two, 0.5, 0), row(two, 0.5, 1), row(two, 0.5, 0)]) == text)
        #expect(try refusal([row(two, 0.5, 0), row(ten, 1, 0), row(two, 0.5, 1)]) == text)
    }

    @Test("A table without rows, without a start, or out of order is refused with its place")
    func disorder() throws {
        #expect(try refusal([]) == "m.tsv: the metric table has no rows; write it again with evaluate")
        #expect(
            try refusal([row(two, 0.5, 1)])
                == "m.tsv: line 2, column 'edits': the run (editor grace, layer \(two), epsilon 0.5, lr 1, seed 0) "
                + "begins with 1, expected the row before editing with 0")
        #expect(
            try refusal([row(two, 0.5, 0), row(two, 0.5, 2), row(two, 0.5, 2)])
                == "m.tsv: line 4, column 'edits': expected more than 2 in the run "
                + "(editor grace, layer \(two), epsilon 0.5, lr 1, seed 0), found 2")
    }

    @Test("A stream may go on after its last edit, and may need none")
    func quietEnd() throws {
        let end = row(two, 0.5, 1, ["step": "9"]), none = row(ten, 1, 0, ["step": "7"])
        let url = try tables.write("m.tsv", [row(two, 0.5, 0), row(two, 0.5, 1), end, row(ten, 1, 0), none])
        let rows = FigureTable.final(try MetricRun.read([url])).records
        #expect(try rows.map { try $0.integer("step") } == [9, 7])
        #expect(try rows.map { try $0.integer("edits") } == [1, 0])
    }

    @Test("A table without one of the columns is refused by its name", arguments: MetricLayout.answers.columns)
    func missingColumns(column: String) throws {
        let position = try #require(MetricLayout.answers.columns.firstIndex(of: column))
        var columns = MetricLayout.answers.columns
        var cells = row(two, 0.5, 0)
        columns.remove(at: position)
        cells.remove(at: position)
        #expect(try refusal([cells], columns: columns).hasPrefix("m.tsv: there is no column '\(column)'; "))
    }

    @Test(
        "A table of classes without one of its columns is refused by its name", arguments: MetricLayout.classes.columns)
    func missingClassColumns(column: String) throws {
        let position = try #require(MetricLayout.classes.columns.firstIndex(of: column))
        let lines = MadeRun.table([MadeRun("grace")], .classes).split(separator: "\n").map { line in
            var fields = line.split(separator: "\t").map(String.init)
            fields.remove(at: position)
            return fields
        }
        #expect(
            try refusal(Array(lines.dropFirst()), columns: lines[0])
                .hasPrefix("m.tsv: there is no column '\(column)'; "))
    }

    @Test("Tables of answers and of classes are not read together")
    func mixed() throws {
        let answers = try tables.folder.file("a.tsv", MadeRun.table([MadeRun("grace")], .answers))
        let classes = try tables.folder.file("b.tsv", MadeRun.table([MadeRun("finetune")], .classes))
        #expect(try MetricRun.read([classes]).map(\.layout) == [.classes])
        #expect {
            try MetricRun.read([answers, classes])
        } throws: { error in
            "\(error)" == "\(classes.path): the scores are accuracy, those of \(answers.path) are F1; "
                + "give the tables of one task at a time"
        }
    }

    @Test("An editor that keeps snapshots has rows at these alone, and no keys")
    func snapshots() throws {
        let url = try tables.folder.file(
            "m.tsv", MadeRun.table([MadeRun("mend", edits: [0, 10, 20, 27])], .classes))
        let run = try #require(try MetricRun.read([url]).first)
        #expect(run.key.epsilon == nil && run.rows.count == 4)
        #expect(try FigureTable.final([run]).records[0].number("keys").isNaN)
    }

    @Test("Columns may stand in another order, and there may be more of them")
    func otherColumns() throws {
        let columns = ["note"] + MetricLayout.answers.columns.reversed()
        let rows = [["", ""] + row(two, 0.5, 0).reversed()].map { Array($0.dropFirst()) }
        let runs = try MetricRun.read([tables.write("m.tsv", rows, columns: columns)])
        #expect(FigureTable.final(runs).rows == [row(two, 0.5, 0)])
    }

    @Test("A score that rounding has put just outside of 0 to 1 is put back")
    func rounding() throws {
        let url = try tables.write("m.tsv", [row(two, 0.5, 0, ["upstream_f1": "1.0000001", "holdout_f1": "-1e-17"])])
        let table = FigureTable.figure8(try MetricRun.read([url]))
        #expect(try table.records[0].number("upstream_f1") == 1)
        #expect(try table.records[0].number("holdout_f1") == 0)
    }

    @Test(
        "A field that cannot be is refused with line and column",
        arguments: [
            ("upstream_f1", "1.5", "a number from 0 to 1"), ("holdout_f1", "-0.1", "a number from 0 to 1"),
            ("stream_em", "x", "a number"), ("edits", "-1", "a whole number from 0"), ("edits", "1.5", "an integer"),
            ("step", "nan", "an integer"), ("epsilon", "-1", "a number from 0"), ("epsilon", "inf", "a number from 0"),
            ("seed", "-1", "a whole number from 0"), ("keys", "-1", "a number from 0"), ("lr", "", "a number"),
        ])
    func badFields(column: String, field: String, expected: String) throws {
        #expect(
            try refusal([row(two, 0.5, 0, [column: field])])
                == "m.tsv: line 2, column '\(column)': expected \(expected), found '\(field)'")
    }
}
