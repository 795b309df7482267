/// Sums over runs of floats, in an order that depends on the length alone.
package enum Reduction {
    @inline(__always)
    static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
        var sum = Vector.zero
        var i = 0
        while i + 16 <= count {
            sum.addProduct(Vector(from: a + i), Vector(from: b + i))
            i += 16
        }
        var result = sum.total
        while i < count {
            result.addProduct(a[i], b[i])
            i += 1
        }
        return result
    }

    @inline(__always)
    static func sum(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
        var sum = Vector.zero
        forEachVector(count) { i, lanes in sum += lanes.load(x + i) }
        return sum.total
    }

    /// `y += factor · x` over `count` floats.
    @inline(__always)
    static func addScaled(
        _ factor: Float, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        let wide = Vector(repeating: factor)
        var i = 0
        while i + 16 <= count {
            Vector(from: y + i).addingProduct(wide, Vector(from: x + i)).store(to: y + i)
            i += 16
        }
        while i < count {
            y[i].addProduct(factor, x[i])
            i += 1
        }
    }

    /// The sum of the squares of all elements: of runs of a fixed length in single precision, and of these in double, so
    /// that it does not depend on the number of threads.
    package static func sumOfSquares(_ x: Tensor) -> Double {
        let run = 1 << 14, runs = (x.count + run - 1) / run
        let sums = Tensor(uninitialized: [runs])
        Parallel.forEach(runs) { index in
            let start = x.pointer + index * run
            sums.pointer[index] = dot(start, start, min(run, x.count - index * run))
        }
        return sums.array.reduce(0) { $0 + Double($1) }
    }

    /// The squared Euclidean distance, from direct differences.
    package static func squaredDistance(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int
    ) -> Float {
        var sum = Vector.zero
        var i = 0
        while i + 16 <= count {
            let difference = Vector(from: a + i) - Vector(from: b + i)
            sum.addProduct(difference, difference)
            i += 16
        }
        var result = sum.total
        while i < count {
            let difference = a[i] - b[i]
            result.addProduct(difference, difference)
            i += 1
        }
        return result
    }

    /// Index of the largest of `count` floats, the first of several; nil where a NaN makes the question void.
    package static func argmax(_ x: UnsafePointer<Float>, _ count: Int) -> Int? {
        guard count > 0 else { return nil }
        var best = 0
        var largest = x[0]
        if largest.isNaN { return nil }
        var i = 0
        while i + 16 <= count {
            let v = Vector(from: x + i)
            // A vector is looked into only when it may hold a new maximum or a NaN.
            if any(v .> Vector(repeating: largest)) || any(v .!= v) {
                for lane in 0..<16 {
                    if v[lane].isNaN { return nil }
                    if v[lane] > largest {
                        largest = v[lane]
                        best = i + lane
                    }
                }
            }
            i += 16
        }
        while i < count {
            if x[i].isNaN { return nil }
            if x[i] > largest {
                largest = x[i]
                best = i
            }
            i += 1
        }
        return best
    }
}
