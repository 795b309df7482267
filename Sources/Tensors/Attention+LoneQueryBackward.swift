extension Attention {
    package struct LoneGradients {
        package let q: Tensor
        package let x: Tensor
        /// Of the weights, present when they were asked for; that of a bias of the keys is zero.
        package let key: Tensor?
        package let value: Tensor?
        package let valueBias: Tensor?
    }

    /// Gradients of `forwardLone` from `dOutput[sequences, width]`.
    package func backwardLone(
        dOutput: Tensor, q: Tensor, x: Tensor, layout: RaggedLayout, weights: KeyValueWeights, state: LoneState,
        dropout: Dropout? = nil, wantsWeightGradients: Bool
    ) -> LoneGradients {
        let inputs = x.rowWidth
        let dMixed = fromHeads(dOutput, weights.value), dFolded = Tensor(uninitialized: state.folded.shape)
        let isPadded = (0..<layout.count).contains { layout.visible[$0] < layout.length(of: $0) }
        let dx = isPadded ? Tensor(zeros: x.shape) : Tensor(uninitialized: x.shape)
        for s in 0..<layout.count {
            let states = seen(x, layout, s), count = states.rowCount, p = state.probabilities[s]
            let ds = FrozenProduct.forward(x: part(dMixed, s), weight: states)
            for h in 0..<heads {
                let d = ds.pointer + h * count
                // What the bias of the values gives for each probability.
                let bias = Reduction.dot(
                    dOutput.pointer + s * width + h * headWidth, weights.valueBias.pointer + h * headWidth, headWidth)
                for j in 0..<count { d[j] += bias }
                loneMask(dropout, sequence: s, head: h)?.apply(d, d, count, first: 0)
                Softmax.backward(p.pointer + h * count, d, count)
            }
            let sum = FrozenProduct.backward(dy: ds, weight: states)
            part(dFolded, s).pointer.update(from: sum.pointer, count: sum.count)
            // A state takes part in each head's mix and in each head's score.
            let factors = Rows.concatenate([droppedLone(p, dropout, sequence: s), ds])
            let rows = Rows.concatenate([part(dMixed, s), part(state.folded, s)])
            BLAS.product(
                transposeA: true, m: count, n: inputs, k: 2 * heads, a: factors.pointer, strideA: count,
                b: rows.pointer, strideB: inputs, c: dx.pointer + layout.starts[s] * inputs, strideC: inputs)
        }
        let dq = Elementwise.scale(toHeads(dFolded, weights.key), by: scale)
        guard wantsWeightGradients else { return LoneGradients(q: dq, x: dx, key: nil, value: nil, valueBias: nil) }
        let dBias = Tensor(zeros: [width])
        for s in 0..<layout.count {
            for h in 0..<heads {
                Reduction.addScaled(
                    state.sums.pointer[s * heads + h], dOutput.pointer + s * width + h * headWidth,
                    to: dBias.pointer + h * headWidth, headWidth)
            }
        }
        return LoneGradients(
            q: dq, x: dx, key: weightGradient(Elementwise.scale(q, by: scale), dFolded),
            value: weightGradient(dOutput, state.mixed), valueBias: dBias)
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
