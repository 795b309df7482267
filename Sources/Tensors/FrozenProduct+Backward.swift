import CPrefetch

/// Adds weighted sums of weight rows to `dx`, one weight row after the other: all rows with a range of outputs.
///
/// - Parameters:
///   - end: the output up to which the caller goes on; each block before it asks for the next one.
///   - ahead: what to ask for in place of that.
func backwardPanel(
    dy: UnsafePointer<Float>, stride: Int, rows: Int, weight: UnsafePointer<Float>, outputs: Range<Int>, inputs: Int,
    dx: UnsafeMutablePointer<Float>, end: Int? = nil, ahead: WeightsAhead? = nil
) {
    let end = end ?? outputs.upperBound
    // A block of the weights that stays in the first-level cache while all rows pass over it: whole rows one after the
    // other, or whole pages of them, because pieces of rows would fall into a few sets of the cache.
    let blockWidth = min(inputs, 1024)
    // Many rows take a block from the second-level cache, because with more of its rows at once they load and store their
    // sums less often. The order of additions is the same.
    let blockSize = rows > 24 ? 32_768 : 8192
    let blockDepth = max(8, blockSize / max(blockWidth, 1) & ~7)
    for firstColumn in Swift.stride(from: 0, to: inputs, by: blockWidth) {
        let columns = firstColumn..<min(inputs, firstColumn + blockWidth)
        var output = outputs.lowerBound
        while output < outputs.upperBound {
            let depth = min(blockDepth, outputs.upperBound - output)
            let following = WeightsAhead(
                distance: output + depth < end ? depth * inputs : 0, passes: tileCount(rows))
            backwardBlock(
                dy: dy + output, stride: stride, rows: rows, depth: depth, weight: weight + output * inputs,
                ahead: ahead ?? following, inputs: inputs, columns: columns, dx: dx)
            output += depth
        }
    }
}

private func backwardBlock(
    dy: UnsafePointer<Float>, stride: Int, rows: Int, depth: Int, weight: UnsafePointer<Float>, ahead: WeightsAhead,
    inputs: Int, columns: Range<Int>, dx: UnsafeMutablePointer<Float>
) {
    forEachTile(
        rows,
        BackwardTile(
            dy: dy, stride: stride, depth: depth, w: weight, ahead: ahead, inputs: inputs, columns: columns, dx: dx))
    var column = columns.lowerBound + columns.count & ~63
    while column < columns.upperBound {
        let width = min(16, columns.upperBound - column)
        for row in 0..<rows {
            sums1x16(dy + row * stride, depth, weight + column, inputs, dx + row * inputs + column, width)
        }
        column += width
    }
}

/// Adds to a tile's rows of `dx`, 64 columns at a time.
private struct BackwardTile: TileBody {
    let dy: UnsafePointer<Float>
    let stride: Int
    let depth: Int
    let w: UnsafePointer<Float>
    let ahead: WeightsAhead
    let inputs: Int
    let columns: Range<Int>
    let dx: UnsafeMutablePointer<Float>

    @inline(__always)
    func callAsFunction<Tile: RowTile>(_: Tile.Type, row: Int, pass: Int) {
        let asked = ahead.rows(pass: pass)
        // Bit i says whether the rows of number i in their four are asked for.
        let bits = (1 << asked.upperBound) - (1 << asked.lowerBound)
        var column = columns.lowerBound
        while column + 64 <= columns.upperBound {
            // The two most frequent cases by themselves, in which the loop needs no test.
            switch bits {
            case 0: sums(Tile.self, row: row, column, asked: 0)
            case 15: sums(Tile.self, row: row, column, asked: 15)
            default: sums(Tile.self, row: row, column, asked: bits)
            }
            column += 64
        }
    }

    @inline(__always)
    private func sums<Tile: RowTile>(_: Tile.Type, row: Int, _ column: Int, asked: Int) {
        let dy = dy + row * stride, dx = dx + row * inputs + column
        var tile = Tile(first: 0) { RowSums(from: dx + $0 * inputs) }
        var p = w + column
        for n in 0..<depth {
            if asked >> (n & 3) & 1 == 1 {
                let p = p + ahead.distance
                grace_prefetch(p)
                grace_prefetch(p + 16)
                grace_prefetch(p + 32)
                grace_prefetch(p + 48)
            }
            tile.add(first: 0, { Vector(repeating: dy[$0 &* stride &+ n]) }, times: RowSums(from: p))
            p += inputs
        }
        tile.forEach(first: 0) { row, sums in sums.store(to: dx + row * inputs) }
    }
}

private func sums1x16(
    _ dy: UnsafePointer<Float>, _ depth: Int, _ w: UnsafePointer<Float>, _ inputs: Int,
    _ dx: UnsafeMutablePointer<Float>, _ width: Int
) {
    if width == 16 {
        var sum = Vector(from: dx)
        for n in 0..<depth { sum.addProduct(Vector(repeating: dy[n]), Vector(from: w + n * inputs)) }
        sum.store(to: dx)
    } else {
        for column in 0..<width {
            var sum = dx[column]
            for n in 0..<depth { sum.addProduct(dy[n], w[n * inputs + column]) }
            dx[column] = sum
        }
    }
}
