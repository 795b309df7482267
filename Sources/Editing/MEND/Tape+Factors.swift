import Autodiff
import Tensors

extension Tape {
    /// `Σ v[t] ⊗ u[t]` over the rows t of `v[rows, outputs]` and `u[rows, inputs]`: `[outputs, inputs]`, a gradient from
    /// its factors.
    func sumOfOuterProducts(_ v: Variable, _ u: Variable) -> Variable {
        let sum = BLAS.weightGradient(dy: v.value, x: u.value)
        return record(sum, from: [v, u]) { gradient in
            if v.requiresGradient { v.accumulate(BLAS.forward(x: u.value, weight: gradient)) }
            if u.requiresGradient { u.accumulate(BLAS.backward(dy: v.value, weight: gradient)) }
        }
    }

    /// `weight - rate · gradient`: a step of gradient descent whose rate, of shape [1], is itself learned.
    func descend(_ weight: Tensor, rate: Variable, along gradient: Variable) -> Variable {
        let step = rate.value.scalar
        return record(
            Elementwise.add(weight, Elementwise.scale(gradient.value, by: -step)), from: [rate, gradient]
        ) { dy in
            let product = Elementwise.multiply(dy, gradient.value).array.reduce(0.0) { $0 + Double($1) }
            rate.accumulate(Tensor([-Float(product)], shape: [1]))
            if gradient.requiresGradient { gradient.accumulate(Elementwise.scale(dy, by: -step)) }
        }
    }

    /// `max(0, x)`, whose slope at 0 is 1, as that of `clamp` was in the PyTorch that MEND was written for: layers that
    /// begin at 0 could not learn otherwise.
    func clampedAtZero(_ x: Variable) -> Variable {
        record(Activation.relu.forward(x.value), from: [x]) { dy in
            let dx = dy.copy()
            for i in 0..<dx.count where x.value.pointer[i] < 0 { dx.pointer[i] = 0 }
            x.accumulate(dx)
        }
    }
}
