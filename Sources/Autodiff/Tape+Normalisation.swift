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

    /// Layer norm of each row: `weight · (x - mean) / sqrt(variance + ε) + bias`.
    package func layerNorm(_ x: Variable, weight: Variable, bias: Variable, epsilon: Float) -> Variable {
        let (y, normalised, scales) = LayerNorm.forward(
            x: x.value, weight: weight.value, bias: bias.value, epsilon: epsilon)
        return record(y, from: [x, weight, bias]) { dy in
            x.accumulate(
                LayerNorm.backward(
                    dy: dy, normalised: normalised, weight: weight.value, scales: scales,
                    weightGradient: weight.requiresGradient ? weight.gradientForAccumulation() : nil,
                    biasGradient: bias.requiresGradient ? bias.gradientForAccumulation() : nil))
        }
    }
}
