/// Products of large matrices by Strassen's algorithm, one level deep: seven products of half the size in place of
/// eight ("Gaussian elimination is not optimal", 1969).
///
/// No sum of blocks is ever stored as a matrix. As Huang and others do ("Strassen's algorithm reloaded", 2016), blocks
/// are added while they are packed for the kernel, and the kernel adds its result to both blocks that want it. The
/// rounding error is some twice that of the eight products, which training does not notice; where decisions hang on
/// last bits, products go another way (`FrozenProduct`).
///
/// What is computed depends on the sizes alone and not on the number of threads.
package enum StrassenProduct {
    /// A block of a matrix, which is cut into four, and the block that is added to it or taken from it.
    struct Sum {
        let block: Int
        let other: Int?
        let sign: Float

        init(_ block: Int, plus other: Int? = nil) { (self.block, self.other, sign) = (block, other, 1) }
        init(_ block: Int, minus other: Int) { (self.block, self.other, sign) = (block, other, -1) }
    }

    /// One of the seven products: of sums of blocks, 0 and 1 in the upper half, added to blocks of the result.
    struct Step {
        let left: Sum
        let right: Sum
        let result: Sum
        /// The blocks of the result that get their first values here.
        let begins: [Int]
    }

    static let steps = [
        Step(left: Sum(0, plus: 3), right: Sum(0, plus: 3), result: Sum(0, plus: 3), begins: [0, 3]),
        Step(left: Sum(2, plus: 3), right: Sum(0), result: Sum(2, minus: 3), begins: [2]),
        Step(left: Sum(0), right: Sum(1, minus: 3), result: Sum(1, plus: 3), begins: [1]),
        Step(left: Sum(3), right: Sum(2, minus: 0), result: Sum(0, plus: 2), begins: []),
        Step(left: Sum(0, plus: 1), right: Sum(3), result: Sum(1, minus: 0), begins: []),
        Step(left: Sum(2, minus: 0), right: Sum(0, plus: 1), result: Sum(3), begins: []),
        Step(left: Sum(1, minus: 3), right: Sum(2, plus: 3), result: Sum(0), begins: []),
    ]

    /// Sizes come in units of this many rows or columns.
    private static let rowUnit = 32, widthUnit = 128
    /// The fewest rows and the narrowest rows for which the seventh of the work that is saved outweighs the additions.
    private static let fewestRows = 1024, narrowest = 512

    private static func suits(rows: Int, _ widths: Int...) -> Bool {
        rows >= fewestRows && widths.allSatisfy { $0 >= narrowest && $0.isMultiple(of: widthUnit) }
    }

    /// `y[rows, outputs] = x[rows, inputs] · w[outputs, inputs]ᵀ`; small products go to OpenBLAS.
    package static func forward(x: Tensor, weight w: Tensor) -> Tensor {
        let rows = x.rowCount, inputs = x.rowWidth, outputs = w.rowCount
        guard suits(rows: rows, inputs, outputs) else { return BLAS.forward(x: x, weight: w) }
        let y = Tensor(uninitialized: [rows, outputs]), whole = rows / rowUnit * rowUnit
        product(
            m: whole, n: outputs, k: inputs, left: Factor(x, isTransposed: false), right: Factor(w, isTransposed: true),
            result: y.pointer)
        BLAS.product(
            transposeB: true, m: rows - whole, n: outputs, k: inputs, a: x.pointer + whole * inputs, strideA: inputs,
            b: w.pointer, strideB: inputs, c: y.pointer + whole * outputs, strideC: outputs)
        return y
    }

    /// `dx[rows, inputs] = dy[rows, outputs] · w[outputs, inputs]`.
    package static func backward(dy: Tensor, weight w: Tensor) -> Tensor {
        let rows = dy.rowCount, outputs = dy.rowWidth, inputs = w.rowWidth
        guard suits(rows: rows, inputs, outputs) else { return BLAS.backward(dy: dy, weight: w) }
        let dx = Tensor(uninitialized: [rows, inputs]), whole = rows / rowUnit * rowUnit
        product(
            m: whole, n: inputs, k: outputs, left: Factor(dy, isTransposed: false),
            right: Factor(w, isTransposed: false), result: dx.pointer)
        BLAS.product(
            m: rows - whole, n: inputs, k: outputs, a: dy.pointer + whole * outputs, strideA: outputs, b: w.pointer,
            strideB: inputs, c: dx.pointer + whole * inputs, strideC: inputs)
        return dx
    }

    /// `dw[outputs, inputs] = dy[rows, outputs]ᵀ · x[rows, inputs]`.
    package static func weightGradient(dy: Tensor, x: Tensor) -> Tensor {
        let rows = dy.rowCount, outputs = dy.rowWidth, inputs = x.rowWidth
        guard suits(rows: rows, inputs, outputs) else { return BLAS.weightGradient(dy: dy, x: x) }
        let dw = Tensor(uninitialized: [outputs, inputs]), whole = rows / rowUnit * rowUnit
        product(
            m: outputs, n: inputs, k: whole, left: Factor(dy, isTransposed: true),
            right: Factor(x, isTransposed: false), result: dw.pointer)
        if whole < rows {
            BLAS.product(
                transposeA: true, m: outputs, n: inputs, k: rows - whole, a: dy.pointer + whole * outputs,
                strideA: outputs, b: x.pointer + whole * inputs, strideB: inputs, beta: 1, c: dw.pointer,
                strideC: inputs)
        }
        return dw
    }

    /// The deepest panels that are packed at once; a multiple of 16, by which the kernel's rows are `rowStride` apart.
    private static let deepest = 384
    /// As many rows of either half are computed together as the second-level cache keeps about: of the left factor and
    /// of the result.
    private static let rowsTogether = 64
    /// The most columns whose packed panels, for all steps, the third-level cache keeps.
    private static let columnsTogether = 768
    /// The columns of a panel.
    private static let panelWidth = 64
    /// Into how many tasks the packing of a step's panels is divided.
    private static let packShares = 4

    /// `result[m, n] = left[m, k] · right[k, n]`.
    ///
    /// Each block of rows takes all seven steps one after the other, so that a step finds in the cache what the one before
    /// it read of the left factor and added to the result. The panels of all steps are packed before.
    private static func product(
        m: Int, n: Int, k: Int, left: Factor, right: Factor, result: UnsafeMutablePointer<Float>
    ) {
        let (m, n, k, stride) = (m / 2, n / 2, k / 2, n)
        // Parts of nearly equal size, and an even number of blocks of rows, which two threads are to share.
        let deepest = evenPart(of: k, most: deepest), height = evenPart(of: m, most: rowsTogether, pairs: true)
        let widest = evenPart(of: n, most: columnsTogether, unit: panelWidth)
        let panels = Tensor(uninitialized: [steps.count, widest * deepest])
        for column in Swift.stride(from: 0, to: n, by: widest) {
            for first in Swift.stride(from: 0, to: k, by: deepest) {
                let width = min(widest, n - column), depth = min(deepest, k - first)
                Parallel.forEach(steps.count * packShares) { task in
                    let number = task / packShares
                    right.blocks(of: steps[number].right, rows: k, columns: n).packPanels(
                        from: first, depth: depth, first: column, width: width, share: task % packShares,
                        of: packShares, to: panels.pointer + number * panels.rowWidth)
                }
                Parallel.forEach((m + height - 1) / height) { task in
                    let row = task * height, count = min(height, m - row)
                    let rows = Tensor(uninitialized: [count, rowStride])
                    for (number, step) in steps.enumerated() {
                        left.blocks(of: step.left, rows: m, columns: k).packRows(
                            from: row, count: count, first: first, depth: depth, to: rows.pointer)
                        let targets = Targets(step, result, rows: m, columns: n, stride: stride, isFirst: first == 0)
                        let panel = panels.pointer + number * panels.rowWidth
                        for start in Swift.stride(from: 0, to: width, by: panelWidth) {
                            forEachTile(
                                count,
                                PackedTile(
                                    rows: rows.pointer, panel: panel + start * depth, depth: depth, targets: targets,
                                    offset: row * stride + column + start))
                        }
                    }
                }
            }
        }
    }

    /// The size, a multiple of `unit`, of parts of `count` that are nearly equal and of at most `most`; an even number
    /// of parts where two threads are to share them.
    private static func evenPart(of count: Int, most: Int, unit: Int = 16, pairs: Bool = false) -> Int {
        let parts = pairs ? 2 * ((count + 2 * most - 1) / (2 * most)) : (count + most - 1) / most
        return ((count + parts - 1) / parts + unit - 1) / unit * unit
    }
}
