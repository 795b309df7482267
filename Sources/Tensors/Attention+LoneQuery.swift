/// Attention of one query for each sequence, from the states that keys and values would be computed from.
///
/// With a single query no key and no value is needed, only sums that associate otherwise: a score `q · (K x)` is
/// `(Kᵀ q) · x`, and the mix `Σ p (V x + b)` is `V (Σ p x) + b Σ p`. For each head and sequence that is one product with
/// the states each, in place of one for every channel of the head. A bias of the keys adds the same to all scores of a
/// head, which a softmax does not see, so that its gradient is zero.
///
/// What is computed for a sequence depends on it alone, whatever else is in the batch and however many threads there are.
extension Attention {
    /// What `backwardLone` needs of the way there; `[sequences, heads, inputs]` where nothing else is said.
    package struct LoneState {
        /// `Kᵀ q`, scaled.
        let folded: Tensor
        /// For each sequence, of the keys that it may see, `[heads, keys]`.
        let probabilities: [Tensor]
        /// `Σ p x`, after dropout, as `sums`, which are `[sequences, heads]`.
        let mixed: Tensor
        let sums: Tensor
    }

    /// The weights `[width, inputs]` and biases of the layers that would compute keys and values.
    package struct KeyValueWeights {
        let key: Tensor
        let keyBias: Tensor
        let value: Tensor
        let valueBias: Tensor

        package init(key: Tensor, keyBias: Tensor, value: Tensor, valueBias: Tensor) {
            (self.key, self.keyBias, self.value, self.valueBias) = (key, keyBias, value, valueBias)
        }
    }

    /// From queries `q[sequences, width]` and states `x[rows, inputs]` to `[sequences, width]`. `dropout` falls on the
    /// probabilities.
    package func forwardLone(
        q: Tensor, x: Tensor, layout: RaggedLayout, weights: KeyValueWeights, dropout: Dropout? = nil
    ) -> (output: Tensor, state: LoneState) {
        precondition(!causal && q.rowCount == layout.count, "\(q.rowCount) queries for \(layout.count) sequences")
        let scaled = Elementwise.scale(q, by: scale), folded = fromHeads(scaled, weights.key)
        let mixed = Tensor(uninitialized: folded.shape), sums = Tensor(uninitialized: [layout.count, heads])
        let probabilities = (0..<layout.count).map { s in
            let states = seen(x, layout, s), count = states.rowCount
            let p = FrozenProduct.forward(x: part(folded, s), weight: states)
            for h in 0..<heads {
                let channel = h * headWidth
                let bias = Reduction.dot(
                    scaled.pointer + s * width + channel, weights.keyBias.pointer + channel, headWidth)
                for j in 0..<count { p.pointer[h * count + j] += bias }
                Softmax.normalise(p.pointer + h * count, count)
            }
            let dropped = droppedLone(p, dropout, sequence: s)
            for h in 0..<heads { sums.pointer[s * heads + h] = Reduction.sum(dropped.pointer + h * count, count) }
            let sum = FrozenProduct.backward(dy: dropped, weight: states)
            part(mixed, s).pointer.update(from: sum.pointer, count: sum.count)
            return p
        }
        let output = toHeads(mixed, weights.value)
        for s in 0..<layout.count {
            for h in 0..<heads {
                Reduction.addScaled(
                    sums.pointer[s * heads + h], weights.valueBias.pointer + h * headWidth,
                    to: output.pointer + s * width + h * headWidth, headWidth)
            }
        }
        return (output, LoneState(folded: folded, probabilities: probabilities, mixed: mixed, sums: sums))
    }

    /// The states of a sequence that may be attended to.
    func seen(_ x: Tensor, _ layout: RaggedLayout, _ sequence: Int) -> Tensor {
        let start = layout.starts[sequence]
        return x.rows(start..<start + layout.visible[sequence])
    }

    func loneMask(_ dropout: Dropout?, sequence: Int, head: Int) -> Dropout? {
        dropout?.part(sequence * heads + head)
    }

    /// The probabilities `[heads, keys]` of a sequence after dropout.
    func droppedLone(_ p: Tensor, _ dropout: Dropout?, sequence: Int) -> Tensor {
        guard dropout != nil else { return p }
        let result = Tensor(uninitialized: p.shape)
        for h in 0..<heads {
            let first = h * p.rowWidth
            loneMask(dropout, sequence: sequence, head: h)?.apply(
                p.pointer + first, result.pointer + first, p.rowWidth, first: 0)
        }
        return result
    }

    /// Sequence `s` of a tensor `[sequences, heads, inputs]`, as `[heads, inputs]`.
    func part(_ x: Tensor, _ s: Int) -> Tensor { x.rows(s..<s + 1).reshaped([heads, x.rowWidth / heads]) }

    /// From `x[sequences, width]` to `[sequences, heads, inputs]`: each head's part times its rows of the weight.
    func fromHeads(_ x: Tensor, _ weight: Tensor) -> Tensor {
        eachHead(of: x, to: [x.rowCount, heads, weight.rowWidth]) {
            FrozenProduct.backward(dy: $0, weight: headRows(weight, $1))
        }
    }

    /// From `x[sequences, heads, inputs]` to `[sequences, width]`: the other way.
    func toHeads(_ x: Tensor, _ weight: Tensor) -> Tensor {
        eachHead(of: x, to: [x.rowCount, width]) { FrozenProduct.forward(x: $0, weight: headRows(weight, $1)) }
    }

    private func headRows(_ weight: Tensor, _ h: Int) -> Tensor { weight.rows(h * headWidth..<(h + 1) * headWidth) }

    /// Puts what `product` makes of each head's part of the rows of `x` in the same head's part of the result.
    private func eachHead(of x: Tensor, to shape: [Int], _ product: (Tensor, Int) -> Tensor) -> Tensor {
        let result = Tensor(uninitialized: shape)
        let from = x.rowWidth / heads, to = result.rowWidth / heads
        Parallel.forEach(heads) { h in
            let part = Tensor(uninitialized: [x.rowCount, from])
            for s in 0..<x.rowCount {
                (part.pointer + s * from).update(from: x.pointer + (s * heads + h) * from, count: from)
            }
            let rows = product(part, h)
            for s in 0..<x.rowCount {
                (result.pointer + (s * heads + h) * to).update(from: rows.pointer + s * to, count: to)
            }
        }
        return result
    }
}
