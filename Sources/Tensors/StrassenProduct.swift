/// Products of large matrices by Strassen's algorithm: seven products of half the size in place of eight ("Gaussian
/// elimination is not optimal", 1969), and where it pays these by seven in their turn.
///
/// No sum of blocks is ever stored as a matrix. As Huang and others do ("Strassen's algorithm reloaded", 2016), blocks
/// are added while they are packed for the kernel, and the kernel adds its result to all blocks that want it. Rounding
/// errors are some 1.4 times those of the ordinary product, with two levels three times, which training does not notice;
/// where decisions hang on last bits, products go another way (`FrozenProduct`).
///
/// What is computed depends on the sizes alone and not on the number of threads.
package enum StrassenProduct {
    /// Sizes come in units of this many rows or columns.
    private static let rowUnit = 32, widthUnit = 128
    /// The fewest rows and the narrowest rows for which the seventh of the work that is saved outweighs the additions.
    private static let fewestRows = 1024, narrowest = 512

    private static func suits(rows: Int, _ widths: Int...) -> Bool {
        rows >= fewestRows && widths.allSatisfy { $0 >= narrowest && $0.isMultiple(of: widthUnit) }
    }

    /// Quarters where their panels come out even. Gradients of weights, whose blocks have few rows and are deep, take
    /// halves.
    private static func scheme(_ inputs: Int, _ outputs: Int) -> Scheme {
        inputs.isMultiple(of: 2 * widthUnit) && outputs.isMultiple(of: 2 * widthUnit) ? .quarters : .halves
    }

    /// `y[rows, outputs] = x[rows, inputs] · w[outputs, inputs]ᵀ + bias[outputs]`; small products go to OpenBLAS.
    package static func forward(x: Tensor, weight w: Tensor, bias: Tensor? = nil) -> Tensor {
        let rows = x.rowCount, inputs = x.rowWidth, outputs = w.rowCount
        guard suits(rows: rows, inputs, outputs) else {
            let y = BLAS.forward(x: x, weight: w)
            if let bias { Elementwise.addToRows(bias, into: y) }
            return y
        }
        let y = Tensor(uninitialized: [rows, outputs]), whole = rows / rowUnit * rowUnit
        let start = bias.map { Start(pointer: $0.pointer, stride: 0) }
        product(
            m: whole, n: outputs, k: inputs, left: Factor(x), ByRow.self, right: Factor(transposed(w)),
            scheme: scheme(inputs, outputs), start: start, result: y.pointer)
        start?.copy(rows: whole..<rows, of: outputs, to: y.pointer)
        BLAS.product(
            transposeB: true, m: rows - whole, n: outputs, k: inputs, a: x.pointer + whole * inputs, strideA: inputs,
            b: w.pointer, strideB: inputs, beta: start == nil ? 0 : 1, c: y.pointer + whole * outputs, strideC: outputs)
        return y
    }

    /// `dx[rows, inputs] = sum[rows, inputs] + dy[rows, outputs] · w[outputs, inputs]`, in the memory of `sum` or in
    /// new.
    package static func backward(
        dy: Tensor, weight w: Tensor, plus sum: Tensor? = nil, inPlace: Bool = false
    ) -> Tensor {
        let rows = dy.rowCount, outputs = dy.rowWidth, inputs = w.rowWidth
        guard suits(rows: rows, inputs, outputs) else {
            return add(BLAS.backward(dy: dy, weight: w), to: sum, inPlace: inPlace)
        }
        let dx = memory([rows, inputs], of: sum, inPlace), whole = rows / rowUnit * rowUnit
        let start = sum.map { Start(pointer: $0.pointer, stride: inputs) }
        product(
            m: whole, n: inputs, k: outputs, left: Factor(dy), ByRow.self, right: Factor(w),
            scheme: scheme(inputs, outputs), start: start, result: dx.pointer)
        start?.copy(rows: whole..<rows, of: inputs, to: dx.pointer)
        BLAS.product(
            m: rows - whole, n: inputs, k: outputs, a: dy.pointer + whole * outputs, strideA: outputs, b: w.pointer,
            strideB: inputs, beta: start == nil ? 0 : 1, c: dx.pointer + whole * inputs, strideC: inputs)
        return dx
    }

    /// `dw[outputs, inputs] = sum[outputs, inputs] + dy[rows, outputs]ᵀ · x[rows, inputs]`, in the memory of `sum` or
    /// in new.
    package static func weightGradient(
        dy: Tensor, x: Tensor, plus sum: Tensor? = nil, inPlace: Bool = false
    ) -> Tensor {
        let rows = dy.rowCount, outputs = dy.rowWidth, inputs = x.rowWidth
        guard suits(rows: rows, inputs, outputs) else {
            return add(BLAS.weightGradient(dy: dy, x: x), to: sum, inPlace: inPlace)
        }
        let dw = memory([outputs, inputs], of: sum, inPlace), whole = rows / rowUnit * rowUnit
        product(
            m: outputs, n: inputs, k: whole, left: Factor(dy), ByDepth.self, right: Factor(x), scheme: .halves,
            start: sum.map { Start(pointer: $0.pointer, stride: inputs) },
            result: dw.pointer)
        if whole < rows {
            BLAS.product(
                transposeA: true, m: outputs, n: inputs, k: rows - whole, a: dy.pointer + whole * outputs,
                strideA: outputs, b: x.pointer + whole * inputs, strideB: inputs, beta: 1, c: dw.pointer,
                strideC: inputs)
        }
        return dw
    }

    /// `w[rows, columns]` as `[columns, rows]`, both multiples of 16.
    private static func transposed(_ w: Tensor) -> Tensor {
        let result = Tensor(uninitialized: [w.rowWidth, w.rowCount])
        Parallel.forEach(w.rowCount / 16) { task in
            Factor(w).from(row: task * 16, column: 0).transpose(
                rows: 16, columns: w.rowWidth, to: result.pointer + task * 16, width: w.rowCount)
        }
        return result
    }

    /// What a sum is written to: its own memory, or new.
    private static func memory(_ shape: [Int], of sum: Tensor?, _ inPlace: Bool) -> Tensor {
        if inPlace, let sum { return sum.reshaped(shape) }
        return Tensor(uninitialized: shape)
    }

    private static func add(_ product: Tensor, to sum: Tensor?, inPlace: Bool) -> Tensor {
        guard let sum else { return product }
        guard inPlace else { return Elementwise.add(sum, product) }
        Elementwise.accumulate(product, into: sum)
        return sum
    }
}
