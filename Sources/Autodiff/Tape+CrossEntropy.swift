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
        var total: Float = 0
        for row in 0..<labels.count { total += weights[row] * losses.pointer[row] }
        let loss = record(Tensor([total], shape: []), from: [logits]) { dy in
            let seed = dy.scalar
            logits.accumulate(
                CrossEntropy.backward(
                    probabilities: probabilities, labels: labels, weights: weights.map { $0 * seed }))
        }
        return (loss, losses)
    }
}
