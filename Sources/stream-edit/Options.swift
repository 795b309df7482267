import ArgumentParser
import Editing
import Foundation
import ToolSupport

struct FileOptions: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("The Hugging Face folder of the model.", valueName: "folder"))
    var model: URL

    @Option(
        help: ArgumentHelp(
            "The inputs with their labels, in the order in which they stream in, as prepare-data writes them.",
            valueName: "file.safetensors"))
    var stream: URL

    @Option(name: [.short, .long], help: ArgumentHelp("The folder for the edit log.", valueName: "folder"))
    var output: URL
}

/// Which code the run follows where the published code departs from the paper.
enum Compatibility: String, ExpressibleByArgument, CaseIterable {
    case paper, official
}

struct EditingOptions: ParsableArguments {
    @Option(help: "The editor.")
    var editor = EditorName.grace

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The layer to edit, by its Hugging Face path, such as encoder.block.4.layer.1.DenseReluDense.wo; an "
                + "unknown one prints those there are. Default: the feed-forward output of the last encoder layer; the "
                + "first layer of an MLP.", valueName: "path"))
    var layer: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The learning rate. Default: 1 for grace, 1e-2 for finetune, defer and memory, 1e-4 for mend.",
            valueName: "rate"))
    var learningRate: Float?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Gradient steps per edit: so many for grace, at most so many for the others, which stop when the model "
                + "gives the label.", valueName: "count"))
    var steps = 100

    @Option(help: "The token whose layer input grace, defer and memory go by.")
    var query = QueryToken.last

    @Option(
        help: ArgumentHelp(
            "The tokens whose layer output a value of grace, defer or memory replaces: all, all but the last (prompt), "
                + "or the last. Default: all; prompt with --compat official.", valueName: "all|prompt|last"))
    var replacement: Replacement?

    @Option(help: "Follow the paper, or reproduce the published code where it differs.")
    var compat = Compatibility.paper

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Stop after this many edits; all of the stream if not given.", valueName: "count"))
    var maxEdits: Int?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The longest answer to generate, in tokens.", valueName: "count"))
    var maxNewTokens = 20

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Edits after which editors other than grace leave a snapshot of what they changed; evaluate scores them there.",
            valueName: "count"))
    var snapshotEvery = 10

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How often to save progress that a killed run can resume from.", valueName: "seconds"))
    var checkpointSeconds = 30.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many coming inputs to prepare together; 1 handles each by itself. The results are the same.",
            valueName: "count"))
    var lookahead = 32

    @Flag(help: "Record in run.json how long it takes to answer one question alone.")
    var timeGeneration = false

    func validate() throws {
        if let maxEdits, maxEdits < 1 { throw ValidationError("--max-edits must be at least 1, found \(maxEdits)") }
        guard (1...4096).contains(maxNewTokens) else {
            throw ValidationError("--max-new-tokens must be from 1 to 4096, found \(maxNewTokens)")
        }
        guard (1...4096).contains(lookahead) else {
            throw ValidationError("--lookahead must be from 1 to 4096, found \(lookahead)")
        }
        if let learningRate, !(learningRate.isFinite && learningRate > 0) {
            throw ValidationError("--learning-rate must be a positive number, found \(learningRate)")
        }
        for (name, value, least) in [("--steps", steps, 0), ("--snapshot-every", snapshotEvery, 1)]
        where !(least...1_000_000).contains(value) {
            throw ValidationError("\(name) must be from \(least) to 1000000, found \(value)")
        }
        if compat == .official && editor != .grace {
            throw ValidationError("--compat official is about grace, and not about \(editor)")
        }
        if editor == .grace && snapshotEvery != 10 {
            throw ValidationError("--snapshot-every is not about grace, whose log has every step")
        }
        if [.finetune, .mend].contains(editor), query != .last || replacement != nil {
            throw ValidationError(
                "\(query != .last ? "--query" : "--replacement") is not about \(editor), which changes the layer itself"
            )
        }
        guard checkpointSeconds >= 0 else {
            throw ValidationError("--checkpoint-seconds must not be negative, found \(checkpointSeconds)")
        }
    }
}

extension EditingOptions {
    /// What the editors other than GRACE have in common.
    func adaptor(seed: UInt64) -> AdaptorOptions {
        var options = AdaptorOptions(learningRate: learningRate ?? defaultLearningRate)
        options.steps = steps
        options.query = query
        options.replacement = replacement ?? .all
        options.seed = seed
        return options
    }

    var defaultLearningRate: Float {
        switch editor {
        case .grace: 1
        case .finetune, .defer, .memory: 1e-2
        case .mend: 1e-4
        }
    }
}

extension EditorName: ExpressibleByArgument {}
extension Replacement: ExpressibleByArgument {}
extension QueryToken: ExpressibleByArgument {}
