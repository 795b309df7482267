extension Attention {
    /// Queries whose scores are computed before keys and values take their gradients from them: as many as leave room in
    /// the second-level cache for the packed keys and values and for their gradients.
    private static let queriesTogether = 66

    /// Gradients of `forwardTiles` from `dOutput[query rows, width]`. What dropped out is read from the signs of the
    /// probabilities; of `dropout` only the probability counts.
    func backwardTiles(
        dOutput: Tensor, q: Tensor, k: Tensor, v: Tensor, probabilities: Tensor, queries: RaggedLayout,
        keys: RaggedLayout, dropout: Dropout?, into gradients: Gradients
    ) {
        let starts = keptStarts(queries, keys)
        let factor = Vector(repeating: dropout.map { 1 / (1 - $0.probability) } ?? 1)
        forEachHead(queries, keys, perSequence: true) { s, h in
            let lq = queries.length(of: s), lk = keys.visible[s], stride = Self.scoreStride(lk)
            let query = queries.starts[s] * width + h * headWidth, key = keys.starts[s] * width + h * headWidth
            let packedKeys = packedRows(k.pointer + key, rows: lk)
            let packedValues = packedColumns(v.pointer + key, rows: lk)
            let scores = Tensor(uninitialized: [Self.queriesTogether, stride])
            let weights = Tensor(uninitialized: [Self.queriesTogether, stride])
            let dk = Tensor(uninitialized: [lk, headWidth]), dv = Tensor(uninitialized: [lk, headWidth])
            for first in Swift.stride(from: 0, to: lq, by: Self.queriesTogether) {
                let count = min(Self.queriesTogether, lq - first), row = query + first * width
                forEachTile(
                    count,
                    BackwardTile(
                        dOutput: dOutput.pointer + row, keys: packedKeys.pointer, values: packedValues.pointer,
                        probabilities: probabilities.pointer + starts[s] + (h * lq + first) * Self.keptStride(lk),
                        dQueries: gradients.q.pointer + row, width: width, count: lk,
                        scale: Vector(repeating: scale), factor: factor, scores: scores.pointer,
                        weights: weights.pointer, stride: stride))
                for (factors, source, sum) in [(scores, q, dk), (weights, dOutput, dv)] {
                    let panel = packedRows(source.pointer + row, rows: count)
                    forEachTile(
                        lk,
                        KeyTile(
                            factors: factors.pointer, stride: stride, depth: count, panel: panel.pointer,
                            sum: sum.pointer, begins: first == 0))
                }
            }
            unpack(dk, gradients.k.pointer + key)
            unpack(dv, gradients.v.pointer + key)
        }
    }

    private func unpack(_ rows: Tensor, _ target: UnsafeMutablePointer<Float>) {
        for row in 0..<rows.rowCount { RowSums(from: rows.pointer + row * headWidth).store(to: target + row * width) }
    }
}

/// Queries of one head of one sequence: their own gradients, and those of their scores, which their keys wait for.
private struct BackwardTile: TileBody {
    let dOutput: UnsafePointer<Float>
    let keys: UnsafePointer<Float>
    let values: UnsafePointer<Float>
    let probabilities: UnsafePointer<Float>
    let dQueries: UnsafeMutablePointer<Float>
    let width: Int
    /// Keys.
    let count: Int
    let scale: Vector
    /// On the probabilities that did not drop out.
    let factor: Vector
    let scores: UnsafeMutablePointer<Float>
    let weights: UnsafeMutablePointer<Float>
    let stride: Int

    @inline(__always)
    func callAsFunction<Tile: RowTile>(_: Tile.Type, row: Int) {
        let scores = scores + row * stride, keptStride = Attention.keptStride(count)
        Tile.products(
            dOutput + row * width, rowStep: width, panels: values, count: count, to: scores, stride: stride,
            ahead: probabilities + row * keptStride, aheadStride: keptStride)
        for i in 0..<Tile.height { differentiate(row + i) }
        Tile.product(scores, rowStep: stride, panel: keys, depth: count)
            .store(to: dQueries + row * width, stride: width)
    }

    /// From the gradients of the weights of one query to those of its products with all keys, in place:
    /// `p · (d - Σ p · d)`; writes the weights once more.
    private func differentiate(_ row: Int) {
        let end = Attention.keptStride(count)
        let d = scores + row * stride, weights = weights + row * stride, p = probabilities + row * end
        var sum = Vector.zero
        for i in Swift.stride(from: 0, to: end, by: 16) {
            let kept = Vector(from: p + i), gradient = Vector(from: d + i)
            let weight = kept * factor.replacing(with: 0, where: kept .<= 0)
            weight.store(to: weights + i)
            sum.addProduct(weight, gradient)
        }
        let mean = Vector(repeating: sum.total)
        for i in Swift.stride(from: 0, to: end, by: 16) {
            let kept = Vector(from: p + i), gradient = Vector(from: d + i)
            let probability = kept.replacing(with: -kept, where: kept .< 0)
            let slope = gradient * factor.replacing(with: 0, where: kept .<= 0) - mean
            (probability * slope * scale).store(to: d + i)
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
    let sum: UnsafeMutablePointer<Float>
    /// Whether these queries are the first.
    let begins: Bool

    @inline(__always)
    func callAsFunction<Tile: RowTile>(_: Tile.Type, row: Int) {
        let sum = sum + row * 64
        Tile.product(
            factors + row, rowStep: 1, step: stride, panel: panel, depth: depth,
            from: { begins ? .zero : RowSums(from: sum + $0 * 64) }
        ).store(to: sum, stride: 64)
    }
}
