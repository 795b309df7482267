import ArgumentParser
import Editing

struct GRACEEditorOptions: ParsableArguments {
    @Option(
        name: [.short, .long], parsing: .unconditional,
        help: ArgumentHelp(
            "The deferral radius of a new key: a Euclidean distance between inputs of the layer (the paper's epsilon). "
                + "grace needs it.", valueName: "distance"))
    var radius: Float?

    @Option(help: "How a new value starts: uniform in [0, 1) (cold) or as the layer's own output (warm).")
    var valueInit = ValueInitialisation.cold

    func validate() throws {
        guard let radius else { return }
        guard radius.isFinite, radius >= 0 else {
            throw ValidationError("--radius must be a number that is not negative, found \(radius)")
        }
    }

    /// Checks that there is a radius where it is needed, and none where it would mean nothing.
    func check(for editor: EditorName) throws {
        if editor == .grace && radius == nil {
            throw ValidationError("--editor grace needs --radius, the deferral radius of a new key")
        }
        if editor != .grace && radius != nil {
            throw ValidationError("--radius goes with --editor grace; \(editor) has no keys")
        }
        try OtherEditor.check(editor, .grace, ["--value-init": valueInit != .cold])
    }

    func options(_ editing: EditingOptions, seed: UInt64) -> GRACEOptions {
        var options = GRACEOptions(radius: radius ?? 0)
        let isOfficial = editing.compat == .official
        options.learningRate = editing.learningRate ?? editing.defaultLearningRate
        options.steps = editing.steps
        options.initialisation = valueInit
        options.replacement = editing.replacement ?? (isOfficial ? .prompt : .all)
        options.query = editing.query
        options.rules = isOfficial ? .official : .paper
        options.seed = seed
        return options
    }
}

struct FinetuneEditorOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The weight of elastic weight consolidation, which holds on to what recent edits depend on; 0 does without.",
            valueName: "weight"))
    var ewc: Float = 0

    @Option(parsing: .unconditional, help: ArgumentHelp("The recent edits that --ewc holds on to.", valueName: "count"))
    var ewcEdits = 10

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Train on all edits so far after every so many edits; 0 never does.", valueName: "count"))
    var retrainEvery = 0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Steps of such a training, each on a batch of 16.", valueName: "count"))
    var retrainSteps = 100

    func validate() throws {
        guard ewc.isFinite, ewc >= 0 else { throw ValidationError("--ewc must be at least 0, found \(ewc)") }
        for (name, value, least) in [
            ("--ewc-edits", ewcEdits, 1), ("--retrain-every", retrainEvery, 0), ("--retrain-steps", retrainSteps, 1),
        ] where !(least...1_000_000).contains(value) {
            throw ValidationError("\(name) must be from \(least) to 1000000, found \(value)")
        }
    }

    /// Checks that nothing was asked of finetuning where another editor runs.
    func check(for editor: EditorName) throws {
        let usual = FinetuneOptions()
        if ewc == 0, ewcEdits != usual.ewcEdits { throw ValidationError("--ewc-edits goes with --ewc") }
        if retrainEvery == 0, retrainSteps != usual.retrainSteps {
            throw ValidationError("--retrain-steps goes with --retrain-every")
        }
        try OtherEditor.check(
            editor, .finetune,
            [
                "--ewc": ewc != usual.ewc, "--ewc-edits": ewcEdits != usual.ewcEdits,
                "--retrain-every": retrainEvery != usual.retrainEvery,
                "--retrain-steps": retrainSteps != usual.retrainSteps,
            ])
    }

    var options: FinetuneOptions {
        var options = FinetuneOptions()
        options.ewc = ewc
        options.ewcEdits = ewcEdits
        options.retrainEvery = retrainEvery
        options.retrainSteps = retrainSteps
        return options
    }
}

struct MENDEditorOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What the learned step size of the layer begins at (--learning-rate is the hypernetwork's).",
            valueName: "rate"))
    var editRate: Float = 1e-4

    @Option(parsing: .unconditional, help: ArgumentHelp("The learning rate of that step size.", valueName: "rate"))
    var editRateLearningRate: Float = 1e-4

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The most rows of the hypernetwork's factors.", valueName: "count"))
    var rank = 1920

    func validate() throws {
        for (name, value) in [("--edit-rate", editRate), ("--edit-rate-learning-rate", editRateLearningRate)]
        where !(value.isFinite && value > 0) {
            throw ValidationError("\(name) must be a positive number, found \(value)")
        }
        guard (1...65_536).contains(rank) else {
            throw ValidationError("--rank must be from 1 to 65536, found \(rank)")
        }
    }

    /// Checks that nothing was asked of MEND where another editor runs.
    func check(for editor: EditorName) throws {
        let usual = MENDOptions()
        try OtherEditor.check(
            editor, .mend,
            [
                "--edit-rate": editRate != usual.editRate,
                "--edit-rate-learning-rate": editRateLearningRate != usual.editRateLearningRate,
                "--rank": rank != usual.rank,
            ])
    }

    var options: MENDOptions {
        var options = MENDOptions()
        options.editRate = editRate
        options.editRateLearningRate = editRateLearningRate
        options.rank = rank
        return options
    }
}

struct MemoryEditorOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("How many values the memory has.", valueName: "count"))
    var memorySize = Self.usualSize
    private static let usualSize = 100

    func validate() throws {
        guard (1...1_000_000).contains(memorySize) else {
            throw ValidationError("--memory-size must be from 1 to 1000000, found \(memorySize)")
        }
    }

    /// Checks that nothing was asked of the memory network where another editor runs.
    func check(for editor: EditorName) throws {
        try OtherEditor.check(editor, .memory, ["--memory-size": memorySize != Self.usualSize])
    }
}

/// Options of one editor that are given to another one, which would not look at them.
private enum OtherEditor {
    static func check(_ editor: EditorName, _ owner: EditorName, _ given: [String: Bool]) throws {
        guard editor != owner, let option = given.filter(\.value).keys.sorted().first else { return }
        throw ValidationError("\(option) goes with --editor \(owner), not \(editor)")
    }
}

extension ValueInitialisation: ExpressibleByArgument {}
