import Figures
import Tables
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
        let run = try tables.run(layer, 0.5, end: [
            "upstream_f1": "0.9", "online_f1": "0.8", "holdout_f1": "0.7", "key_edit_ratio": "0.6", "edit_share": "0.5",
        ])
        let table = FigureTable.figure8([run])
        #expect(table.columns.joined(separator: " ")
            == "editor layer epsilon lr seed edits step upstream_f1 online_f1 holdout_f1 key_edit_ratio edit_share")
        let key = ["grace", layer, "0.5", "1", "0"]
        #expect(table.rows == [
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

    @Test("Runs of several editors stay apart, and one without a radius is in both figures")
    func editors() throws {
        let runs = try [
            tables.run(layer, .nan, editor: "finetune"), tables.run(layer, 0.5),
            tables.run(layer, 0.5, editor: "other"),
        ]
        for table in try [FigureTable.figure4(runs), FigureTable.figure8(runs)] {
            #expect(try table.records.map { try $0.text("editor") }
                == ["finetune", "finetune", "finetune", "grace", "grace", "grace", "other", "other", "other"])
        }
    }

    @Test("The final table has the last row of each run as it was")
    func final() throws {
        let run = try tables.run(layer, 0.5, end: ["holdout_em": "0.250", "keys": "2"])
        let table = FigureTable.final([run])
        #expect(table.columns == MetricColumns.all)
        #expect(table.rows == [MetricTables.row(layer, 0.5, edits: 2, ["holdout_em": "0.250", "keys": "2"])])
    }

    @Test("Layers have short names", arguments: [
        ("encoder.block.4.layer.1.DenseReluDense.wo", "block 4"),
        ("decoder.block.0.layer.2.DenseReluDense.wo", "decoder block 0"),
        ("bert.encoder.layer.10.output.dense", "layer 10"), ("layers.1", "layer 1"), ("head", "head"),
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
