import CPrefetch

/// What attention in tiles multiplies: panels of a head's rows, each 64 floats wide.
extension Attention {
    /// Rows of a head one after the other: a panel for products over `rows`.
    func packedRows(_ source: UnsafePointer<Float>, rows: Int) -> Tensor {
        let panel = Tensor(uninitialized: [rows, headWidth])
        for row in 0..<rows { RowSums(from: source + row * width).store(to: panel.pointer + row * headWidth) }
        return panel
    }

    /// Rows of a head as columns: panels of 64 of them, one after the other, for products over channels. Columns beyond
    /// the last are zero.
    func packedColumns(_ source: UnsafePointer<Float>, rows: Int) -> Tensor {
        let panels = Tensor(uninitialized: [Self.scoreStride(rows) - 16, headWidth])
        let rest = Tensor(zeros: [16, headWidth])
        for row in rows / 16 * 16..<rows {
            RowSums(from: source + row * width).store(to: rest.pointer + row % 16 * headWidth)
        }
        let zeros = Tensor(zeros: [16, headWidth])
        for row in Swift.stride(from: 0, to: panels.rowCount, by: 16) {
            let target = panels.pointer + row / 64 * 64 * headWidth + row % 64
            let isWhole = row + 16 <= rows
            let from = isWhole ? source + row * width : UnsafePointer((row < rows ? rest : zeros).pointer)
            for channel in Swift.stride(from: 0, to: headWidth, by: 16) {
                Transposition.square(from + channel, isWhole ? width : headWidth, target + channel * 64, 64)
            }
        }
        return panels
    }
}

extension RowTile {
    /// `Σ factors[row · rowStep + i · step] · panel[i]` over the `depth` rows of a packed panel, added to what `start`
    /// says for each row.
    @inline(__always)
    static func product(
        _ factors: UnsafePointer<Float>, rowStep: Int, step: Int = 1, panel: UnsafePointer<Float>, depth: Int,
        from start: (Int) -> RowSums = { _ in .zero }
    ) -> Self {
        var tile = Self(first: 0, start)
        var factors = factors, panel = panel
        for _ in 0..<depth {
            tile.add(first: 0, { Vector(repeating: factors[$0 &* rowStep]) }, times: RowSums(from: panel))
            factors += step
            panel += Attention.panelWidth
        }
        return tile
    }

    /// Stores the products of rows of 64 channels with `count` packed columns as rows `stride` floats apart, and asks for
    /// what lies in `ahead` for the same rows and columns.
    @inline(__always)
    static func products(
        _ rows: UnsafePointer<Float>, rowStep: Int, panels: UnsafePointer<Float>, count: Int,
        to target: UnsafeMutablePointer<Float>, stride: Int, ahead: UnsafePointer<Float>?, aheadStride: Int
    ) {
        for first in Swift.stride(from: 0, to: count, by: Attention.panelWidth) {
            if let ahead { prefetch(ahead + first, stride: aheadStride) }
            product(rows, rowStep: rowStep, panel: panels + first * Attention.panelWidth, depth: Attention.panelWidth)
                .store(to: target + first, stride: stride)
        }
    }

    /// Stores the sums as rows `stride` floats apart.
    @inline(__always)
    func store(to target: UnsafeMutablePointer<Float>, stride: Int) {
        forEach(first: 0) { row, sums in sums.store(to: target + row &* stride) }
    }

    /// Asks for the part of as many rows of a matrix that a panel is wide, ahead of its use.
    @inline(__always)
    static func prefetch(_ pointer: UnsafePointer<Float>, stride: Int) {
        for row in 0..<height {
            for line in 0..<4 { grace_prefetch(pointer + (row &* stride + 16 * line)) }
        }
    }
}
