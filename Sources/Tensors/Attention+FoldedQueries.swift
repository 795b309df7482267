/// Attention of few queries from the states that keys and values would be computed from.
///
/// No key and no value is needed, only sums that associate otherwise: a score `q · (K x)` is `(Kᵀ q) · x`, and the mix
/// `Σ p (V x + b)` is `V (Σ p x) + b Σ p`. So the weights are multiplied with each query, there and back, in place of
/// each state; a query of a head is as wide as a state meanwhile, which makes its scores and its mix dearer. A bias of the
/// keys adds the same to all scores of a head, which a softmax does not see, so that its gradient is zero.
///
/// What is computed for a sequence depends on it alone, whatever else is in the batch and however many threads there are.
extension Attention {
    /// What `backwardFolded` needs of the way there; `[query rows, heads, inputs]` where nothing else is said.
    package struct FoldedState {
        /// `Kᵀ q`, scaled.
        let folded: Tensor
        /// For each sequence, of the keys that it may see, `[queries · heads, keys]`.
        let probabilities: [Tensor]
        /// `Σ p x`, after dropout.
        let mixed: Tensor
        /// `Σ p`, after dropout, `[query rows, heads]`, where values have a bias.
        let sums: Tensor?
    }

    /// The weights `[width, inputs]` and biases of the layers that would compute keys and values.
    package struct KeyValueWeights {
        let key: Tensor
        let keyBias: Tensor?
        let value: Tensor
        let valueBias: Tensor?

        package init(key: Tensor, keyBias: Tensor? = nil, value: Tensor, valueBias: Tensor? = nil) {
            (self.key, self.keyBias, self.value, self.valueBias) = (key, keyBias, value, valueBias)
        }
    }

    /// Whether `queries` of a sequence take fewer multiplications, there and back, than its keys and values would.
    package func foldingPays(queries: Int, keys: Int) -> Bool {
        // With weights each query costs as much as a state; its scores and mix, three products each of a state's width
        // where ordinary ones have a head's.
        queries * (2 * headWidth + 3 * keys) < keys * 2 * headWidth
    }

    /// From queries `q[query rows, width]` and states `x[rows, inputs]` to `[query rows, width]`. `dropout` falls on
    /// the probabilities.
    package func forwardFolded(
        q: Tensor, x: Tensor, queries: RaggedLayout, keys: RaggedLayout, weights: KeyValueWeights,
        dropout: Dropout? = nil
    ) -> (output: Tensor, state: FoldedState) {
        precondition(
            !causal && q.rowCount == queries.rowCount && queries.count == keys.count,
            "\(q.rowCount) queries for \(queries.rowCount) rows of \(queries.count) sequences, \(keys.count) of keys")
        let scaled = Elementwise.scale(q, by: scale), folded = fromHeads(scaled, weights.key)
        let mixed = Tensor(uninitialized: folded.shape)
        let sums = weights.valueBias.map { _ in Tensor(uninitialized: [queries.rowCount, heads]) }
        let probabilities = (0..<queries.count).map { s in
            let states = seen(x, keys, s), count = states.rowCount
            let p = FrozenProduct.forward(x: part(folded, queries, s), weight: states)
            for row in 0..<p.rowCount {
                if let keyBias = weights.keyBias {
                    let query = scaled.pointer + queries.starts[s] * width + row * headWidth
                    let bias = Reduction.dot(query, keyBias.pointer + row % heads * headWidth, headWidth)
                    for j in 0..<count { p.pointer[row * count + j] += bias }
                }
                Softmax.normalise(p.pointer + row * count, count)
            }
            let dropped = afterDropout(p, dropout, sequence: s)
            if let sums {
                for row in 0..<p.rowCount {
                    sums.pointer[queries.starts[s] * heads + row] = Reduction.sum(dropped.pointer + row * count, count)
                }
            }
            let sum = FrozenProduct.backward(dy: dropped, weight: states)
            part(mixed, queries, s).pointer.update(from: sum.pointer, count: sum.count)
            return p
        }
        let output = toHeads(mixed, weights.value)
        if let sums, let valueBias = weights.valueBias {
            for row in 0..<sums.count {
                Reduction.addScaled(
                    sums.pointer[row], valueBias.pointer + row % heads * headWidth,
                    to: output.pointer + row * headWidth, headWidth)
            }
        }
        return (output, FoldedState(folded: folded, probabilities: probabilities, mixed: mixed, sums: sums))
    }

    /// The states of a sequence that may be attended to.
    func seen(_ x: Tensor, _ layout: RaggedLayout, _ sequence: Int) -> Tensor {
        let start = layout.starts[sequence]
        return x.rows(start..<start + layout.visible[sequence])
    }

    /// `target = mask · source` for row `row` of `[queries · heads, keys]`; nothing without a dropout.
    func applyDropout(
        _ dropout: Dropout?, sequence: Int, row: Int, _ source: UnsafePointer<Float>,
        _ target: UnsafeMutablePointer<Float>, _ keys: Int
    ) {
        dropout?.part(sequence * heads + row % heads).apply(source, target, keys, first: row / heads * keys)
    }

    /// The probabilities `[queries · heads, keys]` of a sequence after dropout.
    func afterDropout(_ p: Tensor, _ dropout: Dropout?, sequence: Int) -> Tensor {
        guard dropout != nil else { return p }
        let result = Tensor(uninitialized: p.shape)
        for row in 0..<p.rowCount {
            let first = row * p.rowWidth
            applyDropout(dropout, sequence: sequence, row: row, p.pointer + first, result.pointer + first, p.rowWidth)
        }
        return result
    }

    /// Sequence `s` of a tensor `[query rows, heads, inputs]`, as `[queries · heads, inputs]`.
    func part(_ x: Tensor, _ queries: RaggedLayout, _ s: Int) -> Tensor {
        x.rows(queries.rows(of: s)).reshaped([queries.length(of: s) * heads, x.rowWidth / heads])
    }

    /// From `x[rows, width]` to `[rows, heads, inputs]`: each head's part times its rows of the weight.
    func fromHeads(_ x: Tensor, _ weight: Tensor) -> Tensor {
        eachHead(of: x, to: [x.rowCount, heads, weight.rowWidth]) {
            FrozenProduct.backward(dy: $0, weight: headRows(weight, $1))
        }
    }

    /// From `x[rows, heads, inputs]` to `[rows, width]`: the other way.
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
