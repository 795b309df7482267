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
        // The maximum drops NaN; adding x · 0 keeps it.
        case .relu: Elementwise.map(x) { larger($0, Vector.zero).addingProduct($0, Vector.zero) }
        case .gelu: Elementwise.map(x) { geluValue($0) }
        case .geluTanh: Elementwise.map(x) { geluTanhValue($0) }
        case .sigmoid: Elementwise.map(x) { VectorMath.sigmoid($0) }
        case .tanh: Elementwise.map(x) { VectorMath.tanh($0) }
        }
    }

    /// `dy · f′(x)`.
    package func backward(dy: Tensor, x: Tensor) -> Tensor {
        switch self {
        case .relu: Elementwise.map(dy, x) { dy, x in dy.replacing(with: 0, where: x .<= 0) }
        case .gelu: Elementwise.map(dy, x) { $0 * geluSlope($1) }
        case .geluTanh: Elementwise.map(dy, x) { $0 * geluTanhSlope($1) }
        case .sigmoid:
            Elementwise.map(dy, x) { dy, x in
                let s = VectorMath.sigmoid(x)
                return dy * s * (Vector(repeating: 1) - s)
            }
        case .tanh:
            Elementwise.map(dy, x) { dy, x in
                let t = VectorMath.tanh(x)
                return dy * (Vector(repeating: 1) - t * t)
            }
        }
    }

    /// The same function of one number, through the C library: the plain twin of `forward`.
    package func plain(_ x: Float) -> Float { Float(plainValue(Double(x))) }
}

@inline(__always)
private func geluValue(_ x: Vector) -> Vector {
    Vector(repeating: 0.5) * x * (Vector(repeating: 1) + VectorMath.erf(x * Vector(repeating: 0.707_106_781)))
}

@inline(__always)
private func geluSlope(_ x: Vector) -> Vector {
    let erf = VectorMath.erf(x * Vector(repeating: 0.707_106_781))
    let cumulative = Vector(repeating: 0.5) * (Vector(repeating: 1) + erf)
    return cumulative.addingProduct(x, normalDensity(x))
}

@inline(__always)
private func normalDensity(_ x: Vector) -> Vector {
    Vector(repeating: 0.398_942_28) * VectorMath.exp(x * x * Vector(repeating: -0.5))
}

@inline(__always)
private func geluTanhValue(_ x: Vector) -> Vector {
    let inner = Vector(repeating: 0.797_884_561) * (x + Vector(repeating: 0.044_715) * x * x * x)
    return Vector(repeating: 0.5) * x * (Vector(repeating: 1) + VectorMath.tanh(inner))
}

@inline(__always)
private func geluTanhSlope(_ x: Vector) -> Vector {
    let half = Vector(repeating: 0.5), one = Vector(repeating: 1)
    let inner = Vector(repeating: 0.797_884_561) * (x + Vector(repeating: 0.044_715) * x * x * x)
    let t = VectorMath.tanh(inner)
    let innerSlope = Vector(repeating: 0.797_884_561) * (one + Vector(repeating: 0.134_145) * x * x)
    return half * (one + t) + half * x * (one - t * t) * innerSlope
}
