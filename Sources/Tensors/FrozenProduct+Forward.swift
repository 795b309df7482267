import CPrefetch

/// Dot products along the inputs, sixteen partial sums each: all rows with a range of outputs.
func forwardPanel(
    x: UnsafePointer<Float>, rows: Int, inputs: Int, weight: UnsafePointer<Float>, outputs: Range<Int>,
    y: UnsafeMutablePointer<Float>, stride: Int
) {
    var output = outputs.lowerBound
    while output + 4 <= outputs.upperBound {
        let w = weight + output * inputs
        // The first tile waits for the weights; while it does, the next four rows of them are asked for, so that they
        // arrive while the other tiles compute.
        prefetchRows(w + 4 * inputs, 4 * inputs)
        var row = 0
        while row + 4 <= rows {
            dots4x4(x + row * inputs, w, inputs, y + row * stride + output, stride)
            row += 4
        }
        if row + 2 <= rows {
            dots2x4(x + row * inputs, w, inputs, y + row * stride + output, stride)
            row += 2
        }
        if row < rows { dots1x4(x + row * inputs, w, inputs, y + row * stride + output) }
        output += 4
    }
    while output < outputs.upperBound {
        for row in 0..<rows { y[row * stride + output] = dot(x + row * inputs, weight + output * inputs, inputs) }
        output += 1
    }
}

/// Asks for `count` floats, line by line.
@inline(__always)
private func prefetchRows(_ start: UnsafePointer<Float>, _ count: Int) {
    var i = 0
    while i < count {
        grace_prefetch(start + i)
        i += 16
    }
}

/// The dot product that every tile below computes, element for element.
@inline(__always)
private func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
    var sum = Vector.zero
    let whole = count & ~15
    var k = 0
    while k < whole {
        sum.addProduct(Vector(from: a + k), Vector(from: b + k))
        k += 16
    }
    return finish(sum, a, b, whole, count)
}

/// Adds the lanes and what is left of the rows past their last whole vector.
@inline(__always)
private func finish(
    _ sum: Vector, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ whole: Int, _ count: Int
) -> Float {
    var result = sum.total
    var k = whole
    while k < count {
        result.addProduct(a[k], b[k])
        k += 1
    }
    return result
}

private func dots1x4(
    _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ count: Int, _ y: UnsafeMutablePointer<Float>
) {
    let w1 = w + count, w2 = w1 + count, w3 = w2 + count
    var s0 = Vector.zero, s1 = Vector.zero, s2 = Vector.zero, s3 = Vector.zero
    let whole = count & ~15
    var k = 0
    while k < whole {
        let a = Vector(from: x + k)
        s0.addProduct(a, Vector(from: w + k))
        s1.addProduct(a, Vector(from: w1 + k))
        s2.addProduct(a, Vector(from: w2 + k))
        s3.addProduct(a, Vector(from: w3 + k))
        k += 16
    }
    storeRow(SIMD4(s0.total, s1.total, s2.total, s3.total), x, w, whole, count, y)
}

private func dots2x4(
    _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ count: Int, _ y: UnsafeMutablePointer<Float>, _ stride: Int
) {
    let x1 = x + count
    let w1 = w + count, w2 = w1 + count, w3 = w2 + count
    var s00 = Vector.zero, s01 = Vector.zero, s02 = Vector.zero, s03 = Vector.zero
    var s10 = Vector.zero, s11 = Vector.zero, s12 = Vector.zero, s13 = Vector.zero
    let whole = count & ~15
    var k = 0
    while k < whole {
        let b0 = Vector(from: w + k), b1 = Vector(from: w1 + k), b2 = Vector(from: w2 + k), b3 = Vector(from: w3 + k)
        let a0 = Vector(from: x + k)
        s00.addProduct(a0, b0); s01.addProduct(a0, b1); s02.addProduct(a0, b2); s03.addProduct(a0, b3)
        let a1 = Vector(from: x1 + k)
        s10.addProduct(a1, b0); s11.addProduct(a1, b1); s12.addProduct(a1, b2); s13.addProduct(a1, b3)
        k += 16
    }
    storeRow(SIMD4(s00.total, s01.total, s02.total, s03.total), x, w, whole, count, y)
    storeRow(SIMD4(s10.total, s11.total, s12.total, s13.total), x1, w, whole, count, y + stride)
}

private func dots4x4(
    _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ count: Int, _ y: UnsafeMutablePointer<Float>, _ stride: Int
) {
    let x1 = x + count, x2 = x1 + count, x3 = x2 + count
    let w1 = w + count, w2 = w1 + count, w3 = w2 + count
    var s00 = Vector.zero, s01 = Vector.zero, s02 = Vector.zero, s03 = Vector.zero
    var s10 = Vector.zero, s11 = Vector.zero, s12 = Vector.zero, s13 = Vector.zero
    var s20 = Vector.zero, s21 = Vector.zero, s22 = Vector.zero, s23 = Vector.zero
    var s30 = Vector.zero, s31 = Vector.zero, s32 = Vector.zero, s33 = Vector.zero
    let whole = count & ~15
    var k = 0
    while k < whole {
        let b0 = Vector(from: w + k), b1 = Vector(from: w1 + k), b2 = Vector(from: w2 + k), b3 = Vector(from: w3 + k)
        let a0 = Vector(from: x + k)
        s00.addProduct(a0, b0); s01.addProduct(a0, b1); s02.addProduct(a0, b2); s03.addProduct(a0, b3)
        let a1 = Vector(from: x1 + k)
        s10.addProduct(a1, b0); s11.addProduct(a1, b1); s12.addProduct(a1, b2); s13.addProduct(a1, b3)
        let a2 = Vector(from: x2 + k)
        s20.addProduct(a2, b0); s21.addProduct(a2, b1); s22.addProduct(a2, b2); s23.addProduct(a2, b3)
        let a3 = Vector(from: x3 + k)
        s30.addProduct(a3, b0); s31.addProduct(a3, b1); s32.addProduct(a3, b2); s33.addProduct(a3, b3)
        k += 16
    }
    let totals = laneTotals(
        s00, s01, s02, s03, s10, s11, s12, s13, s20, s21, s22, s23, s30, s31, s32, s33)
    storeRow(totals.lowHalf.lowHalf, x, w, whole, count, y)
    storeRow(totals.lowHalf.highHalf, x1, w, whole, count, y + stride)
    storeRow(totals.highHalf.lowHalf, x2, w, whole, count, y + 2 * stride)
    storeRow(totals.highHalf.highHalf, x3, w, whole, count, y + 3 * stride)
}

/// Stores the dot products of one row with four weight rows, after what is left past the last whole vector.
@inline(__always)
private func storeRow(
    _ totals: SIMD4<Float>, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ whole: Int, _ count: Int,
    _ y: UnsafeMutablePointer<Float>
) {
    var sums = totals
    for k in whole..<count {
        let weights = SIMD4(w[k], w[count + k], w[2 * count + k], w[3 * count + k])
        sums.addProduct(SIMD4(repeating: x[k]), weights)
    }
    UnsafeMutableRawPointer(y).storeBytes(of: sums, as: SIMD4<Float>.self)
}

/// The sixteen `total`s, each added in the same order as by itself: halves, quarters, pairs, lanes.
@inline(__always)
private func laneTotals(
    _ a0: Vector, _ a1: Vector, _ a2: Vector, _ a3: Vector, _ b0: Vector, _ b1: Vector, _ b2: Vector, _ b3: Vector,
    _ c0: Vector, _ c1: Vector, _ c2: Vector, _ c3: Vector, _ d0: Vector, _ d1: Vector, _ d2: Vector, _ d3: Vector
) -> Vector {
    // After the quarters each group of four lanes belongs to one sum; the order of arguments makes the last two steps,
    // which interleave, put row a's sums first, then b's, c's and d's.
    let p = quarters(halves(a0, b0), halves(c0, d0)), q = quarters(halves(a2, b2), halves(c2, d2))
    let r = quarters(halves(a1, b1), halves(c1, d1)), t = quarters(halves(a3, b3), halves(c3, d3))
    return lanes(pairs(p, q), pairs(r, t))
}

/// The halves of `a` and of `b` added: eight lanes of each.
@inline(__always)
private func halves(_ a: Vector, _ b: Vector) -> Vector {
    Vector(lowHalf: a.lowHalf, highHalf: b.lowHalf) + Vector(lowHalf: a.highHalf, highHalf: b.highHalf)
}

@inline(__always)
private func quarters(_ a: Vector, _ b: Vector) -> Vector {
    let low = Vector(
        lowHalf: SIMD8(lowHalf: a.lowHalf.lowHalf, highHalf: a.highHalf.lowHalf),
        highHalf: SIMD8(lowHalf: b.lowHalf.lowHalf, highHalf: b.highHalf.lowHalf))
    let high = Vector(
        lowHalf: SIMD8(lowHalf: a.lowHalf.highHalf, highHalf: a.highHalf.highHalf),
        highHalf: SIMD8(lowHalf: b.lowHalf.highHalf, highHalf: b.highHalf.highHalf))
    return low + high
}

/// Lanes 0 and 2, and 1 and 3, of each group of four added; the pairs of `a` and `b` alternate.
@inline(__always)
private func pairs(_ a: Vector, _ b: Vector) -> Vector {
    let x = unsafeBitCast(a, to: SIMD8<Double>.self), y = unsafeBitCast(b, to: SIMD8<Double>.self)
    var first = SIMD8<Double>(), second = SIMD8<Double>()
    first.evenHalf = x.evenHalf
    first.oddHalf = y.evenHalf
    second.evenHalf = x.oddHalf
    second.oddHalf = y.oddHalf
    return unsafeBitCast(first, to: Vector.self) + unsafeBitCast(second, to: Vector.self)
}

/// The two lanes of each pair added; the sums of `a` and `b` alternate.
@inline(__always)
private func lanes(_ a: Vector, _ b: Vector) -> Vector {
    var first = Vector(), second = Vector()
    first.evenHalf = a.evenHalf
    first.oddHalf = b.evenHalf
    second.evenHalf = a.oddHalf
    second.oddHalf = b.oddHalf
    return first + second
}
