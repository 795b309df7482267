import Tensors

/// Changes parameters by their gradients.
package protocol Optimiser: AnyObject {
    var learningRate: Float { get set }
    /// Updates each parameter that has a gradient, in place, and clears the gradient.
    func step(_ parameters: [Variable])
}

/// Plain stochastic gradient descent: `p -= lr · g`.
package final class SGD: Optimiser {
    package var learningRate: Float

    package init(learningRate: Float) { self.learningRate = learningRate }

    package func step(_ parameters: [Variable]) {
        for parameter in parameters {
            guard let gradient = parameter.gradient else { continue }
            Elementwise.accumulate(Elementwise.scale(gradient, by: -learningRate), into: parameter.value)
            parameter.clearGradient()
        }
    }
}

/// Adam (Kingma and Ba, 2015) with PyTorch's defaults and its order of operations.
package final class Adam: Optimiser {
    package var learningRate: Float
    private let settings: AdamUpdate
    private var moments: [ObjectIdentifier: (first: Tensor, second: Tensor)] = [:]
    package private(set) var stepCount = 0

    package init(learningRate: Float, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-8) {
        self.learningRate = learningRate
        settings = AdamUpdate(beta1: beta1, beta2: beta2, epsilon: epsilon)
    }

    package func step(_ parameters: [Variable]) {
        stepCount += 1
        for parameter in parameters {
            guard let gradient = parameter.gradient else { continue }
            let id = ObjectIdentifier(parameter)
            let moment = moments[id] ?? (Tensor(zeros: parameter.shape), Tensor(zeros: parameter.shape))
            moments[id] = moment
            settings.apply(
                to: parameter.value, gradient: gradient, first: moment.0, second: moment.1, step: stepCount,
                learningRate: learningRate)
            parameter.clearGradient()
        }
    }
}
