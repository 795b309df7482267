import Foundation

/// Softmax cross-entropy of rows that a frozen weight projects to classes, together with its gradient.
///
/// The output head of a language model is its largest weight by far, and a training step reads it twice: for the logits,
/// and for the gradient. Here each piece of it serves both while it is in cache. The softmax is that of the classes seen
/// so far; when a larger logit comes, the sums are scaled to it (Milakov and Gimelshein 2018). As with `FrozenProduct`
/// a row's results depend neither on the batch nor on the threads.
package enum FrozenCrossEntropy {
    /// Classes whose weights stay in the second-level cache between the two uses.
    private static let chunk = 64
    /// Most parts of the classes that threads share; their sums are put together in order.
    private static let mostParts = 8

    /// For each row of `x[rows, width] · w[classes, width]ᵀ` the negative log-likelihood of its label, and its gradient
    /// with respect to the row of `x`: `losses[rows]` and `gradients[rows, width]`, both zero where the label is
    /// `CrossEntropy.ignoredLabel`.
    package static func forward(
        x: Tensor, weight w: Tensor, labels: [Int32]
    ) -> (losses: Tensor, gradients: Tensor) {
        let rows = x.rowCount, width = x.rowWidth, classes = w.rowCount
        precondition(w.rowWidth == width, "a weight of shape \(w.shape) does not take rows of \(width)")
        precondition(labels.count == rows, "\(labels.count) labels for \(rows) rows")
        for label in labels where label != CrossEntropy.ignoredLabel {
            precondition(label >= 0 && label < classes, "label \(label) of \(classes) classes")
        }
        let chunks = (classes + chunk - 1) / chunk
        let parts = (0..<max(1, min(mostParts, chunks))).map { _ in Part(rows: rows, width: width) }
        Parallel.forEach(parts.count) { index in
            let first = chunks * index / parts.count * chunk
            let end = min(classes, chunks * (index + 1) / parts.count * chunk)
            for start in stride(from: first, to: end, by: chunk) {
                parts[index].add(
                    x: x, weight: w, classes: start..<min(end, start + chunk), isLast: start + chunk >= end,
                    labels: labels)
            }
        }
        return finish(parts, weight: w, labels: labels)
    }

    /// Puts the parts' sums together.
    private static func finish(_ parts: [Part], weight w: Tensor, labels: [Int32]) -> (
        losses: Tensor, gradients: Tensor
    ) {
        let rows = labels.count, width = w.rowWidth
        let losses = Tensor(zeros: [rows]), gradients = Tensor(zeros: [rows, width])
        for row in 0..<rows where labels[row] != CrossEntropy.ignoredLabel {
            var largest = -Float.infinity, sum: Float = 0, labelLogit: Float = 0
            for part in parts {
                largest = max(largest, part.largest[row])
                labelLogit += part.labelLogits[row]
            }
            let gradient = gradients.pointer + row * width
            for part in parts {
                let scale = exp(part.largest[row] - largest)
                sum += scale * part.sums[row]
                Reduction.addScaled(scale, part.mixtures.pointer + row * width, to: gradient, width)
            }
            let scale = Vector(repeating: 1 / sum)
            forEachVector(width) { i, lanes in
                lanes.store(lanes.load(UnsafePointer(gradient + i)) * scale, gradient + i)
            }
            Reduction.addScaled(-1, w.pointer + Int(labels[row]) * width, to: gradient, width)
            losses.pointer[row] = log(sum) + (largest - labelLogit)
        }
        return (losses, gradients)
    }

    /// The sums over some of the classes, for each row.
    private final class Part: @unchecked Sendable {
        /// The largest logit so far.
        var largest: [Float]
        /// `Σ exp(logit - largest)`.
        var sums: [Float]
        /// The logit of the label, if it is among these classes, else zero.
        var labelLogits: [Float]
        /// `Σ exp(logit - largest) · weight`, `[rows, width]`.
        let mixtures: Tensor
        private let logits: Tensor

        init(rows: Int, width: Int) {
            largest = Array(repeating: -.infinity, count: rows)
            sums = Array(repeating: 0, count: rows)
            labelLogits = Array(repeating: 0, count: rows)
            mixtures = Tensor(zeros: [rows, width])
            logits = Tensor(uninitialized: [rows, chunk])
        }

        func add(x: Tensor, weight w: Tensor, classes: Range<Int>, isLast: Bool, labels: [Int32]) {
            let rows = x.rowCount, width = x.rowWidth
            let weights = UnsafePointer(w.pointer + classes.lowerBound * width)
            let tiles = tileCount(rows)
            let distance = isLast ? 0 : classes.count * width
            forwardPanel(
                x: x.pointer, rows: rows, inputs: width, weight: weights, outputs: 0..<classes.count, y: logits.pointer,
                stride: chunk, ahead: WeightsAhead(distance: distance, passes: 2 * tiles))
            for row in 0..<rows {
                let logits = logits.pointer + row * chunk
                if classes.contains(Int(labels[row])) {
                    labelLogits[row] = logits[Int(labels[row]) - classes.lowerBound]
                }
                scale(row, to: Softmax.largest(logits, classes.count))
                sums[row] += Softmax.exponentials(logits, logits, classes.count, largest: largest[row])
            }
            backwardPanel(
                dy: logits.pointer, stride: chunk, rows: rows, weight: weights, outputs: 0..<classes.count,
                inputs: width, dx: mixtures.pointer,
                ahead: WeightsAhead(distance: distance, passes: 2 * tiles, firstPass: tiles))
        }

        /// Makes the sums of a row those relative to a logit that is larger than all before.
        private func scale(_ row: Int, to logit: Float) {
            guard logit > largest[row] else { return }
            let factor = exp(largest[row] - logit)
            largest[row] = logit
            sums[row] *= factor
            let mixture = mixtures.pointer + row * mixtures.rowWidth, scale = Vector(repeating: factor)
            forEachVector(mixtures.rowWidth) { i, lanes in
                lanes.store(lanes.load(UnsafePointer(mixture + i)) * scale, mixture + i)
            }
        }
    }
}
