/// The softmax of each row of a matrix.
package enum SoftmaxRows {
    /// `exp(x) / Σ exp(x)` over each row of `x[rows, classes]`.
    package static func forward(_ x: Tensor) -> Tensor {
        let width = x.rowWidth
        let result = Tensor(uninitialized: x.shape)
        for row in 0..<x.rowCount {
            let target = result.pointer + row * width
            let (_, sum) = Softmax.unnormalised(UnsafePointer(x.pointer + row * width), target, width)
            for i in 0..<width { target[i] /= sum }
        }
        return result
    }

    /// The gradient at `x` from that at the result: `y · (dy - Σ dy · y)` for each row.
    package static func backward(dy: Tensor, y: Tensor) -> Tensor {
        let width = y.rowWidth
        let result = Tensor(uninitialized: y.shape)
        for row in 0..<y.rowCount {
            let dy = dy.pointer + row * width, y = y.pointer + row * width, dx = result.pointer + row * width
            var mean: Float = 0
            for i in 0..<width { mean += dy[i] * y[i] }
            for i in 0..<width { dx[i] = y[i] * (dy[i] - mean) }
        }
        return result
    }
}
