import ArgumentParser
import Figures
import Foundation
import Tables
import ToolSupport

/// `plot-data figures`, which is also what `plot-data` does without a subcommand.
struct PlotFigures: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "figures",
        abstract: "Join the metric tables of one task (the default).",
        usage: "plot-data --metrics <file> ... --output <folder> [<options>]",
        discussion: """
            Reads the metric tables that evaluate writes, those of answers (F1) or
            those of classes (accuracy), and writes tab-separated tables with one
            observation a row. TASK is qa or scotus, or what --task says:

              fig3_TASK.tsv   edit score, upstream and online score by the number of
                              edits, of the best setting of each editor
              fig4.tsv        the scores along the stream for a few radii of GRACE:
                              upstream, online, holdout, keys per edit, edits per input
              fig6_TASK.tsv   upstream against online score along the stream, of the
                              best setting of each editor
              fig7_TASK.tsv   every score by the number of edits, of every run
              fig8.tsv        fig4 for every radius
              table1.tsv      keys and final scores for each radius of GRACE
              table_best.tsv  the best setting of each editor, and how many do not
                              qualify
              final.tsv       the last row of every run, with every score
              summary.tsv     what the runs were to show: claim, value, bound, and
                              whether it holds
              run.json        the record of this run

            Runs that differ in the seed alone are one setting. A setting qualifies if
            more of its edits succeed than --least-success; the best of an editor is
            the one with the highest final edit score.
            """)

    /// What there is to write.
    enum Figure: String, CaseIterable, ExpressibleByArgument {
        case fig3, fig4, fig6, fig7, fig8, table1, best, final, summary, all
    }

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Metric tables written by evaluate.", valueName: "file"))
    var metrics: [URL]

    @OptionGroup
    var output: OutputFolderOption

    @Option(
        help: """
            What to write; may be given several times. all: fig4 and fig8 for answers, table1 for classes, and \
            everything else for both.
            """)
    var figure: [Figure] = [.all]

    @Option(
        help: ArgumentHelp(
            "The task's name in the names of tables (default: qa for answers, scotus for classes).", valueName: "name"))
    var task: String?

    @Option(
        name: .customLong("fig4-radii"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "The radii of fig4.tsv (default: the smallest, the middle and the largest).", valueName: "radius"))
    var figure4Radii: [Double] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "A setting qualifies if it succeeds on more than this share of its edits.", valueName: "share"))
    var leastSuccess = Comparison.Rules().leastSuccess

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Figures 3, 6 and 7 begin after so many edits.", valueName: "edits")
    )
    var firstEdit = Comparison.Rules().firstEdit

    @Option(help: "The editor that the summary is about (default: grace, or the only one).")
    var editor: String?

    @OptionGroup
    var claims: ClaimOptions

    @OptionGroup
    var messages: MessageOptions

    func validate() throws {
        for radius in figure4Radii where !(radius >= 0 && radius.isFinite) {
            throw ValidationError("--fig4-radii must be numbers from 0, found \(radius)")
        }
        guard (0...1).contains(leastSuccess) else {
            throw ValidationError("--least-success must be from 0 to 1, found \(leastSuccess)")
        }
        guard wants(.summary) || !claims.require else {
            throw ValidationError("--require is about the summary; give --figure summary too")
        }
        guard firstEdit >= 0 else { throw ValidationError("--first-edit must be from 0, found \(firstEdit)") }
        if let task,
            task.isEmpty || task.contains(where: { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-")) })
        {
            throw ValidationError("--task must be letters, digits and -, found '\(task)'")
        }
    }

    func run() throws {
        var folder = FigureFolder(output.output)
        let runs = try MetricRun.read(metrics)
        for file in metrics { try folder.addInput(file) }

        // Everything is made before anything is written, so that an error leaves the folder as it was.
        let tables = try tables(of: runs)
        let summary = wants(.summary) ? try Summary(runs, editor: editor, rules: rules) : nil
        for table in tables { try folder.write(table) }
        if let summary { try folder.write(summary.table) }
        try folder.finish()
        if let summary { try claims.tell(summary) }
    }

    private var rules: Comparison.Rules { Comparison.Rules(leastSuccess: leastSuccess, firstEdit: firstEdit) }

    private func tables(of runs: [MetricRun]) throws -> [TSVTable] {
        let comparison = Comparison(runs, rules: rules)
        let layout = runs[0].layout
        let task = task ?? layout.task
        var tables: [TSVTable] = []
        if wants(.fig3) { tables.append(FigureTable.figure3(comparison, task: task)) }
        if wants(.fig4, ofAll: layout == .answers) {
            tables.append(try FigureTable.figure4(runs, radii: figure4Radii))
        }
        if wants(.fig6) { tables.append(FigureTable.figure6(comparison, task: task)) }
        if wants(.fig7) { tables.append(FigureTable.figure7(comparison, task: task)) }
        if wants(.fig8, ofAll: layout == .answers) { tables.append(FigureTable.figure8(runs)) }
        if wants(.table1, ofAll: layout == .classes && runs.contains { $0.key.epsilon != nil }) {
            tables.append(try FigureTable.table1(runs))
        }
        if wants(.best) { tables.append(FigureTable.best(comparison, task: task)) }
        if wants(.final) { tables.append(FigureTable.final(runs)) }
        return tables
    }

    /// - Parameter ofAll: whether the figure is one of `all`.
    private func wants(_ wanted: Figure, ofAll: Bool = true) -> Bool {
        figure.contains(wanted) || (ofAll && figure.contains(.all))
    }
}
