extension StrassenProduct {
    /// Floats from one packed row to the next: as many as the deepest row has, and another cache line.
    static let rowStride = 400

    /// A matrix as a factor of a product: its rows, or those of its transposed one, one after the other.
    struct Factor {
        fileprivate let pointer: UnsafePointer<Float>
        fileprivate let stride: Int
        fileprivate let isTransposed: Bool

        init(_ tensor: Tensor, isTransposed: Bool) {
            pointer = UnsafePointer(tensor.pointer)
            stride = tensor.rowWidth
            self.isTransposed = isTransposed
        }

        /// A sum of two of the four blocks of `rows` by `columns`.
        func blocks(of sum: Sum, rows: Int, columns: Int) -> BlockSum {
            let start = { (block: Int) in
                let row = block / 2 * rows, column = block % 2 * columns
                return pointer + (isTransposed ? column * stride + row : row * stride + column)
            }
            return BlockSum(
                first: start(sum.block), second: sum.other.map(start), sign: sum.sign, stride: stride,
                isTransposed: isTransposed)
        }
    }

    /// One block of a factor, or a sum or difference of two, which is formed while it is packed.
    struct BlockSum {
        let first: UnsafePointer<Float>
        let second: UnsafePointer<Float>?
        let sign: Float
        let stride: Int
        let isTransposed: Bool

        /// Writes `width` floats, a multiple of 16, from `offset`.
        @inline(__always)
        private func add(_ offset: Int, _ width: Int, _ target: UnsafeMutablePointer<Float>) {
            let a = first + offset
            var i = 0
            if let second {
                let b = second + offset, sign = Vector(repeating: sign)
                while i < width {
                    Vector(from: a + i).addingProduct(Vector(from: b + i), sign).store(to: target + i)
                    i += 16
                }
            } else {
                while i < width {
                    Vector(from: a + i).store(to: target + i)
                    i += 16
                }
            }
        }

        /// Packs rows `row..<row + count` of a left factor, from column `column`, one every `rowStride` floats.
        func packRows(
            from row: Int, count: Int, first column: Int, depth: Int, to target: UnsafeMutablePointer<Float>
        ) {
            guard isTransposed else {
                for i in 0..<count { add((row + i) * stride + column, depth, target + i * rowStride) }
                return
            }
            let lines = Tensor(uninitialized: [16, count + 16])
            for k in Swift.stride(from: 0, to: depth, by: 16) {
                for i in 0..<16 { add((column + k + i) * stride + row, count, lines.pointer + i * lines.rowWidth) }
                for i in Swift.stride(from: 0, to: count, by: 16) {
                    Transposition.square(lines.pointer + i, lines.rowWidth, target + i * rowStride + k, rowStride)
                }
            }
        }

        /// Packs one of `shares` equal shares of rows `row..<row + depth` and `width` columns from `first` of a right
        /// factor into panels of 64 columns, `depth` rows each.
        func packPanels(
            from row: Int, depth: Int, first: Int, width: Int, share: Int, of shares: Int,
            to target: UnsafeMutablePointer<Float>
        ) {
            guard isTransposed else {
                for k in depth * share / shares..<depth * (share + 1) / shares {
                    for column in Swift.stride(from: 0, to: width, by: 64) {
                        add((row + k) * stride + first + column, 64, target + column * depth + k * 64)
                    }
                }
                return
            }
            let squares = width / 16, lines = Tensor(uninitialized: [16, rowStride])
            for square in squares * share / shares..<squares * (share + 1) / shares {
                let column = square * 16, panel = target + column / 64 * 64 * depth + column % 64
                for i in 0..<16 { add((first + column + i) * stride + row, depth, lines.pointer + i * rowStride) }
                for k in Swift.stride(from: 0, to: depth, by: 16) {
                    Transposition.square(lines.pointer + k, rowStride, panel + k * 64, 64)
                }
            }
        }
    }
}
