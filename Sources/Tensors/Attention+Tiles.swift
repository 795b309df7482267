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
    /// Floats from one row of what is kept to the next: whole vectors.
    static func keptStride(_ keys: Int) -> Int { (keys + 15) / 16 * 16 }
    /// The score of a key that is none, in the rest of a row's last vector: it adds nothing to any sum.
    static var unseen: Float { -1e30 }

    /// What is kept of one head of one sequence: for each query the exponentials of its scores, negative where they
    /// drop out, and the factor that makes them probabilities.
    struct KeptRows {
        let exponentials: UnsafeMutablePointer<Float>
        let normalisers: UnsafeMutablePointer<Float>
    }

    /// Where the exponentials of sequence s begin; after the last one's follow the normalisers.
    func keptStarts(_ queries: RaggedLayout, _ keys: RaggedLayout) -> [Int] {
        (0..<queries.count).reduce(into: [0]) { starts, s in
            starts.append(starts[s] + heads * queries.length(of: s) * Self.keptStride(keys.visible[s]))
        }
    }

    func keptRows(
        _ kept: Tensor, _ starts: [Int], _ queries: RaggedLayout, _ keys: RaggedLayout, sequence s: Int, head: Int
    ) -> KeptRows {
        let row = head * queries.length(of: s)
        return KeptRows(
            exponentials: kept.pointer + (starts[s] + row * Self.keptStride(keys.visible[s])),
            normalisers: kept.pointer + (starts[queries.count] + heads * queries.starts[s] + row))
    }

    var suitsTiles: Bool { headWidth == Self.panelWidth && !causal }

    /// As `forwardProducts`. Of the probabilities is kept what `KeptRows` says.
    func forwardTiles(
        q: Tensor, k: Tensor, v: Tensor, queries: RaggedLayout, keys: RaggedLayout, dropout: Dropout?,
        keepsProbabilities: Bool
    ) -> (output: Tensor, probabilities: Tensor?) {
        precondition(
            (0..<keys.count).allSatisfy { queries.length(of: $0) > 0 && keys.visible[$0] > 0 },
            "a sequence without queries or keys")
        let starts = keptStarts(queries, keys)
        let output = Tensor(uninitialized: [queries.rowCount, width])
        let kept = keepsProbabilities ? Tensor(uninitialized: [starts[queries.count] + heads * queries.rowCount]) : nil
        forEachHead(queries, keys, perSequence: true) { s, h in
            let lq = queries.length(of: s), lk = keys.visible[s], stride = Self.scoreStride(lk)
            let query = queries.starts[s] * width + h * headWidth, key = keys.starts[s] * width + h * headWidth
            let packedKeys = packedColumns(k.pointer + key, rows: lk)
            let packedValues = packedRows(v.pointer + key, rows: lk)
            let scores = Tensor(uninitialized: [SixRows.height, stride]), normalisers = Tensor(uninitialized: [lq])
            let rows = kept.map { keptRows($0, starts, queries, keys, sequence: s, head: h) }
            forEachTile(
                lq,
                ForwardTile(
                    queries: q.pointer + query, keys: packedKeys.pointer, values: packedValues.pointer,
                    output: output.pointer + query, width: width, count: lk,
                    scale: Vector(repeating: scale * Softmax.binary), scores: scores.pointer, stride: stride,
                    kept: rows?.exponentials, normalisers: rows?.normalisers ?? normalisers.pointer,
                    mask: dropout?.part(s * heads + h).mask,
                    factor: dropout?.factor ?? 1))
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
    /// From products to the exponents of two.
    let scale: Vector
    let scores: UnsafeMutablePointer<Float>
    let stride: Int
    let kept: UnsafeMutablePointer<Float>?
    let normalisers: UnsafeMutablePointer<Float>
    let mask: Dropout.Mask?
    /// On what did not drop out.
    let factor: Float

    @inline(__always)
    func callAsFunction<Tile: RowTile>(_: Tile.Type, row: Int, pass _: Int) {
        let keptStride = Attention.keptStride(count)
        Tile.products(
            queries + row * width, rowStep: width, panels: keys, count: count, to: scores, stride: stride,
            ahead: kept.map { UnsafePointer($0 + row * keptStride) }, aheadStride: keptStride)
        for i in 0..<Tile.height { weigh(scores + i * stride, row: row + i) }
        let output = output + row * width, normalisers = normalisers + row
        Tile.product(scores, rowStep: stride, panel: values, depth: count).forEach(first: 0) { i, sums in
            (sums * Vector(repeating: normalisers[i] * factor)).store(to: output + i &* width)
        }
    }

    /// From the products of a query with all keys to the weights of the values, in place, but for the factor that makes
    /// their sum one.
    private func weigh(_ x: UnsafeMutablePointer<Float>, row: Int) {
        let end = Attention.keptStride(count)
        for i in count..<end { x[i] = Attention.unseen }
        let largest = Vector(repeating: Softmax.largestOfVectors(x, end))
        let kept = kept.map { $0 + row * end }
        var sum = Vector.zero, i = 0
        if let mask {
            while i < end {
                let e = VectorMath.exp2((Vector(from: x + i) - largest) * scale)
                let drops = mask.drops(from: row &* count &+ i)
                e.replacing(with: 0, where: drops).store(to: x + i)
                if let kept { e.replacing(with: -e, where: drops).store(to: kept + i) }
                sum += e
                i &+= 16
            }
        } else {
            while i < end {
                let e = VectorMath.exp2((Vector(from: x + i) - largest) * scale)
                e.store(to: x + i)
                if let kept { e.store(to: kept + i) }
                sum += e
                i &+= 16
            }
        }
        normalisers[row] = 1 / sum.total
    }
}

extension Softmax {
    /// log₂ e.
    static var binary: Float { 1.442_695_04 }

    /// A function of its own, without which the exponential beside it is not inlined.
    static func largestOfVectors(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
        var largest = Vector(from: x)
        for i in stride(from: 16, to: count, by: 16) { largest = larger(largest, Vector(from: x + i)) }
        return largest.largest
    }
}
