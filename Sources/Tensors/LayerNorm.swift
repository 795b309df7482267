/// Layer norm: `y = w · (x - mean) / sqrt(variance + ε) + b` for each row, with the biased variance.
package enum LayerNorm {
    /// Returns `y[rows, width]` and, for `backward`, the normalised rows and the reciprocal deviation of each row.
    package static func forward(
        x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float
    ) -> (y: Tensor, normalised: Tensor, scales: Tensor) {
        let rows = x.rowCount, width = x.rowWidth
        precondition(weight.count == width && bias.count == width, "weights of \(weight.shape) for rows of \(width)")
        let y = Tensor(uninitialized: x.shape), normalised = Tensor(uninitialized: x.shape)
        let scales = Tensor(uninitialized: [rows])
        let w = UnsafePointer(weight.pointer), b = UnsafePointer(bias.pointer)
        Elementwise.forRows(x) { row in
            let xr = UnsafePointer(x.pointer + row * width)
            let yr = y.pointer + row * width, nr = normalised.pointer + row * width
            var sum = Vector.zero
            forEachVector(width) { i, lanes in sum += lanes.load(xr + i) }
            let mean = sum.total / Float(width)
            var squares = Vector.zero
            forEachVector(width) { i, lanes in
                let difference = lanes.masked(lanes.load(xr + i) - Vector(repeating: mean))
                squares.addProduct(difference, difference)
            }
            let scale = 1 / (squares.total / Float(width) + epsilon).squareRoot()
            scales.pointer[row] = scale
            forEachVector(width) { i, lanes in
                let n = (lanes.load(xr + i) - Vector(repeating: mean)) * Vector(repeating: scale)
                lanes.store(n, nr + i)
                lanes.store(lanes.load(b + i).addingProduct(n, lanes.load(w + i)), yr + i)
            }
        }
        return (y, normalised, scales)
    }

    /// Returns `dx` and, if asked for, adds to the gradients of weight and bias.
    package static func backward(
        dy: Tensor, normalised: Tensor, weight: Tensor, scales: Tensor, weightGradient: Tensor?, biasGradient: Tensor?
    ) -> Tensor {
        let width = dy.rowWidth
        let dx = Tensor(uninitialized: dy.shape)
        let w = UnsafePointer(weight.pointer)
        Elementwise.forRows(dy) { row in
            let nr = UnsafePointer(normalised.pointer + row * width), dyr = UnsafePointer(dy.pointer + row * width)
            let dxr = dx.pointer + row * width
            var sum = Vector.zero, weighted = Vector.zero
            forEachVector(width) { i, lanes in
                let d = lanes.load(dyr + i) * lanes.load(w + i)
                sum += d
                weighted.addProduct(d, lanes.load(nr + i))
            }
            let meanD = Vector(repeating: sum.total / Float(width))
            let meanDN = Vector(repeating: weighted.total / Float(width))
            let scale = Vector(repeating: scales.pointer[row])
            forEachVector(width) { i, lanes in
                let d = lanes.load(dyr + i) * lanes.load(w + i)
                lanes.store((d - meanD - lanes.load(nr + i) * meanDN) * scale, dxr + i)
            }
        }
        if weightGradient != nil || biasGradient != nil {
            Elementwise.forColumns(dy) { columns in
                addParameterGradients(
                    dy, normalised, columns, weightGradient: weightGradient, biasGradient: biasGradient)
            }
        }
        return dx
    }

    /// Adds row after row, so that the sums do not depend on how columns are shared out.
    private static func addParameterGradients(
        _ dy: Tensor, _ normalised: Tensor, _ columns: Range<Int>, weightGradient: Tensor?, biasGradient: Tensor?
    ) {
        for row in 0..<dy.rowCount {
            let first = row * dy.rowWidth + columns.lowerBound
            let dyr = UnsafePointer(dy.pointer + first), nr = UnsafePointer(normalised.pointer + first)
            if let wg = weightGradient.map({ $0.pointer + columns.lowerBound }) {
                forEachVector(columns.count) { i, lanes in
                    lanes.store(lanes.load(UnsafePointer(wg + i)) + lanes.load(dyr + i) * lanes.load(nr + i), wg + i)
                }
            }
            if let bg = biasGradient.map({ $0.pointer + columns.lowerBound }) {
                forEachVector(columns.count) { i, lanes in
                    lanes.store(lanes.load(UnsafePointer(bg + i)) + lanes.load(dyr + i), bg + i)
                }
            }
        }
    }
}
