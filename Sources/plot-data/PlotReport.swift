import ArgumentParser
import Figures
import Files
import Foundation
import Tables
import ToolSupport

/// `plot-data report`.
struct PlotReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Gather pictures, tables, claims, settings and times in one HTML page.",
        discussion: """
            The page holds everything itself: it needs no network and no scripts. It shows, \
            of each folder of figures, the claims of summary.tsv, every picture (SVG, or PNG \
            where there is no SVG), table_best.tsv, table1.tsv and final.tsv; and of every \
            record of a run (run.json, run-*.json) below --runs its settings, version, time \
            and memory.
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Folders that plot-data has filled, one section each.", valueName: "folder"))
    var figures: [URL]

    @Option(help: ArgumentHelp("The folder of the pipeline, with the records of its runs.", valueName: "folder"))
    var runs: URL

    @OptionGroup
    var output: OutputFileOption

    @Option(help: "The title of the page.")
    var title = "GRACE: the results of a pipeline"

    @OptionGroup
    var messages: MessageOptions

    func run() throws {
        let report = Report(
            title: title, sections: try figures.map(ReportReading.section), runs: try ReportReading.runs(below: runs),
            duration: ToolFormat.duration)
        try AtomicFile.write(Data(try report.html().utf8), to: output.output)
        Message.detail("wrote \(output.output.relativePath)")
    }
}
