import ArgumentParser
import Datasets
import Figures
import Foundation
import ToolSupport

/// `plot-data synthetic`.
struct PlotSynthetic: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthetic",
        abstract: "Join the predictions of the synthetic illustration into Figure 5.",
        discussion: """
            Reads what evaluate --predict writes of points in the plane, for the frozen \
            model (EDITOR is none; evaluate --predict --step 0) and after each editor. Every \
            editor needs the same points in all three sets. Writes:

              fig5_points.tsv   the points of each panel with label and prediction. The
                                panels: before (upstream points, frozen model), edits
                                (the same with the edit instances), one for each editor
              fig5_surface.tsv  the class that the model of each panel gives on a grid
              summary.tsv       what the illustration was to show
              run.json          the record of this run
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Predictions on the upstream points.", valueName: "editor=file.jsonl"))
    var upstream: [PredictionFile]

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Predictions on the edit instances.", valueName: "editor=file.jsonl"))
    var edits: [PredictionFile]

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Predictions on the grid of plot-data surface-grid.", valueName: "editor=file.jsonl"))
    var surface: [PredictionFile]

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Metric tables of the editors, for the number of keys.", valueName: "file"))
    var metrics: [URL]

    @OptionGroup
    var output: OutputFolderOption

    @Option(help: "The editor that the summary is about.")
    var editor = "grace"

    @OptionGroup
    var claims: ClaimOptions

    @OptionGroup
    var messages: MessageOptions

    func validate() throws {
        for (option, files) in [("--upstream", upstream), ("--edits", edits), ("--surface", surface)] {
            let twice = Dictionary(grouping: files, by: \.editor).filter { $0.value.count > 1 }.keys.sorted()
            if let editor = twice.first { throw ValidationError("\(option) has the editor '\(editor)' twice") }
        }
    }

    func run() throws {
        var folder = FigureFolder(output.output)
        let figure = try SyntheticFigure(
            upstream: try points(upstream), edits: try points(edits), surface: try points(surface, isLabelled: false))
        let summary = try Summary(figure, runs: try MetricRun.read(metrics), editor: editor)
        for file in (upstream + edits + surface).map(\.url) + metrics { try folder.addInput(file) }

        for table in [figure.points, figure.surfaces, summary.table] { try folder.write(table) }
        try folder.finish()
        try claims.tell(summary)
    }

    private func points(_ files: [PredictionFile], isLabelled: Bool = true) throws -> SyntheticFigure.Points {
        try Dictionary(
            uniqueKeysWithValues: files.map { file in
                let points = try PredictedPoint.read(from: file.url, width: 2, isLabelled: isLabelled)
                return (
                    file.editor,
                    points.map {
                        SyntheticFigure.Point(
                            x: $0.features[0], y: $0.features[1], label: $0.label, prediction: $0.prediction)
                    }
                )
            })
    }
}

/// `EDITOR=FILE` on the command line.
struct PredictionFile: ExpressibleByArgument {
    let editor: String
    let url: URL

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        editor = String(parts[0])
        url = URL(fileURLWithPath: String(parts[1]))
    }
}
