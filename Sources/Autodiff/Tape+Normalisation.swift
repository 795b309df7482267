import Tensors

extension Tape {
    /// T5's norm of each row: `weight · x / sqrt(mean(x²) + ε)`.
    package func rmsNorm(_ x: Variable, weight: Variable, epsilon: Float) -> Variable {
        let (y, scales) = RMSNorm.forward(x: x.value, weight: weight.value, epsilon: epsilon)
        return record(y, from: [x, weight]) { dy in
            x.accumulate(
                RMSNorm.backward(
                    dy: dy, x: x.value, weight: weight.value, scales: scales,
                    weightGradient: weight.requiresGradient ? weight.gradientForAccumulation() : nil))
        }
    }

    /// Layer norm of each row: `weight · (x - mean) / sqrt(variance + ε) + bias`; of `x + branch`, where there is one, a
    /// part of whose elements `dropout` drops: behind a residual connection.
    package func layerNorm(
        _ x: Variable, plus branch: Variable? = nil, dropout: Dropout? = nil, weight: Variable, bias: Variable,
        epsilon: Float
    ) -> Variable {
        let (y, normalised, scales) = LayerNorm.forward(
            x: x.value, plus: branch?.value, dropout: dropout, weight: weight.value, bias: bias.value, epsilon: epsilon)
        return record(y, from: [x, weight, bias] + (branch.map { [$0] } ?? [])) { dy in
            let (dx, dBranch) = LayerNorm.backward(
                dy: dy, normalised: normalised, dropout: branch == nil ? nil : dropout, weight: weight.value,
                scales: scales, weightGradient: weight.requiresGradient ? weight.gradientForAccumulation() : nil,
                biasGradient: bias.requiresGradient ? bias.gradientForAccumulation() : nil)
            let isShared = branch != nil && dBranch == nil
            x.accumulate(dx, shared: isShared)
            branch?.accumulate(dBranch ?? dx, shared: isShared)
        }
    }
}
