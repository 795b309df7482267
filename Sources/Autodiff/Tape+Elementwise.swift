import Tensors

extension Tape {
    /// `a + b`, of one shape: a residual connection.
    package func add(_ a: Variable, _ b: Variable) -> Variable {
        record(Elementwise.add(a.value, b.value), from: [a, b]) { dy in
            a.accumulate(dy, shared: true)
            b.accumulate(dy, shared: true)
        }
    }

    /// `a · b`, element by element: a gated product.
    package func multiply(_ a: Variable, _ b: Variable) -> Variable {
        record(Elementwise.multiply(a.value, b.value), from: [a, b]) { dy in
            if a.requiresGradient { a.accumulate(Elementwise.multiply(dy, b.value)) }
            if b.requiresGradient { b.accumulate(Elementwise.multiply(dy, a.value)) }
        }
    }

    /// `factor · x`.
    package func scale(_ x: Variable, by factor: Float) -> Variable {
        record(Elementwise.scale(x.value, by: factor), from: [x]) { dy in
            x.accumulate(Elementwise.scale(dy, by: factor))
        }
    }

    package func activation(_ x: Variable, _ function: Activation) -> Variable {
        record(function.forward(x.value), from: [x]) { dy in
            x.accumulate(function.backward(dy: dy, x: x.value))
        }
    }

    /// `x` with a part of its elements dropped; `x` itself without a dropout.
    package func dropout(_ x: Variable, _ dropout: Dropout?) -> Variable {
        guard let dropout, dropout.probability > 0 else { return x }
        return record(dropout.apply(x.value), from: [x]) { dy in x.accumulate(dropout.apply(dy)) }
    }

    /// The sum of all elements, shape `[]`.
    package func sum(_ x: Variable) -> Variable {
        let total = x.value.array.reduce(0, +)
        return record(Tensor([total], shape: []), from: [x]) { dy in
            x.accumulate(Tensor([Float](repeating: dy.scalar, count: x.value.count), shape: x.shape))
        }
    }
}
