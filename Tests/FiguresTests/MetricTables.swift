import Figures
import Foundation
import Tables
import TestSupport

/// Metric tables for tests, with the scores that matter and defaults for the rest.
struct MetricTables {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The path of a T5 edit site.
    static func block(_ number: Int) -> String {
        "encoder.block.\(number).layer.1.DenseReluDense.wo"
    }

    /// A row of a table; `scores` replaces defaults, by column.
    static func row(
        _ layer: String, _ epsilon: Double, edits: Int, editor: String = "grace", _ scores: [String: String] = [:]
    ) -> [String] {
        let given = [
            "editor": editor, "layer": layer, "epsilon": "\(epsilon)", "lr": "1", "seed": "0",
            "step": "\(edits * 2)", "edits": "\(edits)", "keys": "\(edits)", "key_edit_ratio": edits == 0 ? "nan" : "1",
            "edit_share": edits == 0 ? "nan" : "0.5", "online_f1": edits == 0 ? "nan" : "1",
            "edit_score": edits == 0 ? "nan" : "1", "edit_success": edits == 0 ? "nan" : "1",
            "stream_em": edits == 0 ? "0.1" : "0.6", "holdout_f1": "0.1",
        ].merging(scores) { $1 }
        return MetricLayout.answers.columns.map { given[$0] ?? "0.99" }
    }

    /// Writes a table.
    func write(_ name: String, _ rows: [[String]], columns: [String] = MetricLayout.answers.columns) throws -> URL {
        let lines = ([columns] + rows).map { $0.joined(separator: "\t") + "\n" }
        return try folder.file(name, lines.joined())
    }

    /// Writes a run of two edits and reads it.
    func run(
        _ layer: String, _ epsilon: Double, editor: String = "grace", start: [String: String] = [:],
        end: [String: String] = [:]
    ) throws -> MetricRun {
        let url = try write(
            "\(editor)-\(layer)-\(epsilon).tsv",
            [
                Self.row(layer, epsilon, edits: 0, editor: editor, start),
                Self.row(layer, epsilon, edits: 1, editor: editor),
                Self.row(layer, epsilon, edits: 2, editor: editor, end),
            ])
        return try MetricRun.read([url])[0]
    }

    /// The runs that a test made.
    func read(_ runs: [MadeRun], _ scores: MadeRun.Scores) throws -> [MetricRun] {
        try MetricRun.read([folder.file("made.tsv", MadeRun.table(runs, scores))])
    }
}
