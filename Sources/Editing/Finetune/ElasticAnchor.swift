import Autodiff
import Tensors

/// Elastic weight consolidation (Kirkpatrick et al. 2017, equation 3): draws parameters back to where they were, each as
/// strongly as what was learned before depends on it.
struct ElasticAnchor {
    /// λ.
    let weight: Float
    /// θ*: the parameters before the edit.
    let anchors: [Tensor]
    /// F: the diagonal of the Fisher information, for each parameter.
    let fisher: [Tensor]

    /// - Parameter gradients: for each earlier edit, the gradients of its loss at θ*, one for each parameter.
    init?(_ parameters: [Variable], weight: Float, gradients: [[Tensor]]) {
        guard weight > 0, !gradients.isEmpty else { return nil }
        self.weight = weight
        anchors = parameters.map { $0.value.copy() }
        fisher = parameters.indices.map { index in
            let sum = Tensor(zeros: parameters[index].shape)
            for edit in gradients { Elementwise.accumulate(Elementwise.multiply(edit[index], edit[index]), into: sum) }
            return Elementwise.scale(sum, by: 1 / Float(gradients.count))
        }
    }

    /// Adds the gradient of `λ/2 Σ F (θ - θ*)²`.
    func addGradients(to parameters: [Variable]) {
        for ((parameter, anchor), fisher) in zip(zip(parameters, anchors), fisher) {
            let way = Elementwise.add(parameter.value, Elementwise.scale(anchor, by: -1))
            parameter.accumulate(Elementwise.scale(Elementwise.multiply(fisher, way), by: weight))
        }
    }
}
