import Figures
import Tables
import TestSupport
import Testing

@Suite("Figure tables")
struct FigureTableTests {
    private let tables: MetricTables
    private let layer = MetricTables.block(1)

    init() throws {
        tables = try MetricTables()
    }

    @Test("A figure has a row for each row of each run, with the run's columns and the five scores")
    func rows() throws {
        let run = try tables.run(
            layer, 0.5,
            end: [
                "upstream_f1": "0.9", "online_f1": "0.8", "holdout_f1": "0.7", "key_edit_ratio": "0.6",
                "edit_share": "0.5",
            ])
        let table = FigureTable.figure8([run])
        #expect(
            table.columns.joined(separator: " ")
                == "editor layer epsilon lr seed edits step upstream_f1 online_f1 holdout_f1 key_edit_ratio edit_share")
        let key = ["grace", layer, "0.5", "1", "0"]
        #expect(
            table.rows == [
                key + ["0", "0", "0.99", "nan", "0.1", "nan", "nan"],
                key + ["1", "2", "0.99", "1", "0.1", "1", "0.5"],
                key + ["2", "4", "0.9", "0.8", "0.7", "0.6", "0.5"],
            ])
    }

    @Test("Figure 4 takes the smallest, the middle and the largest radius, Figure 8 all of them")
    func radii() throws {
        let runs = try [0.01, 0.1, 0.5, 1, 3].map { try tables.run(layer, $0) }
        #expect(try radii(of: FigureTable.figure4(runs)) == ["0.01", "0.5", "3"])
        #expect(try radii(of: FigureTable.figure8(runs)) == ["0.01", "0.1", "0.5", "1", "3"])
        #expect(try radii(of: FigureTable.figure4(Array(runs.prefix(2)))) == ["0.01", "0.1"])
        #expect(try radii(of: FigureTable.figure4(runs, radii: [1, 0.1])) == ["0.1", "1"])
        #expect(throws: FiguresError.unknownRadius(asked: "2", present: ["0.01", "0.1", "0.5", "1", "3"])) {
            try FigureTable.figure4(runs, radii: [0.1, 2])
        }
    }

    @Test("Runs of several editors with radii stay apart, and those without one are in no figure of radii")
    func editors() throws {
        let runs = try [
            tables.run(layer, .nan, editor: "finetune"), tables.run(layer, 0.5),
            tables.run(layer, 0.5, editor: "other"),
        ]
        for table in try [FigureTable.figure4(runs), FigureTable.figure8(runs)] {
            #expect(
                try table.records.map { try $0.text("editor") }
                    == ["grace", "grace", "grace", "other", "other", "other"])
        }
    }

    @Test("The final table has the last row of each run as it was")
    func final() throws {
        let run = try tables.run(layer, 0.5, end: ["holdout_em": "0.250", "keys": "2"])
        let table = FigureTable.final([run])
        #expect(table.columns == MetricLayout.answers.columns)
        #expect(table.rows == [MetricTables.row(layer, 0.5, edits: 2, ["holdout_em": "0.250", "keys": "2"])])
    }

    @Test("The tables of a classifier have accuracies")
    func classes() throws {
        let runs = try tables.read([.grace(radius: 1, keysPerEdit: 1, online: 0.75)], .classes)
        #expect(
            FigureTable.figure8(runs).columns.dropFirst(7).prefix(3)
                == ["upstream_accuracy", "online_accuracy", "holdout_accuracy"])
        let last = try #require(FigureTable.final(runs).records.last)
        #expect(FigureTable.final(runs).columns == MetricLayout.classes.columns)
        #expect(try last.number("online_accuracy") == 0.75 && last.number("upstream_accuracy") == 0.89)
    }

    @Test("Table 1 has a row for each run with a radius, by radius")
    func table1() throws {
        let runs = try tables.read(
            [
                .grace(radius: 10, keysPerEdit: 0.2, online: 0.5), .grace(radius: 2, keysPerEdit: 1, online: 0.9),
                .grace(radius: 2, seed: 1, keysPerEdit: 0.98, online: 0.8), MadeRun("finetune"),
            ], .classes)
        let table = try FigureTable.table1(runs)
        #expect(
            table.columns.joined(separator: " ")
                == "editor layer epsilon lr seed edits keys key_edit_ratio upstream_accuracy online_accuracy")
        let key = ["grace", "layers.1"]
        #expect(
            table.rows == [
                key + ["2", "1", "0", "100", "100", "1", "0.89", "0.9"],
                key + ["2", "1", "1", "100", "98", "0.98", "0.89", "0.8"],
                key + ["10", "1", "0", "100", "20", "0.2", "0.89", "0.5"],
            ])
        #expect(throws: FiguresError.noRadius(table: "table1.tsv")) {
            try FigureTable.table1(try tables.read([MadeRun("finetune")], .classes))
        }
    }

    @Test(
        "Layers have short names",
        arguments: [
            ("encoder.block.4.layer.1.DenseReluDense.wo", "block 4"),
            ("decoder.block.0.layer.2.DenseReluDense.wo", "decoder block 0"),
            ("bert.encoder.layer.10.output.dense", "layer 10"),
            ("bert.encoder.layer.10.intermediate.dense", "layer 10 intermediate"), ("layers.1", "layer 1"),
            ("head", "head"),
        ])
    func names(path: String, name: String) {
        #expect(LayerName.short(path) == name)
    }

    private func radii(of table: TSVTable) throws -> [String] {
        var radii: [String] = []
        for radius in try table.records.map({ try $0.text("epsilon") }) where !radii.contains(radius) {
            radii.append(radius)
        }
        return radii
    }
}
