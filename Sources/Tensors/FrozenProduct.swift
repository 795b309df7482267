/// Products with a weight matrix whose results do not depend on what else is in the batch.
///
/// OpenBLAS chooses its kernel, and with it the order of additions, by the shape of the whole product: the same row
/// gives other last bits alone than in a batch. Retrieval compares distances with radii, so here every output element
/// is computed by one fixed sequence of operations whatever the number of rows and of threads. Both directions read
/// the weights as checkpoints store them, `[outputs, inputs]`, so a mapped file needs no repacking; with the few rows
/// of a single edit the products run at the speed of memory.
package enum FrozenProduct {
    /// Rows of the left factor that pass over a panel of weights while they stay in the second-level cache.
    private static let rowBlock = 192
    /// Products below this many multiplications run on the calling thread.
    private static let parallelThreshold = 1 << 17

    /// `y[rows, outputs] = x[rows, inputs] · w[outputs, inputs]ᵀ`.
    package static func forward(x: Tensor, weight w: Tensor) -> Tensor {
        let rows = x.rowCount, inputs = x.rowWidth, outputs = w.rowCount
        precondition(w.rowWidth == inputs, "a weight of shape \(w.shape) does not take rows of \(inputs)")
        let y = Tensor(uninitialized: [rows, outputs])
        let xp = UnsafePointer(x.pointer), wp = UnsafePointer(w.pointer), yp = y.pointer
        splitting(outputs, granularity: 4, work: rows * inputs * outputs) { range in
            for firstRow in stride(from: 0, to: rows, by: rowBlock) {
                forwardPanel(
                    x: xp + firstRow * inputs, rows: min(rowBlock, rows - firstRow), inputs: inputs, weight: wp,
                    outputs: range, y: yp + firstRow * outputs, stride: outputs)
            }
        }
        return y
    }

    /// `dx[rows, inputs] = dy[rows, outputs] · w[outputs, inputs]`: the gradient of `forward` with respect to `x`.
    package static func backward(dy: Tensor, weight w: Tensor) -> Tensor {
        let rows = dy.rowCount, outputs = dy.rowWidth, inputs = w.rowWidth
        precondition(w.rowCount == outputs, "a weight of shape \(w.shape) does not give rows of \(outputs)")
        // Every part of the outputs has sums of its own, added up in order. How many there are depends on the weight
        // alone, so that neither the batch nor the threads change a bit; each reads its weights from end to end.
        let parts = max(1, min(4, outputs / 64))
        let sums = Tensor(uninitialized: [parts, rows, inputs])
        let dyp = UnsafePointer(dy.pointer), wp = UnsafePointer(w.pointer), sumsp = sums.pointer
        func start(_ part: Int) -> Int { outputs * part / parts }
        splitting(parts, granularity: 1, work: rows * inputs * outputs) { range in
            for part in range {
                (sumsp + part * rows * inputs).update(repeating: 0, count: rows * inputs)
                for firstRow in stride(from: 0, to: rows, by: rowBlock) {
                    backwardPanel(
                        dy: dyp + firstRow * outputs, stride: outputs, rows: min(rowBlock, rows - firstRow),
                        weight: wp, outputs: start(part)..<start(part + 1), inputs: inputs,
                        dx: sumsp + (part * rows + firstRow) * inputs, end: start(range.upperBound))
                }
            }
        }
        return Elementwise.sumOfParts(sums)
    }

    private static func splitting(_ count: Int, granularity: Int, work: Int, _ body: (Range<Int>) -> Void) {
        if work < parallelThreshold {
            body(0..<count)
        } else {
            Parallel.split(count, granularity: granularity, body)
        }
    }
}
