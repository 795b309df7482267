import CPrefetch

/// Dot products along the inputs, sixteen partial sums each: all rows with a range of outputs.
///
/// - Parameter ahead: what to ask for meanwhile; if nil, each block of these weights asks for the next one.
func forwardPanel(
    x: UnsafePointer<Float>, rows: Int, inputs: Int, weight: UnsafePointer<Float>, outputs: Range<Int>,
    y: UnsafeMutablePointer<Float>, stride: Int, ahead: WeightsAhead? = nil
) {
    if rows == 1 {
        // One row after the other is the order that the processor's own prefetching follows best: 28 GB/s where four rows
        // side by side, asked for ahead of their use, come at 19.
        for output in outputs { y[output] = dot(x, weight + output * inputs, inputs) }
        return
    }
    // So many weight rows stay in the first-level cache while all rows pass over them.
    let depth = max(4, 6144 / max(inputs, 1) & ~3)
    let whole = outputs.lowerBound + outputs.count & ~3
    var output = outputs.lowerBound
    while output < whole {
        let count = min(depth, whole - output)
        let following = WeightsAhead(distance: output + count < whole ? count * inputs : 0, passes: tileCount(rows))
        forEachTile(
            rows,
            ForwardTile(
                x: x, w: weight + output * inputs, inputs: inputs, outputs: count, ahead: ahead ?? following,
                y: y + output, stride: stride))
        output += count
    }
    while output < outputs.upperBound {
        for row in 0..<rows { y[row * stride + output] = dot(x + row * inputs, weight + output * inputs, inputs) }
        output += 1
    }
}

/// The dot products of a tile's rows with weight rows, four at a time.
private struct ForwardTile: TileBody {
    let x: UnsafePointer<Float>
    let w: UnsafePointer<Float>
    let inputs: Int
    let outputs: Int
    let ahead: WeightsAhead
    let y: UnsafeMutablePointer<Float>
    let stride: Int

    @inline(__always)
    func callAsFunction<Tile: RowTile>(_: Tile.Type, row: Int, pass: Int) {
        let asked = ahead.rows(pass: pass)
        for output in Swift.stride(from: 0, to: outputs, by: 4) {
            let w = w + output * inputs
            sums(
                Tile.self, w, y + output, row: row, ahead: w + (ahead.distance + asked.lowerBound * inputs),
                asked: asked.count)
        }
    }

    /// Four outputs of the tile's rows. At each step, `asked` (0, 1, 2 or 4) rows from `ahead` are asked for.
    @inline(__always)
    private func sums<Tile: RowTile>(
        _: Tile.Type, _ w: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, row: Int,
        ahead: UnsafePointer<Float>, asked: Int
    ) {
        let x = x + row * inputs, y = y + row * stride
        let w1 = w + inputs, w2 = w1 + inputs, w3 = w2 + inputs
        let whole = inputs & ~15
        var tile = Tile(first: 0) { _ in .zero }
        var k = 0
        while k < whole {
            if asked > 0 {
                grace_prefetch(ahead + k)
                if asked > 1 {
                    grace_prefetch(ahead + (inputs &+ k))
                    if asked == 4 {
                        grace_prefetch(ahead + (2 &* inputs &+ k))
                        grace_prefetch(ahead + (3 &* inputs &+ k))
                    }
                }
            }
            tile.add(
                first: 0, { Vector(from: x + ($0 &* inputs &+ k)) }, times: RowSums(w + k, w1 + k, w2 + k, w3 + k))
            k &+= 16
        }
        tile.forEach(first: 0) { row, sums in
            var totals = sums.totals
            for k in whole..<inputs {
                totals.addProduct(SIMD4(repeating: x[row * inputs + k]), SIMD4(w[k], w1[k], w2[k], w3[k]))
            }
            UnsafeMutableRawPointer(y + row * stride).storeBytes(of: totals, as: SIMD4<Float>.self)
        }
    }
}

/// The dot product that every tile above computes, element for element.
@inline(__always)
private func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
    var sum = Vector.zero
    let whole = count & ~15
    var k = 0
    while k < whole {
        sum.addProduct(Vector(from: a + k), Vector(from: b + k))
        k += 16
    }
    var result = sum.total
    while k < count {
        result.addProduct(a[k], b[k])
        k += 1
    }
    return result
}
