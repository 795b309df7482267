import Autodiff
import Checkpoints
import Foundation
import Models
import Tensors
import ToolSupport

/// The state of a training run between two processes: `training.partial.safetensors` (weights, moments, step) and
/// `best.partial.safetensors` (the weights that did best), both gone when the run is finished.
struct TrainingCheckpoint {
    let folder: URL
    /// The settings and inputs of the run, by which a checkpoint is known to belong to it.
    let identity: [String: String]

    private var stateFile: URL { folder.appendingPathComponent("training.partial.safetensors") }
    private var bestFile: URL { folder.appendingPathComponent("best.partial.safetensors") }

    private var exists: Bool { FileManager.default.fileExists(atPath: stateFile.path) }

    /// Whether there is this run to go on with. What another run has left here is removed, if it may be.
    /// - Throws: `PretrainError.otherRun` for another run's that may not, and what reading the file throws.
    func isThere(replacingOthers: Bool) throws -> Bool {
        guard exists else { return false }
        do {
            _ = try state()
            return true
        } catch  where replacingOthers {
            try remove()
            return false
        }
    }

    /// Removes the run in progress.
    func remove() throws {
        for file in [stateFile, bestFile] where FileManager.default.fileExists(atPath: file.path) {
            try FileManager.default.removeItem(at: file)
        }
    }

    /// Keeps the state; the file appears whole or not at all.
    func save(_ optimiser: AdamW, _ progress: TrainingProgress) throws {
        var metadata = identity
        metadata["training_steps"] = "\(optimiser.steps)"
        for (field, value) in progress.fields { metadata["progress_\(field)"] = value }
        var writer = SafetensorsWriter(metadata: metadata)
        for (parameter, moments) in zip(optimiser.parameters, optimiser.moments) {
            writer.add("weight.\(parameter.name)", parameter.variable.value)
            writer.add("first_moment.\(parameter.name)", moments.first)
            writer.add("second_moment.\(parameter.name)", moments.second)
        }
        try writer.write(to: stateFile)
    }

    /// Takes the weights, moments and step of a run in progress; nil where there is none.
    /// - Throws: `PretrainError.otherRun` when it is another run's, and what reading the file throws.
    func load(into optimiser: AdamW) throws -> TrainingProgress? {
        guard exists else { return nil }
        let (file, steps, progress) = try state()
        for (parameter, moments) in zip(optimiser.parameters, optimiser.moments) {
            try copy("weight.\(parameter.name)", of: file, to: parameter.variable.value)
            try copy("first_moment.\(parameter.name)", of: file, to: moments.first)
            try copy("second_moment.\(parameter.name)", of: file, to: moments.second)
        }
        optimiser.steps = steps
        return progress
    }

    /// The file of this run, how many steps it has taken, and how it did.
    private func state() throws -> (file: SafetensorsFile, steps: Int, progress: TrainingProgress) {
        let file = try SafetensorsFile(stateFile)
        for (field, now) in identity.sorted(by: { $0.key < $1.key }) where file.metadata[field] != now {
            throw PretrainError.otherRun(
                folder: stateFile.path, field: field, now: now, then: file.metadata[field] ?? "none")
        }
        guard let steps = file.metadata["training_steps"].flatMap({ Int($0) }), steps >= 0,
            let progress = TrainingProgress(fields: file.metadata)
        else { throw PretrainError.badCheckpoint(file: stateFile.path) }
        return (file, steps, progress)
    }

    /// Keeps the weights as the best so far.
    func saveBest(_ model: BertModel) throws {
        var writer = SafetensorsWriter()
        for (name, variable) in model.parameters { writer.add(name, variable.value) }
        try writer.write(to: bestFile)
    }

    /// Gives the model its best weights.
    func restoreBest(into model: BertModel) throws {
        let file = try SafetensorsFile(bestFile)
        for (name, variable) in model.parameters { try copy(name, of: file, to: variable.value) }
    }

    private func copy(_ name: String, of file: SafetensorsFile, to target: Tensor) throws {
        let source = try file.tensor(name)
        guard source.shape == target.shape else { throw PretrainError.badCheckpoint(file: file.url.path) }
        target.pointer.update(from: source.pointer, count: target.count)
    }
}

extension TrainingProgress {
    /// As strings that keep every bit.
    fileprivate var fields: [String: String] {
        [
            "best_accuracy": "\(best?.accuracy ?? .nan)", "best_loss": "\(best?.loss ?? .nan)",
            "best_epoch": "\(bestEpoch)", "loss_sum": "\(lossSum)", "right": "\(right)", "seen": "\(seen)",
            "last_loss": "\(lastLoss)",
        ]
    }

    fileprivate init?(fields: [String: String]) {
        func number(_ name: String) -> Double? { fields["progress_\(name)"].flatMap { Double($0) } }
        func count(_ name: String) -> Int? { fields["progress_\(name)"].flatMap { Int($0) } }
        guard let accuracy = number("best_accuracy"), let loss = number("best_loss"), let epoch = count("best_epoch"),
            let lossSum = number("loss_sum"), let right = count("right"), let seen = count("seen"),
            let lastLoss = number("last_loss")
        else { return nil }
        best = epoch == 0 ? nil : ClassifierScore(accuracy: accuracy, loss: loss)
        bestEpoch = epoch
        (self.lossSum, self.right, self.seen, self.lastLoss) = (lossSum, right, seen, lastLoss)
    }
}
