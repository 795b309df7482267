import Tensors

extension Tape {
    /// `Σ weights[row] · nll[row]` over `logits[rows, classes]`, shape `[]`; rows labelled -100 do not count.
    ///
    /// Returns also the negative log-likelihood of each row. For the mean over the counted labels, as transformers
    /// defines a loss, give each row the weight 1 / count.
    package func crossEntropy(
        _ logits: Variable, labels: [Int32], weights: [Float]
    ) -> (loss: Variable, rowLosses: Tensor) {
        let (losses, probabilities) = CrossEntropy.forward(logits: logits.value, labels: labels)
        let loss = record(weightedSum(losses, weights), from: [logits]) { dy in
            let seed = dy.scalar
            logits.accumulate(
                CrossEntropy.backward(
                    probabilities: probabilities, labels: labels, weights: weights.map { $0 * seed }))
        }
        return (loss, losses)
    }

    /// The same over `states[rows, width] · weight[classes, width]ᵀ`: the loss of a language model's output head.
    package func crossEntropy(
        _ states: Variable, head weight: Variable, labels: [Int32], weights: [Float]
    ) -> (loss: Variable, rowLosses: Tensor) {
        guard states.requiresGradient, !weight.requiresGradient else {
            return crossEntropy(linear(states, weight: weight), labels: labels, weights: weights)
        }
        let (losses, gradients) = FrozenCrossEntropy.forward(x: states.value, weight: weight.value, labels: labels)
        let loss = record(weightedSum(losses, weights), from: [states]) { dy in
            states.accumulate(Elementwise.scaleRows(gradients, by: weights.map { $0 * dy.scalar }))
        }
        return (loss, losses)
    }

    private func weightedSum(_ losses: Tensor, _ weights: [Float]) -> Tensor {
        var total: Float = 0
        for row in 0..<weights.count { total += weights[row] * losses.pointer[row] }
        return Tensor([total], shape: [])
    }
}
