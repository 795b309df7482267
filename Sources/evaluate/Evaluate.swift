import ArgumentParser
import Foundation
import Models
import Tensors
import ToolSupport

@main
struct Evaluate: Tool {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Scores an edited model after every edit, or answers questions with it.",
        discussion: """
            Replays an edit log over evaluation sets and writes a metric table: a row before the first edit and one \
            after each, or at each snapshot of an editor other than grace. With --predict it answers the questions of a \
            JSONL file instead, or names the classes of its rows. True answers are read from the .jsonl beside each set; \
            where there is none, the decoded label is the true answer. A classifier's scores are accuracies.
            """,
        version: ToolVersion.current)

    @OptionGroup(title: "Edited model") var log: LogOptions
    @OptionGroup(title: "Scores") var sets: SetOptions
    @OptionGroup(title: "Answers") var prediction: PredictionOptions

    @Option(name: [.short, .long], help: ArgumentHelp("The metric table, or the file of answers.", valueName: "file"))
    var output: URL

    @OptionGroup var cache: CacheOption
    @OptionGroup var threads: ThreadsOption
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        if prediction.predict != nil && [sets.stream, sets.upstream, sets.holdout].contains(where: { $0 != nil }) {
            throw ValidationError(
                "--predict answers questions and scores nothing: leave out --stream, --upstream and --holdout")
        }
        if prediction.predict != nil && sets.padBatch != 1 {
            throw ValidationError("--pad-batch is about the sets of a metric table; --predict scores none")
        }
        if prediction.predict != nil && sets.name != nil {
            throw ValidationError("--name stands in metric tables; --predict writes none")
        }
        if prediction.predict == nil && prediction.step != nil {
            throw ValidationError("--step goes with --predict; metric tables cover every step")
        }
    }

    func run() throws {
        Parallel.threadCount = threads.count
        let edits = try LoggedEdits(log.edits)
        let inputs = [prediction.predict, sets.stream, sets.upstream, sets.holdout].compactMap { $0 }
        try OutputFile.check(output, apartFrom: inputs + edits.files)
        let folder = try edits.modelFolder(log.model)
        let check = ModelCheck(folder: folder, edits: edits)
        let model = try ModelFolder.load(folder)
        try check.guarding { try write(model, folder: folder, edits, check) }
    }

    private func write(_ model: some EditableModel, folder: URL, _ edits: LoggedEdits, _ check: ModelCheck) throws {
        let edited = try EditedModel(model, folder: folder, edits: edits, check: check, cache: cache.folder)
        if let inputs = prediction.predict {
            try PredictionWriter(edited: edited, step: prediction.step).write(inputs, to: output)
        } else {
            try MetricTable(edited: edited, sets: sets).write(to: output)
        }
        CacheOption.warn(of: edited.passes.failure)
    }
}

struct LogOptions: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("The edit log of stream-edit.", valueName: "folder"))
    var edits: URL

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The model that was edited; by default where the log says it was.", valueName: "folder"))
    var model: URL?
}

struct SetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The stream that was edited; by default where the log says it was.", valueName: "file.safetensors"))
    var stream: URL?

    @Option(
        help: ArgumentHelp("Questions that the model knew before it was edited.", valueName: "file.safetensors"))
    var upstream: URL?

    @Option(
        help: ArgumentHelp("Rephrasings of the stream's questions, held out from it.", valueName: "file.safetensors"))
    var holdout: URL?

    @Option(
        help: ArgumentHelp(
            "What the table calls the editor; by default its name. Runs that differ in what tables do not tell, such as "
                + "--query of stream-edit, stand side by side under names of their own.", valueName: "name"))
    var name: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With a log of --compat official: pad the questions to the longest of each so many, as the published "
                + "code's batches do, whose retrieval reads the padding.", valueName: "count"))
    var padBatch = 1

    func validate() throws {
        guard (1...65_536).contains(padBatch) else {
            throw ValidationError("--pad-batch must be from 1 to 65536, found \(padBatch)")
        }
        if let name, name.isEmpty || !name.allSatisfy(\.isPartOfEditorName) {
            throw ValidationError("--name must be of letters, digits, '-', '_' and '.', found '\(name)'")
        }
    }
}

struct PredictionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What to predict, each line an object with a \"question\", \"text\", or \"features\" (numbers).",
            valueName: "file.jsonl"))
    var predict: URL?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Answer as after this many inputs of the stream; the whole log if not given.", valueName: "step"))
    var step: Int?

    func validate() throws {
        if let step, step < 0 { throw ValidationError("--step must not be negative, found \(step)") }
    }
}

extension Character {
    /// Names stand in tables between tabs, and in pictures between spaces.
    fileprivate var isPartOfEditorName: Bool { isASCII && (isLetter || isNumber || "-_.".contains(self)) }
}
