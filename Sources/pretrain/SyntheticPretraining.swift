import ArgumentParser
import Files
import Foundation
import Models
import Tensors
import ToolSupport

/// `pretrain synthetic`: an MLP that tells two clusters of points apart.
struct SyntheticPretraining: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthetic",
        abstract: "Trains a multi-layer perceptron that tells two classes of points apart.",
        discussion: """
            Reads what prepare-data synthetic writes: training.jsonl, upstream.jsonl and labels.json, or files of \
            one's own in that form, with any number of features. Three linear layers with ReLU between them and one \
            logit (the paper's section 3.4), trained with binary cross-entropy and Adam. Writes config.json and \
            model.safetensors; run.json, written last, records the run.
            """)

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The folder with training.jsonl, upstream.jsonl and labels.json.", valueName: "folder"))
    var input: URL

    @Option(name: [.short, .long], help: ArgumentHelp("The folder to write.", valueName: "folder"))
    var output: URL

    @OptionGroup(title: "Training") var training: SyntheticTrainingOptions
    @OptionGroup var seed: SeedOption
    @OptionGroup var threads: ThreadsOption
    @OptionGroup var overwrite: OverwriteOption
    @OptionGroup var messages: MessageOptions

    func run() throws {
        Parallel.threadCount = threads.count
        try BLAS.load()
        var manifest = RunManifest(seed: seed.seed)
        for name in LabelledPoints.files { try manifest.addInput(input.appendingPathComponent(name)) }
        manifest.settings = training.settings
        manifest.settings["seed"] = "\(seed.seed)"
        let points = try LabelledPoints(folder: input)
        let folder = try TrainingFolder(output)
        defer { folder.release() }
        if try folder.isDone(manifest, overwrite: overwrite.overwrite) { return }
        var config = MLPConfig()
        config.layerWidths = [points.width, training.hiddenSize, training.hiddenSize, 1]
        config.id2label = LabelNames.id2label(points.labels)
        let model = try MLPModel(config: config, seed: seed.seed)
        Message.note(
            "\(points.training.count) points of \(points.width) features, \(points.upstream.count) upstream, "
                + "\(model.parameterCount) parameters, \(training.steps) steps of \(training.batchSize)")
        let trainer = SyntheticTrainer(model: model, points: points, options: training, seed: seed.seed)
        let loss = try trainer.train()
        let accuracy = (
            training: try trainer.accuracy(points.training), upstream: try trainer.accuracy(points.upstream)
        )

        let results = [
            "training_loss": "\(loss)", "training_accuracy": "\(accuracy.training)",
            "upstream_accuracy": "\(accuracy.upstream)", "parameters": "\(model.parameterCount)",
        ]
        try folder.finish(&manifest, results: results, model: model)
        Message.note(
            "loss \(ToolFormat.decimal(Double(loss), digits: 6)), training accuracy "
                + "\(ToolFormat.decimal(accuracy.training, digits: 4)), upstream accuracy "
                + ToolFormat.decimal(accuracy.upstream, digits: 4))
    }
}

struct SyntheticTrainingOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Width of the two hidden layers.", valueName: "width"))
    var hiddenSize = 100

    @Option(parsing: .unconditional, help: ArgumentHelp("Training steps.", valueName: "count"))
    var steps = 1000

    @Option(parsing: .unconditional, help: ArgumentHelp("Points per step.", valueName: "count"))
    var batchSize = 32

    @Option(parsing: .unconditional, help: ArgumentHelp("Adam's learning rate.", valueName: "rate"))
    var learningRate: Float = 1e-3

    func validate() throws {
        for (name, value, limit) in [
            ("--hidden-size", hiddenSize, 1 << 14), ("--steps", steps, 10_000_000), ("--batch-size", batchSize, 65_536),
        ] where value < 1 || value > limit {
            throw ValidationError("\(name) must be from 1 to \(limit), found \(value)")
        }
        guard learningRate.isFinite, learningRate > 0 else {
            throw ValidationError("--learning-rate must be a positive number, found \(learningRate)")
        }
    }

    var settings: [String: String] {
        [
            "hidden_size": "\(hiddenSize)", "steps": "\(steps)", "batch_size": "\(batchSize)",
            "learning_rate": "\(learningRate)",
        ]
    }
}
