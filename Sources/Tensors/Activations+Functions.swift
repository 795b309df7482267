/// An activation f of sixteen floats, and `dy · f′(x)`.
protocol ActivationFunction {
    static func value(_ x: Vector) -> Vector
    static func gradient(_ dy: Vector, _ x: Vector) -> Vector
}

struct ActivationValue<Activation: ActivationFunction>: UnaryFunction {
    @inline(__always)
    func callAsFunction(_ x: Vector) -> Vector { Activation.value(x) }
}

struct ActivationGradient<Activation: ActivationFunction>: BinaryFunction {
    @inline(__always)
    func callAsFunction(_ dy: Vector, _ x: Vector) -> Vector { Activation.gradient(dy, x) }
}

enum Rectifier: ActivationFunction {
    /// The maximum drops NaN; adding x · 0 keeps it.
    @inline(__always)
    static func value(_ x: Vector) -> Vector { larger(x, Vector.zero).addingProduct(x, Vector.zero) }

    @inline(__always)
    static func gradient(_ dy: Vector, _ x: Vector) -> Vector { dy.replacing(with: 0, where: x .<= 0) }
}

enum GELU: ActivationFunction {
    @inline(__always)
    static func value(_ x: Vector) -> Vector { x * cumulative(x) }

    @inline(__always)
    static func gradient(_ dy: Vector, _ x: Vector) -> Vector {
        dy * cumulative(x).addingProduct(x, density(x))
    }

    /// Φ(x).
    @inline(__always)
    private static func cumulative(_ x: Vector) -> Vector {
        let half = Vector(repeating: 0.5)
        return half.addingProduct(half, VectorMath.erf(x * Vector(repeating: 0.707_106_781)))
    }

    /// Φ′(x).
    @inline(__always)
    private static func density(_ x: Vector) -> Vector {
        Vector(repeating: 0.398_942_28) * VectorMath.exp2(x * x * Vector(repeating: -0.721_347_52))
    }
}

enum TanhGELU: ActivationFunction {
    @inline(__always)
    static func value(_ x: Vector) -> Vector {
        Vector(repeating: 0.5) * x * (Vector(repeating: 1) + VectorMath.tanh(inner(x)))
    }

    @inline(__always)
    static func gradient(_ dy: Vector, _ x: Vector) -> Vector {
        let half = Vector(repeating: 0.5), one = Vector(repeating: 1)
        let t = VectorMath.tanh(inner(x))
        let slope = Vector(repeating: 0.797_884_561) * (one + Vector(repeating: 0.134_145) * x * x)
        return dy * (half * (one + t) + half * x * (one - t * t) * slope)
    }

    @inline(__always)
    private static func inner(_ x: Vector) -> Vector {
        Vector(repeating: 0.797_884_561) * (x + Vector(repeating: 0.044_715) * x * x * x)
    }
}

enum Sigmoid: ActivationFunction {
    @inline(__always)
    static func value(_ x: Vector) -> Vector { VectorMath.sigmoid(x) }

    @inline(__always)
    static func gradient(_ dy: Vector, _ x: Vector) -> Vector {
        let s = VectorMath.sigmoid(x)
        return dy * s * (Vector(repeating: 1) - s)
    }
}

enum HyperbolicTangent: ActivationFunction {
    @inline(__always)
    static func value(_ x: Vector) -> Vector { VectorMath.oddTanh(x) }

    @inline(__always)
    static func gradient(_ dy: Vector, _ x: Vector) -> Vector {
        let t = VectorMath.oddTanh(x)
        return dy * (Vector(repeating: 1) - t * t)
    }
}
