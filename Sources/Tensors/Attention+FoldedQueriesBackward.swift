extension Attention {
    package struct FoldedGradients {
        package let q: Tensor
        package let x: Tensor
        /// Of the weights, present when they were asked for; that of a bias of the keys is zero.
        package let key: Tensor?
        package let value: Tensor?
        package let valueBias: Tensor?
    }

    /// Gradients of `forwardFolded` from `dOutput[query rows, width]`.
    package func backwardFolded(
        dOutput: Tensor, q: Tensor, x: Tensor, queries: RaggedLayout, keys: RaggedLayout, weights: KeyValueWeights,
        state: FoldedState, dropout: Dropout? = nil, wantsWeightGradients: Bool
    ) -> FoldedGradients {
        let dMixed = fromHeads(dOutput, weights.value), dFolded = Tensor(uninitialized: state.folded.shape)
        let dx = Tensor(zeros: x.shape)
        for s in 0..<queries.count {
            let states = seen(x, keys, s), count = states.rowCount, p = state.probabilities[s]
            let ds = FrozenProduct.forward(x: part(dMixed, queries, s), weight: states)
            for row in 0..<ds.rowCount {
                let d = ds.pointer + row * count
                if let valueBias = weights.valueBias {
                    // What the bias of the values gives for each probability.
                    let bias = Reduction.dot(
                        dOutput.pointer + queries.starts[s] * width + row * headWidth,
                        valueBias.pointer + row % heads * headWidth, headWidth)
                    for j in 0..<count { d[j] += bias }
                }
                applyDropout(dropout, sequence: s, row: row, d, d, count)
                Softmax.backward(p.pointer + row * count, d, count)
            }
            let sum = FrozenProduct.backward(dy: ds, weight: states)
            part(dFolded, queries, s).pointer.update(from: sum.pointer, count: sum.count)
            // A state takes part in each head's mix and in each head's score.
            addOuterProducts(
                Rows.concatenate([afterDropout(p, dropout, sequence: s), ds]),
                Rows.concatenate([part(dMixed, queries, s), part(state.folded, queries, s)]), to: seen(dx, keys, s))
        }
        let dq = Elementwise.scale(toHeads(dFolded, weights.key), by: scale)
        guard wantsWeightGradients else { return FoldedGradients(q: dq, x: dx, key: nil, value: nil, valueBias: nil) }
        let dBias = state.sums.map { sums in
            let dBias = Tensor(zeros: [width])
            for row in 0..<sums.count {
                Reduction.addScaled(
                    sums.pointer[row], dOutput.pointer + row * headWidth,
                    to: dBias.pointer + row % heads * headWidth, headWidth)
            }
            return dBias
        }
        return FoldedGradients(
            q: dq, x: dx, key: weightGradient(Elementwise.scale(q, by: scale), dFolded),
            value: weightGradient(dOutput, state.mixed), valueBias: dBias)
    }

    /// `sums[rows, inputs] += factors[n, rows]ᵀ · terms[n, inputs]`.
    private func addOuterProducts(_ factors: Tensor, _ terms: Tensor, to sums: Tensor) {
        let n = factors.rowCount, rows = factors.rowWidth, inputs = terms.rowWidth
        let transposed = Tensor(uninitialized: [rows, n])
        for i in 0..<n { for row in 0..<rows { transposed.pointer[row * n + i] = factors.pointer[i * rows + row] } }
        Parallel.split(rows, granularity: 24) { range in
            backwardPanel(
                dy: transposed.pointer + range.lowerBound * n, stride: n, rows: range.count, weight: terms.pointer,
                outputs: 0..<n, inputs: inputs, dx: sums.pointer + range.lowerBound * inputs)
        }
    }

    /// The gradient `[width, inputs]` of a weight from both sides of its product, over all sequences.
    private func weightGradient(_ side: Tensor, _ inputSide: Tensor) -> Tensor {
        let inputs = inputSide.rowWidth / heads, result = Tensor(uninitialized: [width, inputs])
        Parallel.forEach(heads) { h in
            BLAS.undivided(
                transposeA: true, m: headWidth, n: inputs, k: side.rowCount, a: side.pointer + h * headWidth,
                strideA: width, b: inputSide.pointer + h * inputs, strideB: inputSide.rowWidth,
                c: result.pointer + h * headWidth * inputs, strideC: inputs)
        }
        return result
    }
}
