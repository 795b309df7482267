extension StrassenProduct {

    /// A factor of a product: rows of a matrix, one every `stride` floats.
    struct Factor {
        private let pointer: UnsafePointer<Float>
        private let stride: Int

        init(_ tensor: Tensor) {
            pointer = UnsafePointer(tensor.pointer)
            stride = tensor.rowWidth
        }

        private init(pointer: UnsafePointer<Float>, stride: Int) { (self.pointer, self.stride) = (pointer, stride) }

        /// The same from another row and column on.
        func from(row: Int, column: Int) -> Factor {
            Factor(pointer: pointer + (row * stride + column), stride: stride)
        }

        /// A sum of the blocks of `rows` by `columns`, of which `side` stand beside each other.
        func sum(of terms: [Term], rows: Int, columns: Int, side: Int) -> BlockSum {
            sum(of: terms, rowDistance: rows * stride, columnDistance: columns, side: side)
        }

        /// The same of the transposed matrix, whose blocks of `rows` by `columns` stay as they are stored.
        func storedSum(of terms: [Term], rows: Int, columns: Int, side: Int) -> BlockSum {
            sum(of: terms, rowDistance: rows, columnDistance: columns * stride, side: side)
        }

        private func sum(of terms: [Term], rowDistance: Int, columnDistance: Int, side: Int) -> BlockSum {
            BlockSum(
                terms.map { pointer + ($0.block / side * rowDistance + $0.block % side * columnDistance) },
                signs: terms.map(\.sign), stride: stride)
        }

        /// Writes `rows` by `columns`, multiples of 16, transposed: each column as a row, one every `width` floats.
        func transpose(rows: Int, columns: Int, to target: UnsafeMutablePointer<Float>, width: Int) {
            for column in Swift.stride(from: 0, to: columns, by: 16) {
                for row in Swift.stride(from: 0, to: rows, by: 16) {
                    Transposition.square(
                        pointer + (row * stride + column), stride, target + (column * width + row), width)
                }
            }
        }
    }

    /// One block of a factor, or a sum of two or four, which is formed while it is packed.
    struct BlockSum {
        private let count: Int
        private let a, b, c, d: UnsafePointer<Float>
        /// Of the blocks after the first, whose sign is +.
        private let signs: (Float, Float, Float)
        let stride: Int

        fileprivate init(_ blocks: [UnsafePointer<Float>], signs: [Float], stride: Int) {
            count = blocks.count
            let block = { blocks[min($0, blocks.count - 1)] }, sign = { signs[min($0, signs.count - 1)] }
            (a, b, c, d) = (block(0), block(1), block(2), block(3))
            self.signs = (sign(1), sign(2), sign(3))
            self.stride = stride
        }

        /// Sixteen floats of the sum.
        @inline(__always)
        fileprivate func vector(_ offset: Int) -> Vector {
            var sum = Vector(from: a + offset)
            if count > 1 { sum.addProduct(Vector(from: b + offset), Vector(repeating: signs.0)) }
            if count > 2 {
                sum.addProduct(Vector(from: c + offset), Vector(repeating: signs.1))
                sum.addProduct(Vector(from: d + offset), Vector(repeating: signs.2))
            }
            return sum
        }

        /// Packs rows `rows` into panels of 64 columns, `depth` rows each.
        func packPanels(_ rows: Range<Int>, depth: Int, width: Int, to target: UnsafeMutablePointer<Float>) {
            for row in rows {
                for column in Swift.stride(from: 0, to: width, by: 16) {
                    vector(row * stride + column).store(
                        to: target + (column / 64 * 64 * depth + row * 64 + column % 64))
                }
            }
        }
    }

    /// A part of a left factor that is packed little by little: beside the products of a tile, whose multiplications
    /// leave time to read and write.
    struct GradualPacking {
        private let sum: BlockSum
        private let target: UnsafeMutablePointer<Float>
        private let targetStride: Int
        private let vectors: Int
        private let lines: Int
        private var offset: Int
        private var line = 0
        private var vector = 0

        /// Lines of `vectors` times sixteen floats, from `offset`; in `target` one every `targetStride` floats.
        init(
            _ sum: BlockSum, offset: Int, lines: Int, vectors: Int, to target: UnsafeMutablePointer<Float>,
            stride targetStride: Int
        ) {
            (self.sum, self.offset, self.lines, self.vectors) = (sum, offset, lines, vectors)
            (self.target, self.targetStride) = (target, targetStride)
        }

        /// Packs the next sixteen floats.
        @inline(__always)
        mutating func next() {
            guard line < lines else { return }
            sum.vector(offset &+ vector &* 16).store(to: target + (line &* targetStride &+ vector &* 16))
            vector &+= 1
            if vector == vectors { (line, vector, offset) = (line &+ 1, 0, offset &+ sum.stride) }
        }

        mutating func finish() { while line < lines { next() } }
    }
}
