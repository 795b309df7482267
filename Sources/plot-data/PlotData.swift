import ArgumentParser
import ToolSupport

@main
struct PlotData: Tool {
    static let configuration = CommandConfiguration(
        commandName: "plot-data",
        abstract: "Join metric tables into the tables behind the figures, and say what the runs show.",
        usage: """
            plot-data --metrics <file> ... --output <folder> [<options>]
            plot-data <subcommand> ...
            """,
        discussion: """
            Without a subcommand it does what 'figures' does: see plot-data help figures.
            gnuplot draws pictures from the tables (SVG and PNG), for example:

              gnuplot -c pipelines/fig4.gp fig4.tsv fig4
            """,
        version: ToolVersion.current,
        subcommands: [PlotFigures.self, SurfaceGridCommand.self, PlotSynthetic.self, PlotReport.self],
        defaultSubcommand: PlotFigures.self)
}
