extension Attention {
    /// Queries whose scores are computed before keys and values take their gradients from them: as many as leave room in
    /// the second-level cache for the packed keys and values and for their gradients.
    private static let queriesTogether = 66

    /// Gradients of `forwardTiles` from `dOutput[query rows, width]`. What dropped out is read from the signs of what
    /// was kept; of `dropout` only the probability counts.
    func backwardTiles(
        dOutput: Tensor, output: Tensor, q: Tensor, k: Tensor, v: Tensor, kept: Tensor, queries: RaggedLayout,
        keys: RaggedLayout, dropout: Dropout?, into gradients: Gradients
    ) {
        let starts = keptStarts(queries, keys)
        forEachHead(queries, keys, perSequence: true) { s, h in
            let lq = queries.length(of: s), lk = keys.visible[s], stride = Self.scoreStride(lk)
            let query = queries.starts[s] * width + h * headWidth, key = keys.starts[s] * width + h * headWidth
            let packedKeys = packedRows(k.pointer + key, rows: lk)
            let packedValues = packedColumns(v.pointer + key, rows: lk)
            let rows = keptRows(kept, starts, queries, keys, sequence: s, head: h)
            let slopes = Tensor(uninitialized: [Self.queriesTogether, stride])
            let weights = Tensor(uninitialized: [Self.queriesTogether, stride])
            let dk = Tensor(uninitialized: [lk, headWidth]), dv = Tensor(uninitialized: [lk, headWidth])
            for first in Swift.stride(from: 0, to: lq, by: Self.queriesTogether) {
                let count = min(Self.queriesTogether, lq - first), row = query + first * width
                forEachTile(
                    count,
                    BackwardTile(
                        dOutput: dOutput.pointer + row, output: output.pointer + row, keys: packedKeys.pointer,
                        values: packedValues.pointer, kept: rows.exponentials + first * Self.keptStride(lk),
                        normalisers: rows.normalisers + first, dQueries: gradients.q.pointer + row, width: width,
                        count: lk, scale: Vector(repeating: scale),
                        factor: dropout?.factor ?? 1, slopes: slopes.pointer,
                        weights: weights.pointer, stride: stride))
                let isLast = first + count == lq
                func add(_ factors: Tensor, _ source: Tensor, _ sum: Tensor, _ gradient: Tensor, scale: Float) {
                    let panel = packedRows(source.pointer + row, rows: count)
                    forEachTile(
                        lk,
                        KeyTile(
                            factors: factors.pointer, stride: stride, depth: count, panel: panel.pointer,
                            sum: sum.pointer, begins: first == 0,
                            result: isLast ? gradient.pointer + key : sum.pointer,
                            resultStride: isLast ? width : headWidth,
                            scale: Vector(repeating: isLast ? scale : 1)))
                }
                add(slopes, q, dk, gradients.k, scale: scale)
                add(weights, dOutput, dv, gradients.v, scale: 1)
            }
        }
    }
}

/// Queries of one head of one sequence: their own gradients, and those of their scores, which their keys wait for.
private struct BackwardTile: TileBody {
    let dOutput: UnsafePointer<Float>
    let output: UnsafePointer<Float>
    let keys: UnsafePointer<Float>
    let values: UnsafePointer<Float>
    let kept: UnsafePointer<Float>
    let normalisers: UnsafePointer<Float>
    let dQueries: UnsafeMutablePointer<Float>
    let width: Int
    /// Keys.
    let count: Int
    let scale: Vector
    /// On the probabilities that did not drop out.
    let factor: Float
    /// Gradients of the scores, and the weights of the values: a row for each query.
    let slopes: UnsafeMutablePointer<Float>
    let weights: UnsafeMutablePointer<Float>
    let stride: Int

    @inline(__always)
    func callAsFunction<Tile: RowTile>(_: Tile.Type, row: Int, pass _: Int) {
        let slopes = slopes + row * stride, end = Attention.keptStride(count), first = row * width
        Tile.products(
            dOutput + first, rowStep: width, panels: values, count: count, to: slopes, stride: stride,
            ahead: kept + row * end, aheadStride: end)
        for i in 0..<Tile.height { differentiate(row + i) }
        let dQueries = dQueries + first
        Tile.product(slopes, rowStep: stride, panel: keys, depth: count).forEach(first: 0) { i, sums in
            (sums * scale).store(to: dQueries + i &* width)
        }
    }

    /// From the gradients d of the weights of one query to those of its scores, in place: `p · (d - Σ p · d)`, where
    /// the sum is the product of the query's output with its gradient. Writes the weights once more.
    private func differentiate(_ row: Int) {
        let end = Attention.keptStride(count), kept = kept + row * end
        let slopes = slopes + row * stride, weights = weights + row * stride
        let mean = Reduction.dot(dOutput + row * width, output + row * width, Attention.panelWidth)
        let onWeight = Vector(repeating: normalisers[row] * factor)
        let onSlope = Vector(repeating: -normalisers[row] * mean)
        var i = 0
        while i < end {
            let e = Vector(from: kept + i)
            let weight = larger(e, Vector.zero) * onWeight
            weight.store(to: weights + i)
            let probability = e.replacing(with: -e, where: e .< 0)
            (probability * onSlope).addingProduct(weight, Vector(from: slopes + i)).store(to: slopes + i)
            i &+= 16
        }
    }
}

/// Keys, or values, of one head of one sequence: what a block of queries adds to their gradients.
private struct KeyTile: TileBody {
    /// A row for each query.
    let factors: UnsafePointer<Float>
    let stride: Int
    /// Queries.
    let depth: Int
    let panel: UnsafePointer<Float>
    let sum: UnsafePointer<Float>
    /// Whether these queries are the first.
    let begins: Bool
    /// Where the sums go, and the factor on them there: the gradient after the last queries.
    let result: UnsafeMutablePointer<Float>
    let resultStride: Int
    let scale: Vector

    @inline(__always)
    func callAsFunction<Tile: RowTile>(_: Tile.Type, row: Int, pass _: Int) {
        let sum = sum + row * Attention.panelWidth, result = result + row * resultStride
        Tile.product(
            factors + row, rowStep: 1, step: stride, panel: panel, depth: depth,
            from: { begins ? .zero : RowSums(from: sum + $0 * Attention.panelWidth) }
        ).forEach(first: 0) { i, sums in (sums * scale).store(to: result + i &* resultStride) }
    }
}
