import ArgumentParser
import ToolSupport

@main
struct Pretrain: Tool {
    static let configuration = CommandConfiguration(
        commandName: "pretrain",
        abstract: "Trains the models that are then edited.",
        version: ToolVersion.current,
        subcommands: [QuestionAnswering.self, ScotusPretraining.self, SyntheticPretraining.self])
}
