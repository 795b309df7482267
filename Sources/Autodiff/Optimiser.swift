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

/// Adam (Kingma and Ba, 2015) with PyTorch's defaults and its order of operations. As there, each parameter counts its
/// own steps: one without a gradient is left alone, and starts from the beginning when it first has one.
package final class Adam: Optimiser {
    private struct State {
        let first: Tensor
        let second: Tensor
        var steps = 0
    }

    package var learningRate: Float
    private let settings: AdamUpdate
    private var states: [ObjectIdentifier: State] = [:]

    package init(learningRate: Float, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-8) {
        self.learningRate = learningRate
        settings = AdamUpdate(beta1: beta1, beta2: beta2, epsilon: epsilon)
    }

    package func step(_ parameters: [Variable]) {
        for parameter in parameters {
            guard let gradient = parameter.gradient else { continue }
            let id = ObjectIdentifier(parameter)
            var state =
                states[id] ?? State(first: Tensor(zeros: parameter.shape), second: Tensor(zeros: parameter.shape))
            state.steps += 1
            states[id] = state
            settings.apply(
                to: parameter.value, gradient: gradient, first: state.first, second: state.second, step: state.steps,
                learningRate: learningRate)
            parameter.clearGradient()
        }
    }
}
