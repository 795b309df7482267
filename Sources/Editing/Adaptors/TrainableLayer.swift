import Autodiff
import Models
import Tensors

/// A linear layer of an adaptor while it is trained.
struct TrainableLayer {
    let weight: Variable
    let bias: Variable

    /// A layer `[outputs, inputs]` that begins as PyTorch's linear layers do, uniform within ±1/√inputs, or as the record
    /// has it under `name.weight` and `name.bias`.
    init(
        _ name: String, inputs: Int, outputs: Int, _ record: AdaptorRecord, _ random: inout RandomStream
    ) throws {
        let bound = 1 / Float(inputs).squareRoot()
        func drawn(_ shape: [Int]) -> Tensor {
            let uniform = random.uniform(shape)
            return Tensor(uniform.array.map { (2 * $0 - 1) * bound }, shape: shape)
        }
        // Drawn even where the record has the layer, so that what is drawn next does not depend on it.
        let (weight, bias) = (drawn([outputs, inputs]), drawn([outputs]))
        self.weight = Variable(
            try record.tensor("\(name).weight", shape: weight.shape) ?? weight, requiresGradient: true)
        self.bias = Variable(try record.tensor("\(name).bias", shape: bias.shape) ?? bias, requiresGradient: true)
    }

    /// The parameters under the names that `SiteLayer.named` gives them.
    func named(_ name: String) -> [(name: String, variable: Variable)] {
        [("\(name).weight", weight), ("\(name).bias", bias)]
    }

    /// The layer as it is now, sharing memory.
    var frozen: SiteLayer { SiteLayer(weight: weight.value, bias: bias.value) }

    func callAsFunction(_ x: Variable, _ tape: Tape) -> Variable { tape.linear(x, weight: weight, bias: bias) }
}

extension SiteLayer {
    /// `x[rows, inputs] · weightᵀ + bias`, for inference.
    func callAsFunction(_ x: Tensor) -> Tensor {
        Tape(recording: false).linear(Variable(x), weight: Variable(weight), bias: bias.map { Variable($0) }).value
    }

    /// The tensors under the names that PyTorch would give them.
    func named(_ name: String) -> [String: Tensor] {
        var tensors = ["\(name).weight": weight]
        tensors["\(name).bias"] = bias
        return tensors
    }
}
