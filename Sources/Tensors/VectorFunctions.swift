/// A function of sixteen floats, for passes over tensors. Functions are types, so that the compiler makes a loop of its own
/// for each: a closure would be called for each vector.
protocol UnaryFunction {
    func callAsFunction(_ x: Vector) -> Vector
}

/// A function of two vectors.
protocol BinaryFunction {
    func callAsFunction(_ a: Vector, _ b: Vector) -> Vector
}

struct Sum: BinaryFunction {
    @inline(__always)
    func callAsFunction(_ a: Vector, _ b: Vector) -> Vector { a + b }
}

struct Product: BinaryFunction {
    @inline(__always)
    func callAsFunction(_ a: Vector, _ b: Vector) -> Vector { a * b }
}

struct Scaling: UnaryFunction {
    let factor: Vector

    @inline(__always)
    func callAsFunction(_ x: Vector) -> Vector { x * factor }
}
