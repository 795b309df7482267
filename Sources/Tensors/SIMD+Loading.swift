/// Sixteen floats: one AVX-512 register, two of AVX.
typealias Vector = SIMD16<Float>

extension Vector {
    static let lanes = 16

    /// The sixteen floats from `pointer`, at any alignment.
    @inline(__always)
    init(from pointer: UnsafePointer<Float>) {
        self = UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self)
    }

    @inline(__always)
    func store(to pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Vector.self)
    }

    /// The first `count` (1...16) floats from `pointer`, the other lanes zero.
    @inline(__always)
    init(partial count: Int, from pointer: UnsafePointer<Float>) {
        self = .zero
        for lane in 0..<count { self[lane] = pointer[lane] }
    }

    @inline(__always)
    func store(partial count: Int, to pointer: UnsafeMutablePointer<Float>) {
        for lane in 0..<count { pointer[lane] = self[lane] }
    }

    /// The sum of the lanes, always added in the same order.
    @inline(__always)
    var total: Float {
        let eight = lowHalf + highHalf
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }

    /// The largest lane.
    @inline(__always)
    var largest: Float {
        let eight = lowHalf.replacing(with: highHalf, where: highHalf .> lowHalf)
        let four = eight.lowHalf.replacing(with: eight.highHalf, where: eight.highHalf .> eight.lowHalf)
        return Swift.max(Swift.max(four.x, four.y), Swift.max(four.z, four.w))
    }
}

/// The larger of each pair of lanes, and the smaller. The library's functions of the same meaning are not always
/// inlined, which costs a third of a softmax.
@inline(__always)
func larger(_ a: Vector, _ b: Vector) -> Vector { a.replacing(with: b, where: b .> a) }

@inline(__always)
func smaller(_ a: Vector, _ b: Vector) -> Vector { a.replacing(with: b, where: b .< a) }

/// The lanes of a vector that lie inside a row: all sixteen, or fewer at its end. Lanes outside load as zero.
struct Lanes {
    let count: Int

    @inline(__always)
    func load(_ pointer: UnsafePointer<Float>) -> Vector {
        count == 16 ? Vector(from: pointer) : Vector(partial: count, from: pointer)
    }

    @inline(__always)
    func store(_ vector: Vector, _ pointer: UnsafeMutablePointer<Float>) {
        if count == 16 { vector.store(to: pointer) } else { vector.store(partial: count, to: pointer) }
    }

    /// The vector with the lanes outside set to zero.
    @inline(__always)
    func masked(_ vector: Vector) -> Vector {
        if count == 16 { return vector }
        var result = Vector.zero
        for lane in 0..<count { result[lane] = vector[lane] }
        return result
    }
}

/// Calls `body` with the start and the lanes of each vector of a row of `count` floats.
@inline(__always)
func forEachVector(_ count: Int, _ body: (Int, Lanes) -> Void) {
    var i = 0
    while i + 16 <= count {
        body(i, Lanes(count: 16))
        i += 16
    }
    if i < count { body(i, Lanes(count: count - i)) }
}
