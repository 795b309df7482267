/// The activation functions of the supported models, with their derivatives.
package enum Activation: Sendable {
    case relu
    /// x Φ(x), with the error function (BERT's "gelu").
    case gelu
    /// The tanh approximation (T5 v1.1's "gated-gelu", transformers' "gelu_new").
    case geluTanh
    case sigmoid
    case tanh

    package func forward(_ x: Tensor) -> Tensor {
        switch self {
        case .relu: values(Rectifier.self, x)
        case .gelu: values(GELU.self, x)
        case .geluTanh: values(TanhGELU.self, x)
        case .sigmoid: values(Sigmoid.self, x)
        case .tanh: values(HyperbolicTangent.self, x)
        }
    }

    /// `dy · f′(x)`.
    package func backward(dy: Tensor, x: Tensor) -> Tensor {
        switch self {
        case .relu: gradients(Rectifier.self, dy, x)
        case .gelu: gradients(GELU.self, dy, x)
        case .geluTanh: gradients(TanhGELU.self, dy, x)
        case .sigmoid: gradients(Sigmoid.self, dy, x)
        case .tanh: gradients(HyperbolicTangent.self, dy, x)
        }
    }

    private func values<Function: ActivationFunction>(_: Function.Type, _ x: Tensor) -> Tensor {
        Elementwise.map(x, ActivationValue<Function>())
    }

    private func gradients<Function: ActivationFunction>(_: Function.Type, _ dy: Tensor, _ x: Tensor) -> Tensor {
        Elementwise.map(dy, x, ActivationGradient<Function>())
    }

    /// The same function of one number, through the C library: the plain twin of `forward`.
    package func plain(_ x: Float) -> Float { Float(plainValue(Double(x))) }
}
