extension StrassenProduct {
    /// How a left factor is stored and packed. No matrix is transposed: the kernel takes one float at a time of it, and
    /// finds it in either layout.
    protocol Layout {
        /// Floats from one row to the next, and from one depth to the next, in what is packed.
        static var rowStep: Int { get }
        static var depthStep: Int { get }
        /// Rows are packed in multiples of this many.
        static var rowUnit: Int { get }
        /// The last rows are divided in multiples of this many.
        static var splitUnit: Int { get }

        /// Floats for packed rows.
        static func size(rows: Int, depth: Int) -> Int

        /// A sum of blocks of `rows` by `columns`, from column `first` of each.
        static func sum(
            of terms: [Term], in factor: Factor, first: Int, rows: Int, columns: Int, side: Int
        ) -> BlockSum

        /// Packs `count` rows from `row`.
        static func packing(
            _ sum: BlockSum, row: Int, count: Int, depth: Int, to target: UnsafeMutablePointer<Float>
        ) -> GradualPacking
    }

    /// A factor as it is: one row after the other.
    enum ByRow: Layout {
        /// As many floats as the deepest row has, and another cache line.
        @inline(__always) static var rowStep: Int { 400 }
        @inline(__always) static var depthStep: Int { 1 }
        static var rowUnit: Int { 6 }
        static var splitUnit: Int { 1 }

        static func size(rows: Int, depth: Int) -> Int { rows * rowStep }

        static func sum(
            of terms: [Term], in factor: Factor, first: Int, rows: Int, columns: Int, side: Int
        ) -> BlockSum {
            factor.from(row: 0, column: first).sum(of: terms, rows: rows, columns: columns, side: side)
        }

        static func packing(
            _ sum: BlockSum, row: Int, count: Int, depth: Int, to target: UnsafeMutablePointer<Float>
        ) -> GradualPacking {
            GradualPacking(
                sum, offset: row * sum.stride, lines: count, vectors: depth / 16, to: target, stride: rowStep)
        }
    }

    /// A factor that is stored transposed: all rows at one depth after the other.
    enum ByDepth: Layout {
        @inline(__always) static var rowStep: Int { 1 }
        /// As many floats as the most rows, and another cache line.
        @inline(__always) static var depthStep: Int { 112 }
        static var rowUnit: Int { 16 }
        static var splitUnit: Int { 16 }

        static func size(rows: Int, depth: Int) -> Int { depth * depthStep }

        static func sum(
            of terms: [Term], in factor: Factor, first: Int, rows: Int, columns: Int, side: Int
        ) -> BlockSum {
            factor.from(row: first, column: 0).storedSum(of: terms, rows: rows, columns: columns, side: side)
        }

        static func packing(
            _ sum: BlockSum, row: Int, count: Int, depth: Int, to target: UnsafeMutablePointer<Float>
        ) -> GradualPacking {
            GradualPacking(sum, offset: row, lines: depth, vectors: count / 16, to: target, stride: depthStep)
        }
    }
}
