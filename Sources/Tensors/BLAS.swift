import COpenBLAS

/// Matrix products through OpenBLAS, for the large products of training.
package enum BLAS {
    /// Why OpenBLAS could not be loaded.
    package struct Unavailable: Error, CustomStringConvertible, Sendable {
        package let reason: String
        package var description: String {
            "cannot load OpenBLAS (\(reason)): install it, on Debian with 'apt-get install libopenblas0'"
        }
    }

    /// Loads OpenBLAS; later calls return at once. Tools that train call it before they start.
    package static func load() throws(Unavailable) {
        if !grace_blas_load() { throw Unavailable(reason: String(cString: grace_blas_error())) }
    }

    /// The kernels OpenBLAS runs with, such as "SkylakeX".
    package static var coreName: String { String(cString: grace_blas_core_name()) }

    /// The file that OpenBLAS was loaded from; nil while it has not been, as nothing has been computed with it then.
    package static var library: String? {
        let path = String(cString: grace_blas_library())
        return path.isEmpty ? nil : path
    }

    private static let loaded: Bool = grace_blas_load()

    /// `c[m, n] = alpha · op(a) · op(b) + beta · c`, where `op` transposes on request; rows of `c` are shared out over
    /// the threads. `strideA`, `strideB` and `strideC` are the distances between stored rows.
    package static func product(
        transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int, alpha: Float = 1,
        a: UnsafePointer<Float>, strideA: Int, b: UnsafePointer<Float>, strideB: Int, beta: Float = 0,
        c: UnsafeMutablePointer<Float>, strideC: Int
    ) {
        precondition(loaded, "OpenBLAS is not available: \(String(cString: grace_blas_error()))")
        let part = { (rows: Range<Int>) in
            let firstA = transposeA ? a + rows.lowerBound : a + rows.lowerBound * strideA
            grace_sgemm(
                transposeA, transposeB, Int32(rows.count), Int32(n), Int32(k), alpha, firstA, Int32(strideA), b,
                Int32(strideB), beta, c + rows.lowerBound * strideC, Int32(strideC))
        }
        let parts = partCount(m, n, k), units = (m + 15) / 16
        if parts == 1 {
            if m > 0 { part(0..<m) }
        } else {
            Parallel.forEach(parts) { part(units * $0 / parts * 16..<min(m, units * ($0 + 1) / parts * 16)) }
        }
    }

    /// The same on the calling thread alone, for products that several threads make side by side.
    static func undivided(
        transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int, alpha: Float = 1,
        a: UnsafePointer<Float>, strideA: Int, b: UnsafePointer<Float>, strideB: Int,
        c: UnsafeMutablePointer<Float>, strideC: Int
    ) {
        precondition(loaded, "OpenBLAS is not available: \(String(cString: grace_blas_error()))")
        grace_sgemm(
            transposeA, transposeB, Int32(m), Int32(n), Int32(k), alpha, a, Int32(strideA), b, Int32(strideB), 0, c,
            Int32(strideC))
    }

    /// In how many parts the rows of a product are computed: a power of two, so that parts are shared out evenly.
    ///
    /// It depends on the sizes alone and not on the number of threads: OpenBLAS has another kernel, which rounds
    /// otherwise, for small products, and parts of other sizes would give other results. Each part packs the whole right
    /// factor anew, so that parts of few rows spend their time on that.
    static func partCount(_ m: Int, _ n: Int, _ k: Int) -> Int {
        let most = min(max(2, m / 384), 16, m / 32, (m * n * k) >> 18)
        return most < 2 ? 1 : 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)
    }

    /// `y[rows, outputs] = x[rows, inputs] · w[outputs, inputs]ᵀ`.
    package static func forward(x: Tensor, weight w: Tensor) -> Tensor {
        let y = Tensor(uninitialized: [x.rowCount, w.rowCount])
        product(
            transposeB: true, m: x.rowCount, n: w.rowCount, k: x.rowWidth, a: x.pointer, strideA: x.rowWidth,
            b: w.pointer, strideB: w.rowWidth, c: y.pointer, strideC: w.rowCount)
        return y
    }

    /// `dx[rows, inputs] = dy[rows, outputs] · w[outputs, inputs]`.
    package static func backward(dy: Tensor, weight w: Tensor) -> Tensor {
        let dx = Tensor(uninitialized: [dy.rowCount, w.rowWidth])
        product(
            m: dy.rowCount, n: w.rowWidth, k: dy.rowWidth, a: dy.pointer, strideA: dy.rowWidth, b: w.pointer,
            strideB: w.rowWidth, c: dx.pointer, strideC: w.rowWidth)
        return dx
    }

    /// `dw[outputs, inputs] = dy[rows, outputs]ᵀ · x[rows, inputs]`.
    package static func weightGradient(dy: Tensor, x: Tensor) -> Tensor {
        let dw = Tensor(uninitialized: [dy.rowWidth, x.rowWidth])
        product(
            transposeA: true, m: dy.rowWidth, n: x.rowWidth, k: dy.rowCount, a: dy.pointer, strideA: dy.rowWidth,
            b: x.pointer, strideB: x.rowWidth, c: dw.pointer, strideC: x.rowWidth)
        return dw
    }
}
