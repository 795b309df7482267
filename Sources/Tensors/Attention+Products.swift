/// Attention through matrix products, for the long sequences of BERT: one product for the scores of a head of a
/// sequence and one for its output. What they compute depends on that sequence alone, whatever else is in the batch and
/// however many threads share the heads.
extension Attention {
    /// As `forward`, without biases by distance. What is kept where `backwardProducts` will need it are the probabilities,
    /// or of heads in tiles what `KeptRows` says. `dropout` falls on the probabilities.
    package func forwardProducts(
        q: Tensor, k: Tensor, v: Tensor, queries: RaggedLayout, keys: RaggedLayout, dropout: Dropout? = nil,
        keepsProbabilities: Bool
    ) -> (output: Tensor, probabilities: Tensor?) {
        precondition(!causal, "causal attention has no products")
        if suitsTiles {
            return forwardTiles(
                q: q, k: k, v: v, queries: queries, keys: keys, dropout: dropout,
                keepsProbabilities: keepsProbabilities)
        }
        let starts = probabilityStarts(queries, keys)
        let output = Tensor(uninitialized: [queries.rowCount, width])
        let kept = keepsProbabilities ? Tensor(uninitialized: [starts[queries.count]]) : nil
        forEachHead(queries, keys, perSequence: true) { s, h in
            let lq = queries.length(of: s), lk = keys.visible[s]
            let query = queries.starts[s] * width + h * headWidth, key = keys.starts[s] * width + h * headWidth
            let scratch = kept == nil || dropout != nil ? Tensor(uninitialized: [lq * lk]) : nil
            guard let p = kept.map({ $0.pointer + starts[s] + h * lq * lk }) ?? scratch?.pointer else { return }
            BLAS.undivided(
                transposeB: true, m: lq, n: lk, k: headWidth, alpha: scale, a: q.pointer + query, strideA: width,
                b: k.pointer + key, strideB: width, c: p, strideC: lk)
            for i in 0..<lq { Softmax.normalise(p + i * lk, lk) }
            var weights = p
            if let dropout, let scratch {
                dropout.part(s * heads + h).apply(p, scratch.pointer, lq * lk, first: 0)
                weights = scratch.pointer
            }
            BLAS.undivided(
                m: lq, n: headWidth, k: lk, a: weights, strideA: lk, b: v.pointer + key, strideB: width,
                c: output.pointer + query, strideC: width)
        }
        return (output, kept)
    }

    /// Gradients of `forwardProducts`, which gave `output` and `probabilities`, from `dOutput[query rows, width]`.
    package func backwardProducts(
        dOutput: Tensor, output: Tensor, q: Tensor, k: Tensor, v: Tensor, probabilities: Tensor, queries: RaggedLayout,
        keys: RaggedLayout, dropout: Dropout? = nil
    ) -> Gradients {
        // Rows of padding, which nobody looks at, have no gradient of keys and values.
        let isPadded = (0..<keys.count).contains { keys.visible[$0] < keys.length(of: $0) }
        let dq = Tensor(uninitialized: q.shape)
        let dk = isPadded ? Tensor(zeros: k.shape) : Tensor(uninitialized: k.shape)
        let dv = isPadded ? Tensor(zeros: v.shape) : Tensor(uninitialized: v.shape)
        let gradients = Gradients(q: dq, k: dk, v: dv, bias: nil)
        if suitsTiles {
            backwardTiles(
                dOutput: dOutput, output: output, q: q, k: k, v: v, kept: probabilities, queries: queries, keys: keys,
                dropout: dropout, into: gradients)
            return gradients
        }
        let starts = probabilityStarts(queries, keys)
        forEachHead(queries, keys, perSequence: true) { s, h in
            let lq = queries.length(of: s), lk = keys.visible[s]
            let query = queries.starts[s] * width + h * headWidth, key = keys.starts[s] * width + h * headWidth
            let p = UnsafePointer(probabilities.pointer + starts[s] + h * lq * lk)
            let dp = Tensor(uninitialized: [lq * lk]), scratch = dropout.map { _ in Tensor(uninitialized: [lq * lk]) }
            let mask = dropout?.part(s * heads + h)
            var weights = p
            if let mask, let scratch {
                mask.apply(p, scratch.pointer, lq * lk, first: 0)
                weights = UnsafePointer(scratch.pointer)
            }
            BLAS.undivided(
                transposeA: true, m: lk, n: headWidth, k: lq, a: weights, strideA: lk, b: dOutput.pointer + query,
                strideB: width, c: dv.pointer + key, strideC: width)
            BLAS.undivided(
                transposeB: true, m: lq, n: lk, k: headWidth, a: dOutput.pointer + query, strideA: width,
                b: v.pointer + key, strideB: width, c: dp.pointer, strideC: lk)
            if let mask { mask.apply(dp.pointer, dp.pointer, lq * lk, first: 0) }
            for i in 0..<lq { Softmax.backward(p + i * lk, dp.pointer + i * lk, lk) }
            BLAS.undivided(
                m: lq, n: headWidth, k: lk, alpha: scale, a: dp.pointer, strideA: lk, b: k.pointer + key,
                strideB: width, c: dq.pointer + query, strideC: width)
            BLAS.undivided(
                transposeA: true, m: lk, n: headWidth, k: lq, alpha: scale, a: dp.pointer, strideA: lk,
                b: q.pointer + query, strideB: width, c: dk.pointer + key, strideC: width)
        }
        return gradients
    }
}

extension Softmax {
    /// The softmax of `count` floats, in place.
    @inline(__always)
    static func normalise(_ row: UnsafeMutablePointer<Float>, _ count: Int) {
        let scale = Vector(repeating: 1 / unnormalised(UnsafePointer(row), row, count).sum)
        forEachVector(count) { i, lanes in lanes.store(lanes.load(UnsafePointer(row + i)) * scale, row + i) }
    }

    /// From the gradient `d` of the probabilities `p` that of the scores, in place: `p · (d - Σ p · d)`.
    @inline(__always)
    static func backward(_ p: UnsafePointer<Float>, _ d: UnsafeMutablePointer<Float>, _ count: Int) {
        let mean = Vector(repeating: Reduction.dot(p, d, count))
        forEachVector(count) { i, lanes in
            lanes.store(lanes.load(p + i) * (lanes.load(UnsafePointer(d + i)) - mean), d + i)
        }
    }
}
