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
                    let v =
                        lanes.load(UnsafePointer(wg + i)) + lanes.load(dyr + i) * lanes.load(xr + i)
                        * Vector(repeating: scale)
                    lanes.store(v, wg + i)
                }
            }
        }
        return dx
    }
}
