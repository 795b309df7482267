import Foundation
import Tensors

extension Tape {
    /// The sum of the binary cross-entropies of `logits[rows, 1]` against targets 0 or 1, shape `[]`, and each of them:
    /// `log(1 + exp(x)) - target · x`, computed so that no logit is too large (PyTorch, BCEWithLogitsLoss).
    package func binaryCrossEntropy(
        _ logits: Variable, targets: [Float]
    ) -> (total: Variable, each: [Float]) {
        let values = logits.value.array
        precondition(values.count == targets.count, "\(values.count) logits for \(targets.count) targets")
        let each = zip(values, targets).map { x, target in
            max(x, 0) - target * x + Float(log1p(exp(-Double(x.magnitude))))
        }
        let total = record(Tensor([each.reduce(0, +)], shape: []), from: [logits]) { dy in
            let seed = dy.scalar
            let gradient = zip(values, targets).map { x, target in
                seed * (Float(1 / (1 + exp(-Double(x)))) - target)
            }
            logits.accumulate(Tensor(gradient, shape: logits.shape))
        }
        return (total, each)
    }
}
