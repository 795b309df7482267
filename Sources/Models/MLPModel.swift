import Autodiff
import Checkpoints
import Foundation
import Tensors

/// A multi-layer perceptron with ReLU between its layers, whose one logit tells two classes apart.
package final class MLPModel {
    package let config: MLPConfig
    package let parameters: [(name: String, variable: Variable)]
    /// Names of the two classes.
    let labels: [String]
    let layers: [MLPLayer]

    /// Loads a folder with config.json and weights named `layers.0.weight`, `layers.0.bias`, ...
    ///
    /// - Parameter trainable: copy the weights and give them gradients.
    package convenience init(folder: URL, trainable: Bool = false) throws {
        let config = try CheckpointFolder.config(MLPConfig.self, in: folder)
        let file = folder.appendingPathComponent("config.json").path
        try config.validate(file: file)
        let source = try CheckpointFolder.openWeights(in: folder)
        try self.init(config, WeightStore(.checkpoint(source), trainable: trainable), file: file)
    }

    /// A model with random weights, ready for training: normal with variance 2 / inputs (He et al. 2015), biases zero.
    package convenience init(config: MLPConfig, seed: UInt64) throws {
        try config.validate(file: "model configuration")
        try self.init(config, WeightStore(.random(seed: seed), trainable: true), file: "model configuration")
    }

    private init(_ config: MLPConfig, _ store: WeightStore, file: String) throws {
        self.config = config
        labels = try LabelNames.ordered(config.id2label, count: 2, file: file)
        layers = try zip(config.layerWidths, config.layerWidths.dropFirst()).enumerated().map { index, widths in
            try MLPLayer(inputs: widths.0, outputs: widths.1, store.root("layers", index))
        }
        parameters = store.parameters
    }

    /// Logits `[rows, 1]` of inputs `[rows, width]`.
    package func logits(_ x: Variable, _ tape: Tape) -> Variable {
        finish(layers[0](x, tape), after: 0, tape)
    }

    /// The layers after `layer`, whose output is `x`.
    func finish(_ x: Variable, after layer: Int, _ tape: Tape) -> Variable {
        layers[(layer + 1)...].reduce(x) { $1(tape.activation($0, .relu), tape) }
    }

    /// Binary cross-entropy of each input, and their sum.
    package func loss(
        logits: Variable, labels: [Int32], _ tape: Tape
    ) -> (total: Variable, each: [Float]) {
        tape.binaryCrossEntropy(logits, targets: labels.map(Float.init))
    }

    /// Class 1 where the logit is above zero, else class 0.
    ///
    /// - Throws: `ModelError.notANumber` when a logit is NaN.
    package static func classes(_ logits: Tensor) throws(ModelError) -> [Int32] {
        let values = logits.array
        guard !values.contains(where: \.isNaN) else { throw .notANumber(context: "classifying") }
        return values.map { $0 > 0 ? 1 : 0 }
    }
}

/// `layers.N`: a linear layer with a bias.
struct MLPLayer {
    let weight: Variable
    let bias: Variable

    init(inputs: Int, outputs: Int, _ scope: WeightScope) throws {
        weight = try scope.weight([outputs, inputs], deviation: (2 / Float(inputs)).squareRoot())
        bias = try scope.bias(outputs)
    }

    func callAsFunction(_ x: Variable, _ tape: Tape) -> Variable { tape.linear(x, weight: weight, bias: bias) }
}
