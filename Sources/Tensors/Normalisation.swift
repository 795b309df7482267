/// Root-mean-square norm without mean and bias, as in T5: `y = w · x / sqrt(mean(x²) + ε)` for each row.
package enum RMSNorm {
    /// Returns `y[rows, width]` and, for `backward`, the reciprocal root of each row.
    package static func forward(x: Tensor, weight: Tensor, epsilon: Float) -> (y: Tensor, scales: Tensor) {
        let rows = x.rowCount, width = x.rowWidth
        precondition(weight.count == width, "a weight of shape \(weight.shape) for rows of \(width)")
        let y = Tensor(uninitialized: x.shape), scales = Tensor(uninitialized: [rows])
        let w = UnsafePointer(weight.pointer)
        for row in 0..<rows {
            let xr = UnsafePointer(x.pointer + row * width), yr = y.pointer + row * width
            let scale = 1 / (Reduction.dot(xr, xr, width) / Float(width) + epsilon).squareRoot()
            scales.pointer[row] = scale
            forEachVector(width) { i, lanes in
                let v = lanes.load(xr + i) * Vector(repeating: scale) * lanes.load(w + i)
                lanes.store(v, yr + i)
            }
        }
        return (y, scales)
    }

    /// Returns `dx` and, if asked for, adds to `weightGradient[width]`.
    package static func backward(
        dy: Tensor, x: Tensor, weight: Tensor, scales: Tensor, weightGradient: Tensor?
    ) -> Tensor {
        let rows = x.rowCount, width = x.rowWidth
        let dx = Tensor(uninitialized: x.shape)
        let w = UnsafePointer(weight.pointer)
        for row in 0..<rows {
            let xr = UnsafePointer(x.pointer + row * width), dyr = UnsafePointer(dy.pointer + row * width)
            let dxr = dx.pointer + row * width
            let scale = scales.pointer[row]
            var sum = Vector.zero
            forEachVector(width) { i, lanes in
                sum.addProduct(lanes.load(dyr + i) * lanes.load(w + i), lanes.load(xr + i))
            }
            let shared = Vector(repeating: sum.total * scale * scale * scale / Float(width))
            forEachVector(width) { i, lanes in
                let v = lanes.load(dyr + i) * lanes.load(w + i) * Vector(repeating: scale) - shared * lanes.load(xr + i)
                lanes.store(v, dxr + i)
            }
            if let weightGradient {
                let wg = weightGradient.pointer
                forEachVector(width) { i, lanes in
                    let v = lanes.load(UnsafePointer(wg + i)) + lanes.load(dyr + i) * lanes.load(xr + i) * Vector(repeating: scale)
                    lanes.store(v, wg + i)
                }
            }
        }
        return dx
    }
}

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
        for row in 0..<rows {
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
        let rows = dy.rowCount, width = dy.rowWidth
        let dx = Tensor(uninitialized: dy.shape)
        let w = UnsafePointer(weight.pointer)
        for row in 0..<rows {
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
            if let wg = weightGradient?.pointer {
                forEachVector(width) { i, lanes in
                    lanes.store(lanes.load(UnsafePointer(wg + i)) + lanes.load(dyr + i) * lanes.load(nr + i), wg + i)
                }
            }
            if let bg = biasGradient?.pointer {
                forEachVector(width) { i, lanes in
                    lanes.store(lanes.load(UnsafePointer(bg + i)) + lanes.load(dyr + i), bg + i)
                }
            }
        }
        return dx
    }
}
