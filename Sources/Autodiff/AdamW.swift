import Tensors

/// AdamW (Loshchilov and Hutter, 2019) over a fixed list of parameters, with PyTorch's defaults and its order of
/// operations, and with the gradients of all parameters clipped together.
///
/// Its state is open, so that a run can be interrupted and resumed to the same bits.
package final class AdamW {
    package struct Parameter {
        package let name: String
        package let variable: Variable
        /// Whether weight decay draws it towards zero; biases and norms are usually left out.
        package let decays: Bool

        package init(name: String, variable: Variable, decays: Bool) {
            self.name = name
            self.variable = variable
            self.decays = decays
        }
    }

    package let parameters: [Parameter]
    /// The first and second moment of each parameter.
    package let moments: [(first: Tensor, second: Tensor)]
    /// Steps taken so far.
    package var steps = 0
    private let weightDecay: Float
    private let settings: AdamUpdate

    package init(
        _ parameters: [Parameter], weightDecay: Float, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-8
    ) {
        self.parameters = parameters
        self.weightDecay = weightDecay
        moments = parameters.map { (Tensor(zeros: $0.variable.shape), Tensor(zeros: $0.variable.shape)) }
        settings = AdamUpdate(beta1: beta1, beta2: beta2, epsilon: epsilon)
    }

    /// Updates all parameters by their gradients and clears these; a parameter without one has the gradient zero.
    ///
    /// - Parameter clip: the largest norm of all gradients together; a longer one is scaled down to it.
    /// - Returns: the norm before clipping.
    @discardableResult
    package func step(learningRate: Float, clip: Float = .infinity) -> Float {
        steps += 1
        let squares = parameters.reduce(0.0) { $0 + ($1.variable.gradient.map(Reduction.sumOfSquares) ?? 0) }
        let norm = Float(squares.squareRoot())
        let scale = clip < .infinity ? min(1, clip / (norm + 1e-6)) : 1
        for (parameter, moment) in zip(parameters, moments) {
            let variable = parameter.variable
            settings.apply(
                to: variable.value, gradient: variable.gradient ?? Tensor(zeros: variable.shape), first: moment.first,
                second: moment.second, step: steps, learningRate: learningRate, gradientScale: scale,
                weightDecay: parameter.decays ? weightDecay : 0)
            variable.clearGradient()
        }
        return norm
    }
}
