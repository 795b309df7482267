/// Products with a weight matrix whose results do not depend on what else is in the batch.
///
/// OpenBLAS chooses its kernel, and with it the order of additions, by the shape of the whole product: the same row
/// gives other last bits alone than in a batch. Retrieval compares distances with radii, so here every output element
/// is computed by one fixed sequence of operations whatever the number of rows and of threads. Both directions read
/// the weights as checkpoints store them, `[outputs, inputs]`, so a mapped file needs no repacking; with the few rows
/// of a single edit the products run at the speed of memory.
package enum FrozenProduct {
    /// Rows of the left factor that pass over a panel of weights while they stay in the second-level cache.
    private static let rowBlock = 192
    /// Products below this many multiplications run on the calling thread.
    private static let parallelThreshold = 1 << 17

    /// `y[rows, outputs] = x[rows, inputs] · w[outputs, inputs]ᵀ`.
    package static func forward(x: Tensor, weight w: Tensor) -> Tensor {
        let rows = x.rowCount, inputs = x.rowWidth, outputs = w.rowCount
        precondition(w.rowWidth == inputs, "a weight of shape \(w.shape) does not take rows of \(inputs)")
        let y = Tensor(uninitialized: [rows, outputs])
        let xp = UnsafePointer(x.pointer), wp = UnsafePointer(w.pointer), yp = y.pointer
        splitting(outputs, granularity: 4, work: rows * inputs * outputs) { range in
            var firstRow = 0
            while firstRow < rows {
                let block = min(rowBlock, rows - firstRow)
                forwardPanel(
                    x: xp + firstRow * inputs, rows: block, inputs: inputs, weight: wp, outputs: range,
                    y: yp + firstRow * outputs, stride: outputs)
                firstRow += block
            }
        }
        return y
    }

    /// `dx[rows, inputs] = dy[rows, outputs] · w[outputs, inputs]`: the gradient of `forward` with respect to `x`.
    package static func backward(dy: Tensor, weight w: Tensor) -> Tensor {
        let rows = dy.rowCount, outputs = dy.rowWidth, inputs = w.rowWidth
        precondition(w.rowCount == outputs, "a weight of shape \(w.shape) does not give rows of \(outputs)")
        let dx = Tensor(zeros: [rows, inputs])
        let dyp = UnsafePointer(dy.pointer), wp = UnsafePointer(w.pointer), dxp = dx.pointer
        splitting(inputs, granularity: 64, work: rows * inputs * outputs) { range in
            // Panels of weight rows stay in cache while all column tiles and rows use them.
            var firstOutput = 0
            while firstOutput < outputs {
                let depth = min(64, outputs - firstOutput)
                backwardPanel(
                    dy: dyp + firstOutput, stride: outputs, rows: rows, depth: depth,
                    weight: wp + firstOutput * inputs, inputs: inputs, columns: range, dx: dxp)
                firstOutput += depth
            }
        }
        return dx
    }

    private static func splitting(_ count: Int, granularity: Int, work: Int, _ body: (Range<Int>) -> Void) {
        if work < parallelThreshold {
            body(0..<count)
        } else {
            Parallel.split(count, granularity: granularity, body)
        }
    }
}

// MARK: - Forward: dot products along the inputs, sixteen partial sums each

private func forwardPanel(
    x: UnsafePointer<Float>, rows: Int, inputs: Int, weight: UnsafePointer<Float>, outputs: Range<Int>,
    y: UnsafeMutablePointer<Float>, stride: Int
) {
    var output = outputs.lowerBound
    while output + 4 <= outputs.upperBound {
        let w = weight + output * inputs
        var row = 0
        while row + 4 <= rows {
            dots4x4(x + row * inputs, w, inputs, y + row * stride + output, stride)
            row += 4
        }
        while row < rows {
            dots1x4(x + row * inputs, w, inputs, y + row * stride + output)
            row += 1
        }
        output += 4
    }
    while output < outputs.upperBound {
        for row in 0..<rows { y[row * stride + output] = dot(x + row * inputs, weight + output * inputs, inputs) }
        output += 1
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
    y[0] = finish(s0, x, w, whole, count)
    y[1] = finish(s1, x, w1, whole, count)
    y[2] = finish(s2, x, w2, whole, count)
    y[3] = finish(s3, x, w3, whole, count)
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
    finish4(s00, s01, s02, s03, x, w, whole, count, y)
    finish4(s10, s11, s12, s13, x1, w, whole, count, y + stride)
    finish4(s20, s21, s22, s23, x2, w, whole, count, y + 2 * stride)
    finish4(s30, s31, s32, s33, x3, w, whole, count, y + 3 * stride)
}

@inline(__always)
private func finish4(
    _ s0: Vector, _ s1: Vector, _ s2: Vector, _ s3: Vector, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
    _ whole: Int, _ count: Int, _ y: UnsafeMutablePointer<Float>
) {
    y[0] = finish(s0, x, w, whole, count)
    y[1] = finish(s1, x, w + count, whole, count)
    y[2] = finish(s2, x, w + 2 * count, whole, count)
    y[3] = finish(s3, x, w + 3 * count, whole, count)
}

// MARK: - Backward: weighted sums of weight rows, one after the other

private func backwardPanel(
    dy: UnsafePointer<Float>, stride: Int, rows: Int, depth: Int, weight: UnsafePointer<Float>, inputs: Int,
    columns: Range<Int>, dx: UnsafeMutablePointer<Float>
) {
    var column = columns.lowerBound
    while column + 64 <= columns.upperBound {
        var row = 0
        while row + 4 <= rows {
            sums4x64(
                dy + row * stride, stride, depth, weight + column, inputs, dx + row * inputs + column)
            row += 4
        }
        while row < rows {
            sums1x64(dy + row * stride, depth, weight + column, inputs, dx + row * inputs + column)
            row += 1
        }
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
