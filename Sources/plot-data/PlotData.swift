import ArgumentParser
import Figures
import Foundation
import Tables
import ToolSupport

@main
struct PlotData: Tool {
    static let configuration = CommandConfiguration(
        commandName: "plot-data",
        abstract: "Join metric tables into the tables behind the figures, and say what the runs show.",
        usage: "plot-data --metrics <file> ... --output <folder> [<options>]",
        discussion: """
            Reads the metric tables that evaluate writes, and writes tab-separated tables
            with one observation a row:

              fig4.tsv     the columns of the paper's Figure 4 along the stream, for a
                           few radii: F1 upstream, online and on the holdout set, keys
                           per edit, edits per input
              fig8.tsv     the same for every radius
              final.tsv    the last row of every run, with every score
              summary.tsv  what the runs were to show: claim, value, bound, and whether
                           it holds
              run.json     the record of this run

            gnuplot draws pictures from them (SVG and PNG):

              gnuplot -c pipelines/fig4.gp fig4.tsv fig4
            """,
        version: ToolVersion.current)

    /// What there is to write.
    enum Figure: String, CaseIterable, ExpressibleByArgument {
        case fig4, fig8, final, summary, all
    }

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Metric tables written by evaluate.", valueName: "file"))
    var metrics: [URL]

    @OptionGroup
    var output: OutputFolderOption

    @Option(help: "What to write; may be given several times.")
    var figure: [Figure] = [.all]

    @Option(
        name: .customLong("fig4-radii"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "The radii of fig4.tsv (default: the smallest, the middle and the largest).", valueName: "radius"))
    var figure4Radii: [Double] = []

    @Option(help: "The editor that the summary is about (default: grace, or the only one).")
    var editor: String?

    @Flag(inversion: .prefixedNo, help: "Print the summary to stdout.")
    var printSummary = true

    @Flag(help: "Exit with status 1 when a claim of the summary does not hold.")
    var require = false

    @OptionGroup
    var messages: MessageOptions

    func validate() throws {
        for radius in figure4Radii where !(radius >= 0 && radius.isFinite) {
            throw ValidationError("--fig4-radii must be numbers from 0, found \(radius)")
        }
    }

    func run() throws {
        var manifest = RunManifest()
        let runs = try MetricRun.read(metrics)
        for file in metrics { try manifest.addInput(file) }

        // Everything is made before anything is written, so that an error leaves the folder as it was.
        var tables: [TSVTable] = []
        if wants(.fig4) { tables.append(try FigureTable.figure4(runs, radii: figure4Radii)) }
        if wants(.fig8) { tables.append(FigureTable.figure8(runs)) }
        if wants(.final) { tables.append(FigureTable.final(runs)) }
        let summary = wants(.summary) ? try Summary(runs, editor: editor) : nil
        if let summary { tables.append(summary.table) }

        for table in tables { try write(table, recordedIn: &manifest) }
        try manifest.finish(writingTo: output.output.appendingPathComponent("run.json"))
        // Last, because a reader of stdout that goes away ends the run.
        if printSummary, let summary { try StandardOutput.write(SummaryText.table(of: summary)) }
        if require, let summary, !summary.holds { throw Unmet(summary: summary) }
    }

    private func wants(_ wanted: Figure) -> Bool {
        figure.contains(wanted) || figure.contains(.all)
    }

    private func write(_ table: TSVTable, recordedIn manifest: inout RunManifest) throws {
        let url = output.output.appendingPathComponent(table.name)
        try table.write(to: url)
        try manifest.addOutput(url)
        Message.detail("wrote \(url.relativePath): \(table.rows.count) rows")
    }
}

/// Claims of the summary do not hold, and were required to.
struct Unmet: Error, CustomStringConvertible {
    let summary: Summary

    var description: String {
        let unmet = summary.claims.filter { !$0.holds }.map(\.text)
        return "\(unmet.count) of \(summary.claims.count) claims do not hold: \(unmet.joined(separator: "; "))"
    }
}
