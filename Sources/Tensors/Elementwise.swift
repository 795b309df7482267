/// Element-by-element passes over tensors, sixteen floats at a time and shared out over threads when they are long.
package enum Elementwise {
    /// Floats below which a pass stays on the calling thread.
    private static let parallelThreshold = 1 << 16

    /// Calls `body` for ranges of elements, on several threads where there are many.
    private static func ranges(_ count: Int, _ body: (Range<Int>) -> Void) {
        if count < parallelThreshold {
            body(0..<count)
        } else {
            Parallel.split(count, granularity: 1 << 12, body)
        }
    }

    /// A new tensor `f(a)`.
    @inline(__always)
    static func map<Function: UnaryFunction>(_ a: Tensor, _ f: Function) -> Tensor {
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
    static func map<Function: BinaryFunction>(_ a: Tensor, _ b: Tensor, _ f: Function) -> Tensor {
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

    package static func add(_ a: Tensor, _ b: Tensor) -> Tensor { map(a, b, Sum()) }

    package static func multiply(_ a: Tensor, _ b: Tensor) -> Tensor { map(a, b, Product()) }

    package static func scale(_ a: Tensor, by factor: Float) -> Tensor {
        map(a, Scaling(factor: Vector(repeating: factor)))
    }

    /// Multiplies each row of `a[rows, width]` by its factor.
    package static func scaleRows(_ a: Tensor, by factors: [Float]) -> Tensor {
        let width = a.rowWidth
        let result = Tensor(uninitialized: a.shape)
        for (row, factor) in factors.enumerated() {
            let source = UnsafePointer(a.pointer + row * width), target = result.pointer + row * width
            forEachVector(width) { i, lanes in
                lanes.store(lanes.load(source + i) * Vector(repeating: factor), target + i)
            }
        }
        return result
    }

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

    /// The parts of `x[parts, ...]` added in order, in the memory of the first.
    static func sumOfParts(_ x: Tensor) -> Tensor {
        let sum = x.rows(0..<1).reshaped(Array(x.shape.dropFirst())), count = sum.count, p = sum.pointer
        ranges(count) { range in
            forEachVector(range.count) { i, lanes in
                let i = range.lowerBound + i
                var total = lanes.load(p + i)
                for part in 1..<x.rowCount { total += lanes.load(p + (part * count + i)) }
                lanes.store(total, p + i)
            }
        }
        return sum
    }

    /// Adds `bias[width]` to every row of `x[rows, width]` in place.
    package static func addToRows(_ bias: Tensor, into x: Tensor) {
        let width = x.rowWidth, b = UnsafePointer(bias.pointer), xp = x.pointer
        precondition(bias.count == width, "a bias of shape \(bias.shape) for rows of \(width)")
        forRows(x) { row in
            let target = xp + row * width
            forEachVector(width) { i, lanes in
                lanes.store(lanes.load(UnsafePointer(target + i)) + lanes.load(b + i), target + i)
            }
        }
    }

    /// The sum of the rows of `x[rows, width]`, added in order within runs of rows, and the runs' in order.
    package static func sumOfRows(_ x: Tensor) -> Tensor {
        let width = x.rowWidth, sums = Tensor(zeros: [runCount(x), width]), source = UnsafePointer(x.pointer)
        forRuns(x) { run, rows in
            for row in rows { Reduction.addScaled(1, source + row * width, to: sums.pointer + run * width, width) }
        }
        let sum = Tensor(zeros: [width])
        addRows(of: sums, to: sum)
        return sum
    }

    /// `sum[width] += Σ` of the rows of `x[rows, width]`, one after the other.
    static func addRows(of x: Tensor, to sum: Tensor) {
        for row in 0..<x.rowCount { Reduction.addScaled(1, x.pointer + row * x.rowWidth, to: sum.pointer, x.rowWidth) }
    }

    /// Calls `body` for each row, on several threads where there is much to do.
    static func forRows(_ x: Tensor, _ body: (Int) -> Void) {
        if x.count < parallelThreshold {
            for row in 0..<x.rowCount { body(row) }
        } else {
            Parallel.split(x.rowCount, granularity: 1) { for row in $0 { body(row) } }
        }
    }

    /// Rows of a run, whatever the number of threads.
    private static let runLength = 64

    static func runCount(_ x: Tensor) -> Int { (x.rowCount + runLength - 1) / runLength }

    /// Calls `body` with the number and the rows of each run of rows, on several threads where there is much to do.
    static func forRuns(_ x: Tensor, _ body: (Int, Range<Int>) -> Void) {
        func compute(_ run: Int) { body(run, run * runLength..<min(x.rowCount, (run + 1) * runLength)) }
        if x.count < parallelThreshold {
            for run in 0..<runCount(x) { compute(run) }
        } else {
            Parallel.forEach(runCount(x), compute)
        }
    }

    /// Calls `body` for ranges of columns, on several threads where there is much to do: for sums down the rows, whose
    /// order then does not depend on the number of threads.
    static func forColumns(_ x: Tensor, _ body: (Range<Int>) -> Void) {
        if x.count < parallelThreshold {
            body(0..<x.rowWidth)
        } else {
            Parallel.split(x.rowWidth, granularity: 64, body)
        }
    }
}
