/// Element-by-element passes over tensors, sixteen floats at a time and shared out over threads when they are long.
package enum Elementwise {
    /// Floats below which a pass stays on the calling thread.
    private static let parallelThreshold = 1 << 16

    private static func ranges(_ count: Int, _ body: (Range<Int>) -> Void) {
        if count < parallelThreshold {
            body(0..<count)
        } else {
            Parallel.split(count, granularity: 1 << 12, body)
        }
    }

    /// A new tensor `f(a)`.
    @inline(__always)
    static func map(_ a: Tensor, _ f: (Vector) -> Vector) -> Tensor {
        let result = Tensor(uninitialized: a.shape)
        let ap = UnsafePointer(a.pointer), rp = result.pointer
        ranges(a.count) { range in
            var i = range.lowerBound
            while i + 16 <= range.upperBound {
                f(Vector(from: ap + i)).store(to: rp + i)
                i += 16
            }
            let rest = range.upperBound - i
            if rest > 0 { f(Vector(partial: rest, from: ap + i)).store(partial: rest, to: rp + i) }
        }
        return result
    }

    /// A new tensor `f(a, b)` of two tensors with the same number of elements.
    @inline(__always)
    static func map(_ a: Tensor, _ b: Tensor, _ f: (Vector, Vector) -> Vector) -> Tensor {
        precondition(a.count == b.count, "shapes \(a.shape) and \(b.shape) differ")
        let result = Tensor(uninitialized: a.shape)
        let ap = UnsafePointer(a.pointer), bp = UnsafePointer(b.pointer), rp = result.pointer
        ranges(a.count) { range in
            var i = range.lowerBound
            while i + 16 <= range.upperBound {
                f(Vector(from: ap + i), Vector(from: bp + i)).store(to: rp + i)
                i += 16
            }
            let rest = range.upperBound - i
            if rest > 0 {
                f(Vector(partial: rest, from: ap + i), Vector(partial: rest, from: bp + i))
                    .store(partial: rest, to: rp + i)
            }
        }
        return result
    }

    package static func add(_ a: Tensor, _ b: Tensor) -> Tensor { map(a, b) { $0 + $1 } }

    package static func multiply(_ a: Tensor, _ b: Tensor) -> Tensor { map(a, b) { $0 * $1 } }

    package static func scale(_ a: Tensor, by factor: Float) -> Tensor { map(a) { $0 * Vector(repeating: factor) } }

    /// Adds `b` to `a` in place.
    package static func accumulate(_ b: Tensor, into a: Tensor) {
        precondition(a.count == b.count, "shapes \(a.shape) and \(b.shape) differ")
        let ap = a.pointer, bp = UnsafePointer(b.pointer)
        ranges(a.count) { range in
            var i = range.lowerBound
            while i + 16 <= range.upperBound {
                (Vector(from: ap + i) + Vector(from: bp + i)).store(to: ap + i)
                i += 16
            }
            while i < range.upperBound {
                ap[i] += bp[i]
                i += 1
            }
        }
    }

    /// Adds `bias[width]` to every row of `x[rows, width]` in place.
    package static func addToRows(_ bias: Tensor, into x: Tensor) {
        for row in 0..<x.rowCount { accumulate(bias, into: x.rows(row..<row + 1)) }
    }

    /// The sum of the rows of `x[rows, width]`, added in order.
    package static func sumOfRows(_ x: Tensor) -> Tensor {
        let sum = Tensor(zeros: [x.rowWidth])
        for row in 0..<x.rowCount { accumulate(x.rows(row..<row + 1), into: sum) }
        return sum
    }
}
