import ArgumentParser
import ToolSupport

/// Makes the sets that the other tools work on out of the files that people have.
@main
struct PrepareData: Tool {
    static let configuration = CommandConfiguration(
        commandName: "prepare-data",
        abstract: "Make sets of inputs and labels, as JSONL and as tensors, from published or embedded data.",
        discussion: """
            Input files may be plain or inside .zip, .tar.gz, .gz, .bz2 or .xz; what a file is, is told by its \
            content. Each command writes run-COMMAND.json beside its output, with all settings and the digests of \
            all files. Where the published files are, and under which licence: data/sources.tsv.
            """,
        version: ToolVersion.current,
        subcommands: [
            PrepareZsRE.self, PrepareNQ.self, PrepareFacts.self, PrepareScotus.self, PrepareOpinions.self,
            PrepareSynthetic.self,
        ])
}
