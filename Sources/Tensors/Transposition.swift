/// Transposes squares of sixteen by sixteen floats in registers.
enum Transposition {
    /// Writes column i of the square at `source` as row i of that at `target`; rows are `stride` floats apart.
    static func square(
        _ source: UnsafePointer<Float>, _ stride: Int, _ target: UnsafeMutablePointer<Float>, _ targetStride: Int
    ) {
        var low = Half(source, stride), high = Half(source + 8 * stride, stride)
        // Each round shuffles the rows like the halves of a pack of cards; after four, rows have become columns.
        for _ in 0..<4 { (low, high) = shuffled(low, high) }
        low.store(target, targetStride)
        high.store(target + 8 * targetStride, targetStride)
    }

    /// Eight rows.
    private struct Half {
        var r0, r1, r2, r3, r4, r5, r6, r7: Vector

        @inline(__always)
        init(_ p: UnsafePointer<Float>, _ stride: Int) {
            (r0, r1) = (Vector(from: p), Vector(from: p + stride))
            (r2, r3) = (Vector(from: p + 2 * stride), Vector(from: p + 3 * stride))
            (r4, r5) = (Vector(from: p + 4 * stride), Vector(from: p + 5 * stride))
            (r6, r7) = (Vector(from: p + 6 * stride), Vector(from: p + 7 * stride))
        }

        /// Pairs of rows of `a` and `b` woven into each other.
        @inline(__always)
        init(_ a: (Vector, Vector, Vector, Vector), _ b: (Vector, Vector, Vector, Vector)) {
            (r0, r1) = woven(a.0, b.0)
            (r2, r3) = woven(a.1, b.1)
            (r4, r5) = woven(a.2, b.2)
            (r6, r7) = woven(a.3, b.3)
        }

        @inline(__always)
        func store(_ p: UnsafeMutablePointer<Float>, _ stride: Int) {
            r0.store(to: p)
            r1.store(to: p + stride)
            r2.store(to: p + 2 * stride)
            r3.store(to: p + 3 * stride)
            r4.store(to: p + 4 * stride)
            r5.store(to: p + 5 * stride)
            r6.store(to: p + 6 * stride)
            r7.store(to: p + 7 * stride)
        }
    }

    @inline(__always)
    private static func shuffled(_ a: Half, _ b: Half) -> (Half, Half) {
        (
            Half((a.r0, a.r1, a.r2, a.r3), (b.r0, b.r1, b.r2, b.r3)),
            Half((a.r4, a.r5, a.r6, a.r7), (b.r4, b.r5, b.r6, b.r7))
        )
    }

    /// The lanes of `a` and `b` in turns: of their lower halves, and of their upper ones.
    @inline(__always)
    private static func woven(_ a: Vector, _ b: Vector) -> (Vector, Vector) {
        var low = Vector(), high = Vector()
        (low.evenHalf, low.oddHalf) = (a.lowHalf, b.lowHalf)
        (high.evenHalf, high.oddHalf) = (a.highHalf, b.highHalf)
        return (low, high)
    }
}
