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

/// The editors there are.
enum EditorName: String, ExpressibleByArgument, CaseIterable {
    case grace
}

struct EditingOptions: ParsableArguments {
    @Option(help: "The editor.")
    var editor = EditorName.grace

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The layer to edit, by its Hugging Face path, such as encoder.block.4.layer.1.DenseReluDense.wo; an "
                + "unknown one prints those there are.", valueName: "path"))
    var layer: String

    @Option(help: "Follow the paper, or reproduce the published code where it differs.")
    var compat = Compatibility.paper

    @Option(help: ArgumentHelp("Stop after this many edits; all of the stream if not given.", valueName: "count"))
    var maxEdits: Int?

    @Option(help: ArgumentHelp("The longest answer to generate, in tokens.", valueName: "count"))
    var maxNewTokens = 20

    @Option(help: ArgumentHelp("How often to save progress that a killed run can resume from.", valueName: "seconds"))
    var checkpointSeconds = 30.0

    @Option(
        help: ArgumentHelp(
            "How many coming inputs to prepare together; 1 handles each by itself. The results are the same.",
            valueName: "count"))
    var lookahead = 16

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
        guard checkpointSeconds >= 0 else {
            throw ValidationError("--checkpoint-seconds must not be negative, found \(checkpointSeconds)")
        }
    }
}

struct GRACEEditorOptions: ParsableArguments {
    @Option(
        name: [.short, .long], parsing: .unconditional,
        help: ArgumentHelp(
            "The deferral radius of a new key: a Euclidean distance between inputs of the layer (the paper's epsilon).",
            valueName: "distance"))
    var radius: Float

    @Option(parsing: .unconditional, help: ArgumentHelp("The learning rate of the values.", valueName: "rate"))
    var learningRate: Float = 1

    @Option(help: ArgumentHelp("Adam steps per edit.", valueName: "count"))
    var steps = 100

    @Option(help: "How a new value starts: uniform in [0, 1) (cold) or as the layer's own output (warm).")
    var valueInit = ValueInitialisation.cold

    @Option(
        help: ArgumentHelp(
            "The tokens whose layer output a value replaces: all, all but the last (prompt), or the last. "
                + "Default: all; prompt with --compat official.", valueName: "all|prompt|last"))
    var replacement: Replacement?

    @Option(help: "The token whose layer input is the query.")
    var query = QueryToken.last

    func validate() throws {
        guard radius.isFinite, radius >= 0 else {
            throw ValidationError("--radius must be a number that is not negative, found \(radius)")
        }
        guard learningRate.isFinite, learningRate > 0 else {
            throw ValidationError("--learning-rate must be a positive number, found \(learningRate)")
        }
        guard (0...1_000_000).contains(steps) else {
            throw ValidationError("--steps must be from 0 to 1000000, found \(steps)")
        }
    }

    func options(seed: UInt64, compat: Compatibility) -> GRACEOptions {
        var options = GRACEOptions(radius: radius)
        options.learningRate = learningRate
        options.steps = steps
        options.initialisation = valueInit
        options.replacement = replacement ?? (compat == .official ? .prompt : .all)
        options.query = query
        options.rules = compat == .official ? .official : .paper
        options.seed = seed
        return options
    }
}

extension ValueInitialisation: ExpressibleByArgument {}
extension Replacement: ExpressibleByArgument {}
extension QueryToken: ExpressibleByArgument {}
