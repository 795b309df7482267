import CPrefetch

extension StrassenProduct {
    /// A matrix that a product is added to: a bias, which is every row, or rows, which may be the result's own.
    struct Start {
        let pointer: UnsafePointer<Float>
        /// Floats from one row to the next; 0 for a bias.
        let stride: Int

        /// Writes its `rows`, of `width` floats, where they are in `result`.
        func copy(rows: Range<Int>, of width: Int, to result: UnsafeMutablePointer<Float>) {
            for row in rows where pointer + row * stride != result + row * width {
                (result + row * width).update(from: pointer + row * stride, count: width)
            }
        }
    }

    /// A block of the result, and what the product is added to there: what the block has, a start, or nothing.
    private struct Target {
        let block: UnsafeMutablePointer<Float>
        let stride: Int
        let sign: Vector
        let start: Start?

        /// Asks for the rows of a tile ahead of `add`.
        @inline(__always)
        func prefetch(row: Int, column: Int, height: Int) {
            for row in row..<row + height {
                let p = block + (row * stride + column)
                for line in 0..<4 { grace_prefetch(p + 16 * line) }
            }
        }

        @inline(__always)
        func add(_ tile: some RowTile, row: Int, column: Int) {
            let block = block + (row * stride + column)
            guard let start else {
                tile.forEach(first: 0) { row, sums in
                    let p = block + row * stride
                    (sums.s0 * sign).store(to: p)
                    (sums.s1 * sign).store(to: p + 16)
                    (sums.s2 * sign).store(to: p + 32)
                    (sums.s3 * sign).store(to: p + 48)
                }
                return
            }
            let first = start.pointer + (row * start.stride + column)
            tile.forEach(first: 0) { row, sums in
                let p = block + row * stride, q = first + row * start.stride
                Vector(from: q).addingProduct(sums.s0, sign).store(to: p)
                Vector(from: q + 16).addingProduct(sums.s1, sign).store(to: p + 16)
                Vector(from: q + 32).addingProduct(sums.s2, sign).store(to: p + 32)
                Vector(from: q + 48).addingProduct(sums.s3, sign).store(to: p + 48)
            }
        }
    }

    /// Where the result of a step goes: one block of the result or two.
    struct Targets {
        private let first: Target
        private let second: Target?

        /// - Parameter isFirst: whether blocks may get their first values here.
        init(
            _ step: Step, _ result: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int, start: Start?,
            isFirst: Bool
        ) {
            let target = { (block: Int, sign: Float) in
                let row = block / 2 * rows, column = block % 2 * columns
                let place = result + (row * stride + column)
                let begins = isFirst && step.begins.contains(block)
                let begun = start.map { Start(pointer: $0.pointer + (row * $0.stride + column), stride: $0.stride) }
                return Target(
                    block: place, stride: stride, sign: Vector(repeating: sign),
                    start: begins ? begun : Start(pointer: place, stride: stride))
            }
            first = target(step.result.block, 1)
            second = step.result.other.map { target($0, step.result.sign) }
        }

        @inline(__always)
        func prefetch(row: Int, column: Int, height: Int) {
            first.prefetch(row: row, column: column, height: height)
            second?.prefetch(row: row, column: column, height: height)
        }

        @inline(__always)
        func add(_ tile: some RowTile, row: Int, column: Int) {
            first.add(tile, row: row, column: column)
            second?.add(tile, row: row, column: column)
        }
    }

    /// A tile of packed rows times a packed panel of 64 columns.
    struct PackedTile: TileBody {
        let rows: UnsafePointer<Float>
        let panel: UnsafePointer<Float>
        let depth: Int
        let targets: Targets
        /// The tiles' first row and column in a block of the result.
        let row: Int
        let column: Int

        @inline(__always)
        func callAsFunction<Tile: RowTile>(_: Tile.Type, row first: Int) {
            let rows = rows + first * rowStride, row = row + first
            targets.prefetch(row: row, column: column, height: Tile.height)
            var tile = Tile(first: 0) { _ in .zero }
            var weights = panel
            for k in 0..<depth {
                tile.add(
                    first: 0, { Vector(repeating: rows[$0 * rowStride + k]) }, times: RowSums(from: weights))
                weights += 64
            }
            targets.add(tile, row: row, column: column)
        }
    }
}
