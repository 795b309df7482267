import CPrefetch

/// Weighted sums of weight rows, one after the other: all rows with a range of columns.
func backwardPanel(
    dy: UnsafePointer<Float>, stride: Int, rows: Int, depth: Int, weight: UnsafePointer<Float>, inputs: Int,
    columns: Range<Int>, dx: UnsafeMutablePointer<Float>
) {
    var column = columns.lowerBound
    while column + 64 <= columns.upperBound {
        // The next 64 columns of the panel arrive while this tile computes: their rows are too far apart for the
        // processor to foresee them.
        for n in 0..<depth {
            let next = weight + n * inputs + column + 64
            grace_prefetch(next)
            grace_prefetch(next + 16)
            grace_prefetch(next + 32)
            grace_prefetch(next + 48)
        }
        var row = 0
        while row + 4 <= rows {
            sums4x64(
                dy + row * stride, stride, depth, weight + column, inputs, dx + row * inputs + column)
            row += 4
        }
        if row + 2 <= rows {
            sums2x64(dy + row * stride, stride, depth, weight + column, inputs, dx + row * inputs + column)
            row += 2
        }
        if row < rows { sums1x64(dy + row * stride, depth, weight + column, inputs, dx + row * inputs + column) }
        column += 64
    }
    while column < columns.upperBound {
        let width = min(16, columns.upperBound - column)
        for row in 0..<rows {
            sums1x16(dy + row * stride, depth, weight + column, inputs, dx + row * inputs + column, width)
        }
        column += width
    }
}

private func sums1x16(
    _ dy: UnsafePointer<Float>, _ depth: Int, _ w: UnsafePointer<Float>, _ inputs: Int,
    _ dx: UnsafeMutablePointer<Float>, _ width: Int
) {
    if width == 16 {
        var sum = Vector(from: dx)
        for n in 0..<depth { sum.addProduct(Vector(repeating: dy[n]), Vector(from: w + n * inputs)) }
        sum.store(to: dx)
    } else {
        for column in 0..<width {
            var sum = dx[column]
            for n in 0..<depth { sum.addProduct(dy[n], w[n * inputs + column]) }
            dx[column] = sum
        }
    }
}

private func sums1x64(
    _ dy: UnsafePointer<Float>, _ depth: Int, _ w: UnsafePointer<Float>, _ inputs: Int,
    _ dx: UnsafeMutablePointer<Float>
) {
    var s0 = Vector(from: dx), s1 = Vector(from: dx + 16), s2 = Vector(from: dx + 32), s3 = Vector(from: dx + 48)
    var p = w
    for n in 0..<depth {
        let a = Vector(repeating: dy[n])
        s0.addProduct(a, Vector(from: p))
        s1.addProduct(a, Vector(from: p + 16))
        s2.addProduct(a, Vector(from: p + 32))
        s3.addProduct(a, Vector(from: p + 48))
        p += inputs
    }
    s0.store(to: dx); s1.store(to: dx + 16); s2.store(to: dx + 32); s3.store(to: dx + 48)
}

private func sums2x64(
    _ dy: UnsafePointer<Float>, _ stride: Int, _ depth: Int, _ w: UnsafePointer<Float>, _ inputs: Int,
    _ dx: UnsafeMutablePointer<Float>
) {
    let d1 = dy + stride
    let x1 = dx + inputs
    var s00 = Vector(from: dx), s01 = Vector(from: dx + 16), s02 = Vector(from: dx + 32), s03 = Vector(from: dx + 48)
    var s10 = Vector(from: x1), s11 = Vector(from: x1 + 16), s12 = Vector(from: x1 + 32), s13 = Vector(from: x1 + 48)
    var p = w
    for n in 0..<depth {
        let b0 = Vector(from: p), b1 = Vector(from: p + 16), b2 = Vector(from: p + 32), b3 = Vector(from: p + 48)
        let a0 = Vector(repeating: dy[n])
        s00.addProduct(a0, b0); s01.addProduct(a0, b1); s02.addProduct(a0, b2); s03.addProduct(a0, b3)
        let a1 = Vector(repeating: d1[n])
        s10.addProduct(a1, b0); s11.addProduct(a1, b1); s12.addProduct(a1, b2); s13.addProduct(a1, b3)
        p += inputs
    }
    s00.store(to: dx); s01.store(to: dx + 16); s02.store(to: dx + 32); s03.store(to: dx + 48)
    s10.store(to: x1); s11.store(to: x1 + 16); s12.store(to: x1 + 32); s13.store(to: x1 + 48)
}

private func sums4x64(
    _ dy: UnsafePointer<Float>, _ stride: Int, _ depth: Int, _ w: UnsafePointer<Float>, _ inputs: Int,
    _ dx: UnsafeMutablePointer<Float>
) {
    let d1 = dy + stride, d2 = d1 + stride, d3 = d2 + stride
    let x1 = dx + inputs, x2 = x1 + inputs, x3 = x2 + inputs
    var s00 = Vector(from: dx), s01 = Vector(from: dx + 16), s02 = Vector(from: dx + 32), s03 = Vector(from: dx + 48)
    var s10 = Vector(from: x1), s11 = Vector(from: x1 + 16), s12 = Vector(from: x1 + 32), s13 = Vector(from: x1 + 48)
    var s20 = Vector(from: x2), s21 = Vector(from: x2 + 16), s22 = Vector(from: x2 + 32), s23 = Vector(from: x2 + 48)
    var s30 = Vector(from: x3), s31 = Vector(from: x3 + 16), s32 = Vector(from: x3 + 32), s33 = Vector(from: x3 + 48)
    var p = w
    for n in 0..<depth {
        let b0 = Vector(from: p), b1 = Vector(from: p + 16), b2 = Vector(from: p + 32), b3 = Vector(from: p + 48)
        let a0 = Vector(repeating: dy[n])
        s00.addProduct(a0, b0); s01.addProduct(a0, b1); s02.addProduct(a0, b2); s03.addProduct(a0, b3)
        let a1 = Vector(repeating: d1[n])
        s10.addProduct(a1, b0); s11.addProduct(a1, b1); s12.addProduct(a1, b2); s13.addProduct(a1, b3)
        let a2 = Vector(repeating: d2[n])
        s20.addProduct(a2, b0); s21.addProduct(a2, b1); s22.addProduct(a2, b2); s23.addProduct(a2, b3)
        let a3 = Vector(repeating: d3[n])
        s30.addProduct(a3, b0); s31.addProduct(a3, b1); s32.addProduct(a3, b2); s33.addProduct(a3, b3)
        p += inputs
    }
    s00.store(to: dx); s01.store(to: dx + 16); s02.store(to: dx + 32); s03.store(to: dx + 48)
    s10.store(to: x1); s11.store(to: x1 + 16); s12.store(to: x1 + 32); s13.store(to: x1 + 48)
    s20.store(to: x2); s21.store(to: x2 + 16); s22.store(to: x2 + 32); s23.store(to: x2 + 48)
    s30.store(to: x3); s31.store(to: x3 + 16); s32.store(to: x3 + 32); s33.store(to: x3 + 48)
}
