import ArgumentParser
import Datasets
import Figures
import Foundation
import ToolSupport

/// `plot-data surface-grid`.
struct SurfaceGridCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "surface-grid",
        abstract: "Lay a regular grid over points in the plane, for a decision surface.",
        discussion: """
            Writes JSONL with the features of each grid point, which evaluate --predict \
            classifies; plot-data synthetic --surface takes what it writes.
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("What the grid covers: JSONL with two \"features\" a line.", valueName: "file.jsonl"))
    var points: [URL]

    @OptionGroup
    var output: OutputFileOption

    @Option(
        parsing: .unconditional, help: ArgumentHelp("How many points the grid has along each axis.", valueName: "count")
    )
    var size = 101

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How far the grid goes beyond the outermost points, as a share of their extent.", valueName: "share"))
    var margin = 0.1

    @OptionGroup
    var messages: MessageOptions

    func validate() throws {
        guard (2...2_000).contains(size) else { throw ValidationError("--size must be from 2 to 2000, found \(size)") }
        guard (0...10).contains(margin) else { throw ValidationError("--margin must be from 0 to 10, found \(margin)") }
    }

    func run() throws {
        try OutputFile.check(output.output, apartFrom: points)
        let covered = try points.flatMap { file in
            try PointRecord.read(from: file).map { record in
                guard record.features.count == 2 else {
                    throw NotPlanar(file: file.path, id: record.id, count: record.features.count)
                }
                return (x: Double(record.features[0]), y: Double(record.features[1]))
            }
        }
        let grid = try SurfaceGrid(covering: covered, size: size, margin: margin)
        let records = grid.points.enumerated().map { id, point in
            PointRecord(id: id, features: [Float(point.x), Float(point.y)], label: nil)
        }
        try PointRecord.write(records, to: output.output)
        Message.detail("wrote \(output.output.relativePath): \(records.count) points")
    }
}

/// A row of numbers is no point in the plane.
struct NotPlanar: Error, CustomStringConvertible {
    let file: String
    let id: Int
    let count: Int

    var description: String { "\(file): id \(id): expected two features, found \(count); only planes can be drawn" }
}
