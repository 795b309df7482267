import CPrefetch

extension StrassenProduct {
    /// A matrix that a product is added to: a bias, which is every row, or rows, which may be the result's own.
    struct Start {
        let pointer: UnsafePointer<Float>
        /// Floats from one row to the next; 0 for a bias.
        let stride: Int

        func from(row: Int, column: Int) -> Start {
            Start(pointer: pointer + (row * stride + column), stride: stride)
        }

        /// Writes its `rows`, of `width` floats, where they are in `result`.
        func copy(rows: Range<Int>, of width: Int, to result: UnsafeMutablePointer<Float>) {
            for row in rows where pointer + row * stride != result + row * width {
                (result + row * width).update(from: pointer + row * stride, count: width)
            }
        }
    }

    /// A block of the result, and what the product is added to there: what the block has, a start, or nothing.
    struct Target {
        let block: UnsafeMutablePointer<Float>
        let stride: Int
        let sign: Vector
        let start: Start?

        /// Asks for a row of a tile ahead of `add`.
        @inline(__always)
        func prefetch(row: Int, column: Int) {
            let p = block + (row * stride + column)
            for line in 0..<4 { grace_prefetch_near(p + 16 * line) }
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

    /// A tile of packed rows times a packed panel of 64 columns.
    struct PackedTile<Rows: Layout>: TileBody {
        let rows: UnsafePointer<Float>
        let panel: UnsafePointer<Float>
        let depth: Int
        /// After how many lines of the panel, of which `depth` is a multiple, a vector is packed. No constant, or the
        /// compiler unrolls the loop and runs out of registers.
        let interval: Int
        let targets: [Target]
        /// The tiles' first row and column in a block of the result.
        let row: Int
        let column: Int
        /// What is packed meanwhile, for the next step.
        let packing: UnsafeMutablePointer<GradualPacking>

        @inline(__always)
        func callAsFunction<Tile: RowTile>(_: Tile.Type, row first: Int, pass _: Int) {
            var factors = rows + first * Rows.rowStep, weights = panel
            let end = panel + depth * 64
            // Each of the first four tiles asks for a quarter of the next panel, which is packed behind this one and in
            // the third-level cache at best, two rows at a time.
            let quarter = first / Tile.height
            var coming = end + quarter * 128
            var tile = Tile(first: 0) { _ in .zero }
            var ahead = 12 - depth / interval
            while weights < end {
                // Two rows of a target each time, so that all are there at the end and not driven out before.
                if ahead >= 0, ahead / 3 < targets.count {
                    targets[ahead / 3].prefetch(row: row + first + ahead % 3 * 2, column: column)
                    targets[ahead / 3].prefetch(row: row + first + ahead % 3 * 2 + 1, column: column)
                }
                ahead &+= 1
                if quarter < 4 {
                    for line in 0..<8 { grace_prefetch(coming + line * 16) }
                    coming += interval * 64
                }
                let pause = weights + interval * 64
                while weights < pause {
                    tile.add(
                        first: 0, { Vector(repeating: factors[$0 &* Rows.rowStep]) }, times: RowSums(from: weights))
                    weights += 64
                    factors += Rows.depthStep
                }
                packing.pointee.next()
            }
            for target in targets { target.add(tile, row: row + first, column: column) }
        }
    }
}
