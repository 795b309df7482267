extension Attention {
    package struct Gradients {
        package let q: Tensor
        package let k: Tensor
        package let v: Tensor
        /// `[heads, span]`, present when it was asked for.
        package let bias: Tensor?
    }

    /// Gradients of `forward` from `dOutput[query rows, width]`.
    package func backward(
        dOutput: Tensor, q: Tensor, k: Tensor, v: Tensor, probabilities: Tensor, queries: RaggedLayout,
        keys: RaggedLayout, bias: DistanceBias? = nil, wantsBiasGradient: Bool = false
    ) -> Gradients {
        let starts = probabilityStarts(queries, keys)
        let dq = Tensor(zeros: q.shape), dk = Tensor(zeros: k.shape), dv = Tensor(zeros: v.shape)
        let dBias = wantsBiasGradient ? bias.map { Tensor(zeros: $0.values.shape) } : nil
        forEachHead(queries, keys, perSequence: dBias == nil) { s, h in
            let lq = queries.length(of: s), lk = keys.visible[s]
            let firstKey = keys.starts[s] * width + h * headWidth
            let scores = Tensor(uninitialized: [max(lk, 1)])
            for i in 0..<lq {
                let row = (queries.starts[s] + i) * width + h * headWidth
                let count = causal ? min(i + 1, lk) : lk
                let p = probabilities.pointer + starts[s] + (h * lq + i) * lk
                let ds = scores.pointer
                for j in 0..<count {
                    let at = firstKey + j * width
                    ds[j] = Reduction.dot(dOutput.pointer + row, v.pointer + at, headWidth)
                    Reduction.addScaled(p[j], dOutput.pointer + row, to: dv.pointer + at, headWidth)
                }
                let mean = Reduction.dot(p, ds, count)
                for j in 0..<count { ds[j] = p[j] * (ds[j] - mean) }
                for j in 0..<count {
                    let at = firstKey + j * width
                    Reduction.addScaled(ds[j] * scale, k.pointer + at, to: dq.pointer + row, headWidth)
                    Reduction.addScaled(ds[j] * scale, q.pointer + row, to: dk.pointer + at, headWidth)
                }
                if let bias, let dBias {
                    Reduction.addScaled(1, ds, to: dBias.pointer + h * dBias.rowWidth + bias.zero - i, count)
                }
            }
        }
        return Gradients(q: dq, k: dk, v: dv, bias: dBias)
    }
}
