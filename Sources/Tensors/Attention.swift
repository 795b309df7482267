/// Scaled dot-product attention of several heads over ragged batches.
///
/// Queries, keys and values are `[rows, heads · headWidth]`; sequence s of the queries attends to sequence s of the
/// keys. An additive bias may depend on the distance between key and query (T5's relative positions).
package struct Attention: Sendable {
    package let heads: Int
    package let headWidth: Int
    /// Factor on the dot products: 1 in T5, 1/sqrt(headWidth) in BERT.
    package let scale: Float
    /// Whether a query sees only keys at its own position and before.
    package let causal: Bool

    package init(heads: Int, headWidth: Int, scale: Float, causal: Bool = false) {
        self.heads = heads
        self.headWidth = headWidth
        self.scale = scale
        self.causal = causal
    }

    var width: Int { heads * headWidth }

    /// Bias by distance: `values[heads, span]`, the entry for "key position - query position = 0" at column `zero`.
    package struct DistanceBias: Sendable {
        package let values: Tensor
        package let zero: Int

        package init(values: Tensor, zero: Int) {
            self.values = values
            self.zero = zero
        }
    }

    /// Where the probabilities of sequence s begin: heads · queries · keys floats each.
    func probabilityStarts(_ queries: RaggedLayout, _ keys: RaggedLayout) -> [Int] {
        var starts = [0]
        for s in 0..<queries.count { starts.append(starts[s] + heads * queries.length(of: s) * keys.visible[s]) }
        return starts
    }

    /// Returns the mixed values `[query rows, width]` and the probabilities that `backward` needs.
    package func forward(
        q: Tensor, k: Tensor, v: Tensor, queries: RaggedLayout, keys: RaggedLayout, bias: DistanceBias? = nil
    ) -> (output: Tensor, probabilities: Tensor) {
        let starts = probabilityStarts(queries, keys)
        let output = Tensor(uninitialized: [queries.rowCount, width])
        let probabilities = Tensor(uninitialized: [starts[queries.count]])
        forEachHead(queries, keys, perSequence: true) { s, h in
            let lq = queries.length(of: s), lk = keys.visible[s]
            let firstKey = keys.starts[s] * width + h * headWidth
            for i in 0..<lq {
                let row = (queries.starts[s] + i) * width + h * headWidth
                attend(
                    query: q.pointer + row, keys: k.pointer + firstKey, values: v.pointer + firstKey,
                    keyStride: width, count: causal ? min(i + 1, lk) : lk, span: lk,
                    bias: bias.map { UnsafePointer($0.values.pointer + h * $0.values.rowWidth + $0.zero - i) },
                    probabilities: probabilities.pointer + starts[s] + (h * lq + i) * lk, output: output.pointer + row)
            }
        }
        return (output, probabilities)
    }

    /// One query row of one head over `count` keys; probabilities beyond `count`, up to `span`, become zero.
    @inline(__always)
    func attend(
        query: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>, keyStride: Int,
        count: Int, span: Int, bias: UnsafePointer<Float>?, probabilities p: UnsafeMutablePointer<Float>,
        output: UnsafeMutablePointer<Float>
    ) {
        for j in 0..<count { p[j] = Reduction.dot(query, keys + j * keyStride, headWidth) * scale }
        if let bias { Reduction.addScaled(1, bias, to: p, count) }
        let sum = Softmax.unnormalised(UnsafePointer(p), p, count).sum
        let scale = 1 / sum
        output.update(repeating: 0, count: headWidth)
        for j in 0..<count {
            p[j] *= scale
            Reduction.addScaled(p[j], values + j * keyStride, to: output, headWidth)
        }
        for j in count..<span { p[j] = 0 }
    }

    /// Calls `body(sequence, head)` for all pairs, on several threads where the work is worth it. With
    /// `perSequence` false all sequences of a head run on one thread, in order, so that they may add to shared sums.
    func forEachHead(
        _ queries: RaggedLayout, _ keys: RaggedLayout, perSequence: Bool, _ body: (Int, Int) -> Void
    ) {
        let work = (0..<queries.count).reduce(0) { $0 + queries.length(of: $1) * keys.visible[$1] } * width
        if work < 1 << 15 {
            for h in 0..<heads { for s in 0..<queries.count { body(s, h) } }
        } else if perSequence {
            Parallel.forEach(queries.count * heads) { body($0 / heads, $0 % heads) }
        } else {
            Parallel.forEach(heads) { h in for s in 0..<queries.count { body(s, h) } }
        }
    }
}
