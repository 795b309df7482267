/// A row of floats rounded to 8 bits: `w = scale · codes + v`, with integer codes from -127 to 127.
struct RoundedRow {
    let scale: Float
    /// Upper bound of `‖scale · codes‖`; not finite where a float is not.
    let size: Float
    /// Upper bound of `‖v‖`; not finite where a float is not.
    let error: Float

    /// Widths for which sums of products of codes stay within 32 bits.
    static let widths = 1..<1 << 20
    /// Norms for which products and bounds stay clear of the limits of single precision.
    static let range: ClosedRange<Float> = 1e-15...1e15
    /// Rows whose largest float is less have codes of zero, since the inverse of their scale could be infinite.
    private static let leastWeight: Float = 0x1p-90

    /// Makes a number that was computed in single precision an upper bound: far more than the roundings of a norm.
    static func margin(_ width: Int) -> Float { 1 + Float(width + 1000) * 0x1p-23 }

    /// Rounds `width` floats and writes their codes.
    init(_ w: UnsafePointer<Float>, _ width: Int, codes: UnsafeMutablePointer<Int8>) {
        let margin = Self.margin(width)
        var largest = Vector.zero
        forEachVector(width) { i, lanes in
            let v = lanes.load(w + i)
            largest = larger(largest, larger(v, -v))
        }
        let most = largest.largest
        let hasCodes = most >= Self.leastWeight
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
        self.scale = scale
        size = scale * squares.total.squareRoot() * margin
        self.error = (scale * error + uncoded) * margin
    }

    /// The product of two rows of codes: a loop so plain that the compiler makes it one of the processor's instructions
    /// for products of small integers.
    @inline(__always)
    static func dot<Code: FixedWidthInteger>(
        _ a: UnsafePointer<Int16>, _ b: UnsafePointer<Code>, _ count: Int
    ) -> Int32 {
        var sum: Int32 = 0
        for k in 0..<count { sum &+= Int32(a[k]) &* Int32(truncatingIfNeeded: b[k]) }
        return sum
    }
}

/// A row that is multiplied by rounded rows, rounded to 16 bits: `x = step · codes + u`.
struct RoundedQuery {
    let codes: [Int16]
    let step: Float
    /// Upper bound of `‖x‖`.
    let length: Float
    /// Upper bound of `‖u‖`.
    let error: Float

    /// Nil where `x` is zero, or as good as zero, or not finite.
    init?(_ x: UnsafePointer<Float>, _ width: Int) {
        let floats = UnsafeBufferPointer(start: x, count: width)
        let largest = floats.reduce(0) { max($0, abs($1)) }
        guard largest >= RoundedRow.range.lowerBound / Float(width), floats.allSatisfy(\.isFinite) else { return nil }
        // No sum of products of codes leaves 32 bits.
        let largestCode = Float(min(Int(Int16.max), Int(Int32.max) / (127 * width)))
        let step = largest / largestCode
        let margin = RoundedRow.margin(width)
        codes = floats.map { Int16(($0 / step).rounded()) }
        self.step = step
        length = Reduction.dot(x, x, width).squareRoot() * margin
        // Codes are off by one half, and by the roundings of a number up to 2¹⁵.
        error = 0.51 * step * Float(width).squareRoot() * margin
    }
}
