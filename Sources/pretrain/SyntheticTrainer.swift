import Autodiff
import Models
import Tensors
import ToolSupport

/// Trains an MLP on points of two classes with Adam and binary cross-entropy.
struct SyntheticTrainer {
    let model: MLPModel
    let points: LabelledPoints
    let options: SyntheticTrainingOptions
    let seed: UInt64

    /// Runs all steps; returns the mean loss over the training points after them.
    func train() throws -> Float {
        let parameters = model.parameters.map(\.variable)
        let adam = Adam(learningRate: options.learningRate)
        let progress = ProgressLine("training", total: options.steps, unit: "steps")
        var batches = BatchOrder(count: points.training.count, seed: seed)
        for step in 0..<options.steps {
            let batch = batches.next(options.batchSize).map { points.training[$0] }
            let tape = Tape()
            let (total, _) = loss(batch, tape)
            let mean = tape.scale(total, by: 1 / Float(batch.count))
            guard mean.value.scalar.isFinite else {
                throw PretrainError.lossNotFinite(step: step + 1, learningRate: options.learningRate)
            }
            tape.backward(from: mean)
            adam.step(parameters)
            progress.advance("loss \(ToolFormat.decimal(Double(mean.value.scalar), digits: 4))")
        }
        progress.finish()
        let (_, each) = loss(points.training, Tape(recording: false))
        let mean = each.reduce(0, +) / Float(each.count)
        guard mean.isFinite else {
            throw PretrainError.lossNotFinite(step: options.steps, learningRate: options.learningRate)
        }
        return mean
    }

    /// The share of points whose class the model names.
    func accuracy(_ points: [LabelledPoints.Point]) throws -> Double {
        let logits = model.logits(features(points), Tape(recording: false))
        let right = try zip(MLPModel.classes(logits.value), points).count { $0 == $1.label }
        return Double(right) / Double(points.count)
    }

    private func loss(_ batch: [LabelledPoints.Point], _ tape: Tape) -> (total: Variable, each: [Float]) {
        model.loss(logits: model.logits(features(batch), tape), labels: batch.map(\.label), tape)
    }

    private func features(_ batch: [LabelledPoints.Point]) -> Variable {
        Variable(Tensor(batch.flatMap(\.features), shape: [batch.count, points.width]))
    }
}
