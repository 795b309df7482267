/// Elementary functions on sixteen floats at once.
///
/// Minima and maxima of vectors drop NaN, so the clamped functions but `exp2` add `x · 0`: an argument that is NaN or
/// infinite gives NaN, and a broken computation shows in the loss instead of passing for a number.
enum VectorMath {
    /// eˣ, within 3 units in the last place. Finite arguments are clamped to the range in which the result is a normal
    /// float (-87.3...88.3).
    ///
    /// Rounding by adding and removing a large constant keeps the loop in vector registers; `rounded()` does not.
    @inline(__always)
    static func exp(_ x: Vector) -> Vector {
        let clamped = smaller(larger(x, Vector(repeating: -87.33)), Vector(repeating: 88.37))
        let magic = Vector(repeating: 12_582_912)
        let shifted = magic.addingProduct(clamped, Vector(repeating: 1.442_695_04))
        let n = shifted - magic
        // ln 2 in two parts, so that n ln 2 is exact to more than a float.
        var r = clamped.addingProduct(n, Vector(repeating: -0.693_359_375))
        r = r.addingProduct(n, Vector(repeating: 2.121_944_4e-4))
        var p = Vector(repeating: 1.987_569_15e-4)
        p = Vector(repeating: 1.398_199_95e-3).addingProduct(p, r)
        p = Vector(repeating: 8.333_451_9e-3).addingProduct(p, r)
        p = Vector(repeating: 4.166_579_6e-2).addingProduct(p, r)
        p = Vector(repeating: 1.666_666_55e-1).addingProduct(p, r)
        p = Vector(repeating: 0.5).addingProduct(p, r)
        p = (Vector(repeating: 1) + r).addingProduct(p, r * r)
        let bits = unsafeBitCast(shifted, to: SIMD16<Int32>.self) &- SIMD16<Int32>(repeating: 0x4B40_0000 - 127)
        return (x * Vector.zero).addingProduct(p, unsafeBitCast(bits &<< 23, to: Vector.self))
    }

    /// 2ˣ for x ≤ 127, within 2 units in the last place; below -100, where a softmax has nothing left, that of -100.
    /// NaN, as arithmetic makes it, gives NaN.
    @inline(__always)
    static func exp2(_ x: Vector) -> Vector {
        let clamped = larger(x, Vector(repeating: -100)), magic = Vector(repeating: 12_582_912)
        let shifted = clamped + magic
        let r = clamped - (shifted - magic)
        // Minimax of the relative error on -½...½.
        var p = Vector(repeating: 1.326_472_7e-3)
        p = Vector(repeating: 9.671_513e-3).addingProduct(p, r)
        p = Vector(repeating: 5.550_733_6e-2).addingProduct(p, r)
        p = Vector(repeating: 0.240_222_42).addingProduct(p, r)
        p = Vector(repeating: 0.693_147).addingProduct(p, r)
        p = Vector(repeating: 1).addingProduct(p, r)
        let exponent = unsafeBitCast(shifted, to: SIMD16<Int32>.self) &<< 23
        return unsafeBitCast(unsafeBitCast(p, to: SIMD16<Int32>.self) &+ exponent, to: Vector.self)
    }

    /// √x for x ≥ 0, infinity too, within a unit in the last place of normal numbers: three steps of Newton's for 1 / √x
    /// from a guess by its exponent, and one for the root. `squareRoot()` of a vector takes lane by lane.
    @inline(__always)
    static func squareRoot(_ x: Vector) -> Vector {
        let half = Vector(repeating: -0.5) * x
        let bits = SIMD16<UInt32>(repeating: 0x5F37_59DF) &- (unsafeBitCast(x, to: SIMD16<UInt32>.self) &>> 1)
        var y = unsafeBitCast(bits, to: Vector.self)
        for _ in 0..<3 { y *= Vector(repeating: 1.5).addingProduct(half * y, y) }
        let root = x * y
        return root.addingProduct(Vector(repeating: 0.5) * y, x.addingProduct(-root, root))
            .replacing(with: x, where: x .== .infinity)
    }

    /// 1 / (1 + e⁻ˣ), within 4e-7, as are the two functions below.
    @inline(__always)
    static func sigmoid(_ x: Vector) -> Vector {
        Vector(repeating: 1) / (Vector(repeating: 1) + exp(-x))
    }

    @inline(__always)
    static func tanh(_ x: Vector) -> Vector {
        let one = Vector(repeating: 1)
        return one - Vector(repeating: 2) / (exp(x + x) + one)
    }

    /// The hyperbolic tangent, as near to -1 on one side as to 1 on the other: it is ±1, and has no slope, only beyond ±9,
    /// where `tanh` is -1 from -8.3 on.
    @inline(__always)
    static func oddTanh(_ x: Vector) -> Vector {
        let t = tanh(x.replacing(with: -x, where: x .< Vector.zero))
        return t.replacing(with: -t, where: x .< Vector.zero)
    }

    /// The error function: a rational approximation in x², as in Eigen and XLA.
    @inline(__always)
    static func erf(_ argument: Vector) -> Vector {
        let x = smaller(larger(argument, Vector(repeating: -4)), Vector(repeating: 4))
        let x2 = x * x
        var p = Vector(repeating: -2.726_142_258_013_06e-10)
        p = Vector(repeating: 2.770_681_424_959_02e-08).addingProduct(p, x2)
        p = Vector(repeating: -2.101_024_020_825_08e-06).addingProduct(p, x2)
        p = Vector(repeating: -5.692_506_394_623_46e-05).addingProduct(p, x2)
        p = Vector(repeating: -7.349_906_303_268_55e-04).addingProduct(p, x2)
        p = Vector(repeating: -2.954_599_808_540_25e-03).addingProduct(p, x2)
        p = Vector(repeating: -1.609_603_332_624_15e-02).addingProduct(p, x2)
        var q = Vector(repeating: -1.456_607_184_649_96e-05)
        q = Vector(repeating: -2.133_740_552_789_05e-04).addingProduct(q, x2)
        q = Vector(repeating: -1.682_826_974_382_03e-03).addingProduct(q, x2)
        q = Vector(repeating: -7.373_329_167_204_68e-03).addingProduct(q, x2)
        q = Vector(repeating: -1.426_473_905_141_89e-02).addingProduct(q, x2)
        return (argument * Vector.zero).addingProduct(x, p / q)
    }
}
