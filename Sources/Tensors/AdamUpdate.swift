import Foundation

/// The arithmetic of one Adam step, in PyTorch's order of operations.
package struct AdamUpdate: Sendable {
    package let beta1: Double
    package let beta2: Double
    package let epsilon: Float

    package init(beta1: Double, beta2: Double, epsilon: Float) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    /// Updates `parameter` and its two moments in place; `step` counts from 1.
    ///
    /// - Parameters:
    ///   - gradientScale: a factor on the gradient.
    ///   - weightDecay: before the step the parameter shrinks by this much times the learning rate.
    package func apply(
        to parameter: Tensor, gradient: Tensor, first: Tensor, second: Tensor, step: Int, learningRate: Float,
        gradientScale: Float = 1, weightDecay: Float = 0
    ) {
        let correction1 = 1 - pow(beta1, Double(step)), correction2 = 1 - pow(beta2, Double(step))
        let stepSize = Vector(repeating: Float(Double(learningRate) / correction1))
        let root = Vector(repeating: Float(correction2.squareRoot()))
        let b1 = Vector(repeating: Float(1 - beta1)), b2 = Vector(repeating: Float(beta2))
        let c2 = Vector(repeating: Float(1 - beta2))
        let eps = Vector(repeating: epsilon)
        let scale = Vector(repeating: gradientScale), kept = Vector(repeating: 1 - learningRate * weightDecay)
        let p = parameter.pointer, g = UnsafePointer(gradient.pointer), m = first.pointer, v = second.pointer
        Parallel.split(parameter.count, granularity: 1 << 14) { range in
            forEachVector(range.count) { offset, lanes in
                let i = range.lowerBound + offset
                let gradient = lanes.load(g + i) * scale, oldM = lanes.load(UnsafePointer(m + i))
                let newM = oldM.addingProduct(gradient - oldM, b1)
                let newV = (lanes.load(UnsafePointer(v + i)) * b2).addingProduct(gradient * gradient, c2)
                let denominator = VectorMath.squareRoot(newV) / root + eps
                lanes.store(newM, m + i)
                lanes.store(newV, v + i)
                lanes.store(lanes.load(UnsafePointer(p + i)) * kept - stepSize * newM / denominator, p + i)
            }
        }
    }
}
