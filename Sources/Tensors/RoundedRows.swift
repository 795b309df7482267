/// The rows of a weight rounded to 8 bits, with what that may change in a product.
///
/// A row `w` is `scale · codes + v`. With `x` likewise `step · codes(x) + u`, a product is
///
///     x · w  =  step · scale · (codes(x) · codes)  +  u · (scale · codes)  +  x · v
///
/// The first term has a sum of integers. The others are at most `‖u‖ · size` and `‖x‖ · error` (Cauchy and Schwarz), where
/// each row keeps `size = ‖scale · codes‖` and `error = ‖v‖`. To this comes what single precision does to the first term,
/// and to the product that `FrozenProduct` computes: 2⁻²⁴ of `‖x‖ · ‖w‖` at most for each rounding on the way.
struct RoundedRows: Sendable {
    private let rows: Int
    private let width: Int
    private let codes: [Int8]
    private let scales: [Float]
    /// Upper bounds of `‖scale · codes‖`.
    private let sizes: [Float]
    /// Upper bounds of `‖v‖`.
    private let errors: [Float]
    /// Upper bound of the norm of any row.
    private let largestNorm: Float

    /// Rounds each row to codes from -127 to 127. Nil where a weight is too large for the bounds, or not finite.
    init?(_ weight: Tensor) {
        let rows = weight.rowCount, width = weight.rowWidth
        guard RoundedRow.widths.contains(width) else { return nil }
        let scales = Tensor(uninitialized: [rows]), sizes = Tensor(uninitialized: [rows])
        let errors = Tensor(uninitialized: [rows])
        codes = Array(unsafeUninitializedCapacity: weight.count) { codes, count in
            guard let target = codes.baseAddress else { return }
            Parallel.split(rows, granularity: 1) { range in
                for row in range {
                    let start = row * width
                    let rounded = RoundedRow(weight.pointer + start, width, codes: target + start)
                    scales.pointer[row] = rounded.scale
                    sizes.pointer[row] = rounded.size
                    errors.pointer[row] = rounded.error
                }
            }
            count = weight.count
        }
        (self.rows, self.width) = (rows, width)
        (self.scales, self.sizes, self.errors) = (scales.array, sizes.array, errors.array)
        var largestNorm: Float = 0
        for (size, error) in zip(self.sizes, self.errors) {
            // A NaN fails this too.
            guard size + error <= RoundedRow.range.upperBound else { return nil }
            largestNorm = max(largestNorm, size + error)
        }
        self.largestNorm = largestNorm
    }

    /// The rows whose product with `x[1, width]` may be the largest, in order: no other row's product, as `FrozenProduct`
    /// computes it, is as large. Nil when these are more than a sixteenth, or when the bounds do not hold.
    func candidates(_ x: Tensor) -> [Int32]? {
        guard let rounded = RoundedQuery(x.pointer, width) else { return nil }
        let length = rounded.length, step = rounded.step
        guard RoundedRow.range.contains(length), length * largestNorm <= RoundedRow.range.upperBound else { return nil }
        // Twice the roundings of a product by `FrozenProduct` and of those below.
        let roundings = Float(width / 16 + 40) * 0x1p-23
        let perSize = rounded.error + roundings * length
        let lower = Tensor(uninitialized: [rows]), upper = Tensor(uninitialized: [rows])
        rounded.codes.withUnsafeBufferPointer { codesOfX in
            codes.withUnsafeBufferPointer { codes in
                guard let x = codesOfX.baseAddress, let w = codes.baseAddress else { return }
                Parallel.split(rows, granularity: 16) { range in
                    for row in range {
                        let product = Float(RoundedRow.dot(x, w + row * width, width)) * scales[row] * step
                        let bound = errors[row] * length + sizes[row] * perSize + Float.leastNormalMagnitude
                        lower.pointer[row] = product - bound
                        upper.pointer[row] = product + bound
                    }
                }
            }
        }
        let least = Softmax.largest(lower.pointer, rows)
        var candidates: [Int32] = []
        for row in 0..<rows where upper.pointer[row] >= least { candidates.append(Int32(row)) }
        return candidates.count <= rows / 16 ? candidates : nil
    }
}
