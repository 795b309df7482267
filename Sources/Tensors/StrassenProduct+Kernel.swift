import CPrefetch

extension StrassenProduct {
    /// Where the result of a step goes: one block of the result or two, and whether it is their first.
    struct Targets {
        let stride: Int
        private let first: UnsafeMutablePointer<Float>
        private let second: UnsafeMutablePointer<Float>?
        private let sign: Float
        private let beginsFirst: Bool
        private let beginsSecond: Bool

        init(
            _ step: Step, _ result: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int, isFirst: Bool
        ) {
            let start = { (block: Int) in result + (block / 2 * rows * stride + block % 2 * columns) }
            self.stride = stride
            first = start(step.result.block)
            second = step.result.other.map(start)
            sign = step.result.sign
            beginsFirst = isFirst && step.begins.contains(step.result.block)
            beginsSecond = isFirst && step.result.other.map(step.begins.contains) ?? false
        }

        /// Asks for the rows of a tile ahead of `add`.
        @inline(__always)
        func prefetch(_ offset: Int, height: Int) {
            for row in 0..<height {
                let p = first + (offset + row * stride)
                for line in 0..<4 { grace_prefetch(p + 16 * line) }
                guard let second else { continue }
                let q = second + (offset + row * stride)
                for line in 0..<4 { grace_prefetch(q + 16 * line) }
            }
        }

        @inline(__always)
        func add(_ tile: some RowTile, _ offset: Int) {
            add(tile, first + offset, Vector(repeating: 1), begins: beginsFirst)
            if let second { add(tile, second + offset, Vector(repeating: sign), begins: beginsSecond) }
        }

        @inline(__always)
        private func add(_ tile: some RowTile, _ target: UnsafeMutablePointer<Float>, _ sign: Vector, begins: Bool) {
            if begins {
                tile.forEach(first: 0) { row, sums in
                    let p = target + row * stride
                    (sums.s0 * sign).store(to: p)
                    (sums.s1 * sign).store(to: p + 16)
                    (sums.s2 * sign).store(to: p + 32)
                    (sums.s3 * sign).store(to: p + 48)
                }
            } else {
                tile.forEach(first: 0) { row, sums in
                    let p = target + row * stride
                    Vector(from: p).addingProduct(sums.s0, sign).store(to: p)
                    Vector(from: p + 16).addingProduct(sums.s1, sign).store(to: p + 16)
                    Vector(from: p + 32).addingProduct(sums.s2, sign).store(to: p + 32)
                    Vector(from: p + 48).addingProduct(sums.s3, sign).store(to: p + 48)
                }
            }
        }
    }

    /// A tile of packed rows times a packed panel of 64 columns.
    struct PackedTile: TileBody {
        let rows: UnsafePointer<Float>
        let panel: UnsafePointer<Float>
        let depth: Int
        let targets: Targets
        /// Of the tiles' first row and column in a block of the result.
        let offset: Int

        @inline(__always)
        func callAsFunction<Tile: RowTile>(_: Tile.Type, row: Int) {
            let rows = rows + row * rowStride, offset = offset + row * targets.stride
            targets.prefetch(offset, height: Tile.height)
            var tile = Tile(first: 0) { _ in .zero }
            var weights = panel
            for k in 0..<depth {
                tile.add(
                    first: 0, { Vector(repeating: rows[$0 * rowStride + k]) }, times: RowSums(from: weights))
                weights += 64
            }
            targets.add(tile, offset)
        }
    }
}
