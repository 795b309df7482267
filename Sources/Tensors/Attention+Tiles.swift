/// Attention for heads of 64 channels, as BERT has them, in tiles of up to six queries: the scores of a tile, their
/// softmax, what drops out and the output follow each other while they are in the first-level cache. Keys and values
/// are packed once for a head and stay in the second-level cache.
///
/// A row of the result depends on its query and on the keys and values of its sequence alone.
extension Attention {
    /// Columns of a packed panel.
    static let panelWidth = 64
    /// Floats from one row of scores to the next: whole panels, and a cache line that keeps the rows of a column out of
    /// each other's place in the cache.
    static func scoreStride(_ keys: Int) -> Int { (keys + panelWidth - 1) / panelWidth * panelWidth + 16 }
    /// Floats from one row of probabilities that are kept to the next: whole vectors.
    static func keptStride(_ keys: Int) -> Int { (keys + 15) / 16 * 16 }
    /// The score of a key that is none, in the rest of a row's last vector: it adds nothing to any sum.
    static var unseen: Float { -1e30 }

    /// Where the probabilities of sequence s begin.
    func keptStarts(_ queries: RaggedLayout, _ keys: RaggedLayout) -> [Int] {
        (0..<queries.count).reduce(into: [0]) { starts, s in
            starts.append(starts[s] + heads * queries.length(of: s) * Self.keptStride(keys.visible[s]))
        }
    }

    var suitsTiles: Bool { headWidth == Self.panelWidth && !causal }

    /// As `forwardProducts`. The probabilities that are kept are negative where they drop out.
    func forwardTiles(
        q: Tensor, k: Tensor, v: Tensor, queries: RaggedLayout, keys: RaggedLayout, dropout: Dropout?,
        keepsProbabilities: Bool
    ) -> (output: Tensor, probabilities: Tensor?) {
        let starts = keptStarts(queries, keys)
        let output = Tensor(uninitialized: [queries.rowCount, width])
        let kept = keepsProbabilities ? Tensor(uninitialized: [starts[queries.count]]) : nil
        forEachHead(queries, keys, perSequence: true) { s, h in
            let lq = queries.length(of: s), lk = keys.visible[s], stride = Self.scoreStride(lk)
            let query = queries.starts[s] * width + h * headWidth, key = keys.starts[s] * width + h * headWidth
            let packedKeys = packedColumns(k.pointer + key, rows: lk)
            let packedValues = packedRows(v.pointer + key, rows: lk)
            let scores = Tensor(uninitialized: [SixRows.height, stride])
            forEachTile(
                lq,
                ForwardTile(
                    queries: q.pointer + query, keys: packedKeys.pointer, values: packedValues.pointer,
                    output: output.pointer + query, width: width, count: lk, scale: Vector(repeating: scale),
                    scores: scores.pointer, stride: stride,
                    kept: kept.map { $0.pointer + (starts[s] + h * lq * Self.keptStride(lk)) },
                    mask: dropout?.part(s * heads + h).mask))
        }
        return (output, kept)
    }
}

/// Queries of one head of one sequence.
private struct ForwardTile: TileBody {
    let queries: UnsafePointer<Float>
    let keys: UnsafePointer<Float>
    let values: UnsafePointer<Float>
    let output: UnsafeMutablePointer<Float>
    let width: Int
    /// Keys.
    let count: Int
    let scale: Vector
    let scores: UnsafeMutablePointer<Float>
    let stride: Int
    let kept: UnsafeMutablePointer<Float>?
    let mask: Dropout.Mask?

    @inline(__always)
    func callAsFunction<Tile: RowTile>(_: Tile.Type, row: Int) {
        let keptStride = Attention.keptStride(count)
        Tile.products(
            queries + row * width, rowStep: width, panels: keys, count: count, to: scores, stride: stride,
            ahead: kept.map { UnsafePointer($0 + row * keptStride) }, aheadStride: keptStride)
        for i in 0..<Tile.height { weigh(scores + i * stride, row: row + i) }
        Tile.product(scores, rowStep: stride, panel: values, depth: count)
            .store(to: output + row * width, stride: width)
    }

    /// From the products of a query with all keys to the weights of the values, in place; keeps the probabilities.
    private func weigh(_ x: UnsafeMutablePointer<Float>, row: Int) {
        let end = Attention.keptStride(count)
        for i in count..<end { x[i] = Attention.unseen }
        let normaliser = Vector(repeating: 1 / Softmax.exponentials(x, end, scale: scale))
        let kept = kept.map { $0 + row * end }
        if let mask {
            for i in Swift.stride(from: 0, to: end, by: 16) {
                let p = Vector(from: x + i) * normaliser, factors = mask.factors(from: row * count + i)
                (p * factors).store(to: x + i)
                if let kept { p.replacing(with: -p, where: factors .== 0).store(to: kept + i) }
            }
        } else {
            for i in Swift.stride(from: 0, to: end, by: 16) {
                let p = Vector(from: x + i) * normaliser
                p.store(to: x + i)
                if let kept { p.store(to: kept + i) }
            }
        }
    }
}

extension Softmax {
    /// Replaces x by `exp(scale · (x - max x))`; returns the sum. `count` is a multiple of 16.
    static func exponentials(_ x: UnsafeMutablePointer<Float>, _ count: Int, scale: Vector) -> Float {
        let shift = Vector(repeating: largestOfVectors(x, count))
        var sum = Vector.zero
        for i in stride(from: 0, to: count, by: 16) {
            let e = VectorMath.exp((Vector(from: x + i) - shift) * scale)
            e.store(to: x + i)
            sum += e
        }
        return sum.total
    }

    /// A function of its own, without which the exponential above is not inlined.
    private static func largestOfVectors(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
        var largest = Vector(from: x)
        for i in stride(from: 16, to: count, by: 16) { largest = larger(largest, Vector(from: x + i)) }
        return largest.largest
    }
}
