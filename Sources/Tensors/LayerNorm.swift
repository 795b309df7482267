/// Layer norm: `y = w · (x - mean) / sqrt(variance + ε) + b` for each row, with the biased variance.
package enum LayerNorm {
    /// Returns `y[rows, width]` and, for `backward`, the normalised rows and the reciprocal deviation of each row.
    ///
    /// - Parameters:
    ///   - branch: what is added to `x` before, `dropout` applied to it: the other branch of a residual connection.
    package static func forward(
        x: Tensor, plus branch: Tensor? = nil, dropout: Dropout? = nil, weight: Tensor, bias: Tensor, epsilon: Float
    ) -> (y: Tensor, normalised: Tensor, scales: Tensor) {
        let rows = x.rowCount, width = x.rowWidth
        precondition(weight.count == width && bias.count == width, "weights of \(weight.shape) for rows of \(width)")
        let y = Tensor(uninitialized: x.shape), normalised = Tensor(uninitialized: x.shape)
        let scales = Tensor(uninitialized: [rows])
        let w = UnsafePointer(weight.pointer), b = UnsafePointer(bias.pointer)
        Elementwise.forRows(x) { row in
            let yr = y.pointer + row * width, nr = normalised.pointer + row * width
            var xr = UnsafePointer(x.pointer + row * width)
            if let branch {
                add(xr, branch.pointer + row * width, dropout, first: row * width, width, to: nr)
                xr = UnsafePointer(nr)
            }
            let mean = Reduction.sum(xr, width) / Float(width)
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

    /// `target = x + mask · branch` for one row, whose first element has number `first`.
    private static func add(
        _ x: UnsafePointer<Float>, _ branch: UnsafePointer<Float>, _ dropout: Dropout?, first: Int, _ width: Int,
        to target: UnsafeMutablePointer<Float>
    ) {
        if let mask = dropout?.mask {
            forEachVector(width) { i, lanes in
                lanes.store(lanes.load(x + i) + lanes.load(branch + i) * mask.factors(from: first + i), target + i)
            }
        } else {
            forEachVector(width) { i, lanes in lanes.store(lanes.load(x + i) + lanes.load(branch + i), target + i) }
        }
    }

    /// Returns `dx` and, of a branch that was added with a dropout, its gradient; without one it is `dx` too. Adds to
    /// the gradients of weight and bias, if asked for.
    package static func backward(
        dy: Tensor, normalised: Tensor, dropout: Dropout? = nil, weight: Tensor, scales: Tensor,
        weightGradient: Tensor?, biasGradient: Tensor?
    ) -> (dx: Tensor, dBranch: Tensor?) {
        let width = dy.rowWidth
        let dx = Tensor(uninitialized: dy.shape), dBranch = dropout.map { _ in Tensor(uninitialized: dy.shape) }
        // Sums down the rows begin anew in each run, so that their order does not depend on the number of threads.
        let runs = Elementwise.runCount(dy)
        let weightSums = weightGradient.map { _ in Tensor(zeros: [runs, width]) }
        let biasSums = biasGradient.map { _ in Tensor(zeros: [runs, width]) }
        Elementwise.forRuns(dy) { run, rows in
            let wg = weightSums.map { $0.pointer + run * width }, bg = biasSums.map { $0.pointer + run * width }
            for row in rows {
                let first = row * width
                differentiate(
                    dy.pointer + first, normalised.pointer + first, weight.pointer, width,
                    scale: scales.pointer[row], to: dx.pointer + first, wg, bg)
                if let dropout, let dBranch {
                    dropout.apply(dx.pointer + first, dBranch.pointer + first, width, first: first)
                }
            }
        }
        for (sums, gradient) in [(weightSums, weightGradient), (biasSums, biasGradient)] {
            guard let sums, let gradient else { continue }
            Elementwise.addRows(of: sums, to: gradient)
        }
        return (dx, dBranch)
    }

    /// The gradient of one row; adds what it gives to those of weight and bias, where they are asked for.
    private static func differentiate(
        _ dy: UnsafePointer<Float>, _ normalised: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, _ width: Int,
        scale: Float, to dx: UnsafeMutablePointer<Float>, _ weightSum: UnsafeMutablePointer<Float>?,
        _ biasSum: UnsafeMutablePointer<Float>?
    ) {
        var sum = Vector.zero, weighted = Vector.zero
        forEachVector(width) { i, lanes in
            let dy = lanes.load(dy + i), n = lanes.load(normalised + i)
            let d = dy * lanes.load(weight + i)
            sum += d
            weighted.addProduct(d, n)
            if let weightSum { lanes.store(lanes.load(UnsafePointer(weightSum + i)) + dy * n, weightSum + i) }
            if let biasSum { lanes.store(lanes.load(UnsafePointer(biasSum + i)) + dy, biasSum + i) }
        }
        let meanD = Vector(repeating: sum.total / Float(width))
        let meanDN = Vector(repeating: weighted.total / Float(width))
        forEachVector(width) { i, lanes in
            let d = lanes.load(dy + i) * lanes.load(weight + i)
            lanes.store((d - meanD - lanes.load(normalised + i) * meanDN) * Vector(repeating: scale), dx + i)
        }
    }
}
