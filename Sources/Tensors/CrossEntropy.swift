import Foundation

/// Softmax and cross-entropy over rows of logits, with ignored rows.
package enum CrossEntropy {
    /// The label of a row that does not count.
    package static let ignoredLabel: Int32 = -100

    /// For each row the negative log-likelihood of its label (zero where ignored), and the softmax for `backward`.
    ///
    /// `logits[rows, classes]`; labels must lie in `0..<classes` or be `ignoredLabel`.
    package static func forward(logits: Tensor, labels: [Int32]) -> (losses: Tensor, probabilities: Tensor) {
        let rows = logits.rowCount, classes = logits.rowWidth
        precondition(labels.count == rows, "\(labels.count) labels for \(rows) rows")
        let losses = Tensor(zeros: [rows]), probabilities = Tensor(uninitialized: logits.shape)
        Parallel.split(rows, granularity: rows * classes < 1 << 16 ? max(rows, 1) : 1) { range in
            for row in range where labels[row] != ignoredLabel {
                precondition(labels[row] >= 0 && labels[row] < classes, "label \(labels[row]) of \(classes) classes")
                let source = UnsafePointer(logits.pointer + row * classes)
                let target = probabilities.pointer + row * classes
                let (largest, sum) = Softmax.unnormalised(source, target, classes)
                let scale = Vector(repeating: 1 / sum)
                forEachVector(classes) { i, lanes in
                    lanes.store(lanes.load(UnsafePointer(target + i)) * scale, target + i)
                }
                losses.pointer[row] = log(sum) + (largest - source[Int(labels[row])])
            }
        }
        return (losses, probabilities)
    }

    /// The gradient of `Σ weights[row] · losses[row]` with respect to the logits.
    package static func backward(probabilities: Tensor, labels: [Int32], weights: [Float]) -> Tensor {
        let classes = probabilities.rowWidth
        let gradient = Tensor(uninitialized: probabilities.shape)
        for row in 0..<probabilities.rowCount {
            let p = UnsafePointer(probabilities.pointer + row * classes), g = gradient.pointer + row * classes
            if labels[row] == ignoredLabel {
                g.update(repeating: 0, count: classes)
            } else {
                let weight = Vector(repeating: weights[row])
                forEachVector(classes) { i, lanes in lanes.store(lanes.load(p + i) * weight, g + i) }
                g[Int(labels[row])] -= weights[row]
            }
        }
        return gradient
    }
}

enum Softmax {
    /// Writes `exp(x - max x)` to `target`; returns the maximum and the sum.
    @inline(__always)
    static func unnormalised(
        _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int
    ) -> (largest: Float, sum: Float) {
        let largest = largest(source, count)
        return (largest, exponentials(source, target, count, largest: largest))
    }

    @inline(__always)
    static func largest(_ source: UnsafePointer<Float>, _ count: Int) -> Float {
        var largest = source[0]
        var i = 0
        var wide = Vector(repeating: largest)
        while i + 16 <= count {
            wide = larger(wide, Vector(from: source + i))
            i += 16
        }
        largest = wide.largest
        while i < count {
            largest = Swift.max(largest, source[i])
            i += 1
        }
        return largest
    }

    /// Writes `exp(x - largest)` to `target`; returns the sum.
    @inline(__always)
    static func exponentials(
        _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int, largest: Float
    ) -> Float {
        var sum = Vector.zero
        forEachVector(count) { i, lanes in
            let e = lanes.masked(VectorMath.exp(lanes.load(source + i) - Vector(repeating: largest)))
            lanes.store(e, target + i)
            sum += e
        }
        return sum.total
    }
}
