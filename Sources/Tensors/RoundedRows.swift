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
    /// Codes of `x` are at most so large that no sum of products leaves 32 bits.
    private let largestCode: Float
    /// Makes a number that was computed in single precision an upper bound: far more than the roundings of a norm.
    private let margin: Float

    /// Norms for which products and bounds stay clear of the limits of single precision.
    private static let range: ClosedRange<Float> = 1e-15...1e15
    /// Rows whose largest weight is less have codes of zero, since the inverse of their scale could be infinite.
    private static let leastWeight: Float = 0x1p-90

    /// Rounds each row to codes from -127 to 127. Nil where a weight is too large for the bounds, or not finite.
    init?(_ weight: Tensor) {
        let rows = weight.rowCount, width = weight.rowWidth
        guard width > 0, width < 1 << 20 else { return nil }
        let margin = 1 + Float(width + 1000) * 0x1p-23
        let scales = Tensor(uninitialized: [rows]), sizes = Tensor(uninitialized: [rows])
        let errors = Tensor(uninitialized: [rows])
        codes = Array(unsafeUninitializedCapacity: weight.count) { codes, count in
            guard let target = codes.baseAddress else { return }
            Parallel.split(rows, granularity: 1) { range in
                for row in range {
                    let start = row * width
                    let rounded = Self.round(weight.pointer + start, width, margin: margin, to: target + start)
                    scales.pointer[row] = rounded.scale
                    sizes.pointer[row] = rounded.size
                    errors.pointer[row] = rounded.error
                }
            }
            count = weight.count
        }
        (self.rows, self.width, self.margin) = (rows, width, margin)
        (self.scales, self.sizes, self.errors) = (scales.array, sizes.array, errors.array)
        largestCode = Float(min(Int(Int16.max), Int(Int32.max) / (127 * width)))
        var largestNorm: Float = 0
        for (size, error) in zip(self.sizes, self.errors) {
            // A NaN fails this too.
            guard size + error <= Self.range.upperBound else { return nil }
            largestNorm = max(largestNorm, size + error)
        }
        self.largestNorm = largestNorm
    }

    /// The rows whose product with `x[1, width]` may be the largest, in order: no other row's product, as `FrozenProduct`
    /// computes it, is as large. Nil when these are more than a sixteenth, or when the bounds do not hold.
    func candidates(_ x: Tensor) -> [Int32]? {
        guard let (codesOfX, step) = round(x) else { return nil }
        let length = Reduction.dot(x.pointer, x.pointer, width).squareRoot() * margin
        guard Self.range.contains(length), length * largestNorm <= Self.range.upperBound else { return nil }
        // Codes are off by one half, and by the roundings of a number up to 2¹⁵.
        let remainder = 0.51 * step * Float(width).squareRoot() * margin
        // Twice the roundings of a product by `FrozenProduct` and of those below.
        let roundings = Float(width / 16 + 40) * 0x1p-23
        let perSize = remainder + roundings * length
        let lower = Tensor(uninitialized: [rows]), upper = Tensor(uninitialized: [rows])
        codesOfX.withUnsafeBufferPointer { codesOfX in
            codes.withUnsafeBufferPointer { codes in
                guard let x = codesOfX.baseAddress, let w = codes.baseAddress else { return }
                Parallel.split(rows, granularity: 16) { range in
                    for row in range {
                        let product = Float(dot(x, w + row * width, width)) * scales[row] * step
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

    /// Codes of a row of `x` and their step; nil where it is zero or not finite.
    private func round(_ x: Tensor) -> (codes: [Int16], step: Float)? {
        let x = UnsafeBufferPointer(start: x.pointer, count: width)
        let largest = x.reduce(0) { max($0, abs($1)) }
        guard largest >= Self.range.lowerBound / Float(width), x.allSatisfy(\.isFinite) else { return nil }
        let step = largest / largestCode
        return (x.map { Int16(($0 / step).rounded()) }, step)
    }

    /// Codes of a row of the weight, and its scale and bounds; a bound is not finite where a weight is not.
    private static func round(
        _ w: UnsafePointer<Float>, _ width: Int, margin: Float, to codes: UnsafeMutablePointer<Int8>
    ) -> (scale: Float, size: Float, error: Float) {
        var largest = Vector.zero
        forEachVector(width) { i, lanes in
            let v = lanes.load(w + i)
            largest = larger(largest, larger(v, -v))
        }
        let most = largest.largest
        let hasCodes = most >= leastWeight
        let scale = hasCodes ? most / 127 : 0, inverse = hasCodes ? 127 / most : 0
        // Adding it leaves no room for a fraction, and the integer in the lowest bits.
        let rounder = Vector(repeating: 0x1.8p23)
        var squares = Vector.zero, errorSquares = Vector.zero
        forEachVector(width) { i, lanes in
            let v = lanes.load(w + i) * Vector(repeating: inverse)
            let shifted = v + rounder
            let rounded = shifted - rounder, error = v - rounded
            squares.addProduct(rounded, rounded)
            errorSquares.addProduct(error, error)
            let bits = unsafeBitCast(shifted, to: SIMD16<UInt32>.self)
            for lane in 0..<lanes.count { codes[i + lane] = Int8(truncatingIfNeeded: bits[lane]) }
        }
        // The quotients are off by three roundings of numbers up to 127.
        let error = errorSquares.total.squareRoot() + 4e-5 * Float(width).squareRoot()
        let uncoded = hasCodes ? 0 : most * Float(width).squareRoot() + Float.leastNormalMagnitude
        return (scale, scale * squares.total.squareRoot() * margin, (scale * error + uncoded) * margin)
    }
}

/// A loop so plain that the compiler makes it one of the processor's instructions for products of small integers.
@inline(__always)
private func dot(_ a: UnsafePointer<Int16>, _ b: UnsafePointer<Int8>, _ count: Int) -> Int32 {
    var sum: Int32 = 0
    for k in 0..<count { sum &+= Int32(a[k]) &* Int32(b[k]) }
    return sum
}
