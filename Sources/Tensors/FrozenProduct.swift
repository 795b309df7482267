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
            var firstRow = 0
            while firstRow < rows {
                let block = min(rowBlock, rows - firstRow)
                forwardPanel(
                    x: xp + firstRow * inputs, rows: block, inputs: inputs, weight: wp, outputs: range,
                    y: yp + firstRow * outputs, stride: outputs)
                firstRow += block
            }
        }
        return y
    }

    /// `dx[rows, inputs] = dy[rows, outputs] · w[outputs, inputs]`: the gradient of `forward` with respect to `x`.
    package static func backward(dy: Tensor, weight w: Tensor) -> Tensor {
        let rows = dy.rowCount, outputs = dy.rowWidth, inputs = w.rowWidth
        precondition(w.rowCount == outputs, "a weight of shape \(w.shape) does not give rows of \(outputs)")
        let dx = Tensor(zeros: [rows, inputs])
        let dyp = UnsafePointer(dy.pointer), wp = UnsafePointer(w.pointer), dxp = dx.pointer
        splitting(inputs, granularity: 64, work: rows * inputs * outputs) { range in
            // Panels of weight rows stay in cache while all column tiles and rows use them.
            var firstOutput = 0
            while firstOutput < outputs {
                let depth = min(64, outputs - firstOutput)
                backwardPanel(
                    dy: dyp + firstOutput, stride: outputs, rows: rows, depth: depth,
                    weight: wp + firstOutput * inputs, inputs: inputs, columns: range, dx: dxp)
                firstOutput += depth
            }
        }
        return dx
    }

    private static func splitting(_ count: Int, granularity: Int, work: Int, _ body: (Range<Int>) -> Void) {
        if work < parallelThreshold {
            body(0..<count)
        } else {
            Parallel.split(count, granularity: granularity, body)
        }
    }
}
