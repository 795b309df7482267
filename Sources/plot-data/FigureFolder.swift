import Foundation
import Tables
import ToolSupport

/// The folder that a run of `plot-data` fills, with the record of the run.
struct FigureFolder {
    private let url: URL
    private var record: URL { url.appendingPathComponent("run.json") }
    private var manifest = RunManifest()

    init(_ url: URL) {
        self.url = url
    }

    /// Records a file that the run reads.
    mutating func addInput(_ file: URL) throws { try manifest.addInput(file) }

    /// Writes a table under its own name.
    mutating func write(_ table: TSVTable) throws {
        let file = url.appendingPathComponent(table.name)
        try RunManifest.withdraw(record)
        try table.write(to: file)
        try manifest.addOutput(file)
        Message.detail("wrote \(file.relativePath): \(table.rows.count) rows")
    }

    /// Writes the record of the run.
    mutating func finish() throws {
        try manifest.finish(writingTo: record)
    }
}
