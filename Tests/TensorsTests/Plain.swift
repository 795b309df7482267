import Foundation

@testable import Tensors

/// The plain twins of the kernels: the definitions, one number at a time, in double precision.
enum Plain {
    /// A result with, for each element, the sum of the magnitudes that were added: what rounding errors grow with.
    struct Sums {
        var values: [Double]
        var magnitudes: [Double]

        /// The largest rounding error of `found`, in units of the magnitudes.
        func error(of found: Tensor) -> Double {
            guard found.count == values.count else { return .infinity }
            var largest = 0.0
            for (i, x) in found.array.enumerated() {
                let error = abs(Double(x) - values[i])
                if error.isNaN { return .infinity }
                if error > 0 { largest = max(largest, error / magnitudes[i]) }
            }
            return largest
        }
    }

    /// `a[m, k] · b[k, n]`, with either stored transposed, plus `c`.
    static func product(
        _ a: Tensor, by b: Tensor, transposeA: Bool = false, transposeB: Bool = false,
        adding c: Tensor? = nil
    ) -> Sums {
        let (m, k) = transposeA ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
        let n = transposeB ? b.shape[0] : b.shape[1]
        let (x, y, start) = (a.array, b.array, c?.array)
        var result = Sums(values: [], magnitudes: [])
        for i in 0..<m {
            for j in 0..<n {
                var sum = Double(start?[i * n + j] ?? 0)
                var magnitude = abs(sum)
                for l in 0..<k {
                    let term =
                        Double(x[transposeA ? l * m + i : i * k + l])
                        * Double(y[transposeB ? j * k + l : l * n + j])
                    sum += term
                    magnitude += abs(term)
                }
                result.values.append(sum)
                result.magnitudes.append(magnitude)
            }
        }
        return result
    }

    static func softmax(_ x: [Double]) -> [Double] {
        let largest = x.max() ?? 0
        let e = x.map { exp($0 - largest) }
        let sum = e.reduce(0, +)
        return e.map { $0 / sum }
    }

    /// Attention by its definition: for each query of each head, a softmax over the visible keys.
    static func attention(
        _ attention: Attention, q: Tensor, k: Tensor, v: Tensor, queries: RaggedLayout, keys: RaggedLayout,
        bias: Attention.DistanceBias? = nil
    ) -> [Double] {
        let width = attention.heads * attention.headWidth
        let (qs, ks, vs) = (q.array.map(Double.init), k.array.map(Double.init), v.array.map(Double.init))
        var output = [Double](repeating: 0, count: q.count)
        for s in 0..<queries.count {
            for i in 0..<queries.length(of: s) {
                for h in 0..<attention.heads {
                    let columns = h * attention.headWidth..<(h + 1) * attention.headWidth
                    let row = (queries.starts[s] + i) * width
                    let seen = (0..<keys.visible[s]).filter { !attention.causal || $0 <= i }
                    let scores = seen.map { j -> Double in
                        let key = (keys.starts[s] + j) * width
                        let dot = columns.reduce(0) { $0 + qs[row + $1] * ks[key + $1] }
                        let added = bias.map { Double($0.values.array[h * $0.values.rowWidth + $0.zero + j - i]) }
                        return dot * Double(attention.scale) + (added ?? 0)
                    }
                    for (j, p) in zip(seen, softmax(scores)) {
                        for column in columns { output[row + column] += p * vs[(keys.starts[s] + j) * width + column] }
                    }
                }
            }
        }
        return output
    }
}

/// Tensors of random numbers for tests: normal, from a stream of their own.
func random(_ shape: [Int], _ index: UInt64, deviation: Float = 1) -> Tensor {
    var stream = RandomStream(seed: 1, purpose: .test, index: index)
    return stream.normal(shape, deviation: deviation)
}

/// The same numbers `shift` floats past the 64-byte alignment that allocated tensors have, as in a mapped file.
func unaligned(_ tensor: Tensor, by shift: Int = 1) -> Tensor {
    let storage = Storage(count: tensor.count + shift)
    let view = Tensor(storage: storage, offset: shift, shape: tensor.shape)
    view.pointer.update(from: tensor.pointer, count: tensor.count)
    return view
}

/// Runs `body` with the given number of threads. Tests that run at the same time may change it too: results must not
/// depend on it, which is what is being tested.
func withThreads<R>(_ count: Int, _ body: () throws -> R) rethrows -> R {
    let before = Parallel.threadCount
    Parallel.threadCount = count
    defer { Parallel.threadCount = before }
    return try body()
}
