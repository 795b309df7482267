import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("Elementary functions")
struct VectorMathTests {
    private func apply(_ f: (Vector) -> Vector, _ x: [Float]) -> [Float] {
        stride(from: 0, to: x.count, by: 16).flatMap { start -> [Float] in
            var v = Vector.zero
            for lane in 0..<min(16, x.count - start) { v[lane] = x[start + lane] }
            let y = f(v)
            return (0..<min(16, x.count - start)).map { y[$0] }
        }
    }

    private func grid(_ range: ClosedRange<Float>, _ count: Int = 200_000) -> [Float] {
        (0...count).map { range.lowerBound + (range.upperBound - range.lowerBound) * Float($0) / Float(count) }
    }

    @Test("exp is within 3 units in the last place from -87.3 to 88.3")
    func exponential() {
        let x = grid(-87.3...88.3)
        var worst = 0.0
        for (x, y) in zip(x, apply(VectorMath.exp, x)) {
            let exact = Foundation.exp(Double(x))
            worst = max(worst, abs(Double(y) - exact) / Double(Float(exact).ulp))
        }
        #expect(worst <= 3)
    }

    @Test("2ˣ is within 2 units in the last place from -100 to 127; below it stays, and NaN passes")
    func powerOfTwo() {
        let x = grid(-100...127)
        var worst = 0.0
        for (x, y) in zip(x, apply(VectorMath.exp2, x)) {
            let exact = Foundation.exp2(Double(x))
            worst = max(worst, abs(Double(y) - exact) / Double(Float(exact).ulp))
        }
        #expect(worst <= 2)
        #expect(apply(VectorMath.exp2, [0, 1, -101, -1e30]) == [1, 2, 0x1p-100, 0x1p-100])
        #expect(apply(VectorMath.exp2, [.nan, 0]).first?.isNaN == true)
    }

    @Test("The square root is within a unit in the last place over all normal numbers; 0 and infinity are their own")
    func squareRoot() {
        let x = (0...100_000).flatMap {
            [Float(bitPattern: 0x0080_0000 + 0x5380 * UInt32($0)), 1 + Float($0) / 30_000]
        }
        var worst = 0.0
        for (x, y) in zip(x, apply(VectorMath.squareRoot, x)) {
            let exact = Double(x).squareRoot()
            worst = max(worst, abs(Double(y) - exact) / Double(Float(exact).ulp))
        }
        #expect(worst <= 1)
        #expect(apply(VectorMath.squareRoot, [0, 4, .infinity]) == [0, 2, .infinity])
    }

    @Test("exp of 0 is 1, and beyond its range the result stays a normal float")
    func exponentialEnds() {
        let y = apply(VectorMath.exp, [0, -1000, 1000])
        #expect(y[0] == 1)
        #expect(y[1] > 0 && y[1] < 1.3e-38)
        #expect(y[2] > 2e38 && y[2].isFinite)
    }

    @Test("tanh, erf and the sigmoid are within 4e-7 of the C library's")
    func bounded() {
        let x = grid(-12...12)
        #expect(largestDifference(apply(VectorMath.tanh, x), x.map { Foundation.tanh(Double($0)) }) <= 4e-7)
        #expect(largestDifference(apply(VectorMath.erf, x), x.map { Foundation.erf(Double($0)) }) <= 4e-7)
        #expect(
            largestDifference(apply(VectorMath.sigmoid, x), x.map { 1 / (1 + Foundation.exp(-Double($0))) }) <= 4e-7)
    }

    @Test("The odd tanh is one on both sides, and has a slope up to 9")
    func odd() {
        let x = grid(-12...12), t = apply(VectorMath.oddTanh, x)
        #expect(largestDifference(t, x.map { Foundation.tanh(Double($0)) }) <= 4e-7)
        #expect(apply(VectorMath.oddTanh, x.map { -$0 }) == t.map { -$0 })
        #expect(apply(VectorMath.oddTanh, [8.3, 8.5, 8.9]).allSatisfy { $0 < 1 })
    }

    @Test("Far from zero, tanh, erf and the sigmoid have arrived at their limits")
    func limits() {
        let ends: [Float] = [-1000, -100, 100, 1000]
        for f in [VectorMath.tanh, VectorMath.erf] as [(Vector) -> Vector] {
            #expect(largestDifference(apply(f, ends), [-1, -1, 1, 1] as [Float]) <= 1.2e-7)
        }
        #expect(largestDifference(apply(VectorMath.sigmoid, ends), [0, 0, 1, 1] as [Float]) <= 1.2e-7)
    }

    @Test("A NaN or an infinity gives no number, in every lane and every function, and leaves the other lanes alone")
    func notANumber() {
        let activations: [(Vector) -> Vector] = [Activation.relu, .gelu, .geluTanh, .sigmoid].map { function in
            { v in Vector(from: function.forward(Tensor((0..<16).map { v[$0] }, shape: [16])).pointer) }
        }
        let functions: [(Vector) -> Vector] = [
            VectorMath.exp, VectorMath.tanh, VectorMath.oddTanh, VectorMath.erf, VectorMath.sigmoid,
            VectorMath.squareRoot,
        ]
        for (n, f) in (functions + activations).enumerated() {
            let clean = apply(f, [Float](repeating: 0.5, count: 16))
            for bad in [Float.nan, .infinity, -.infinity] {
                let kept = (0..<16).filter { lane in
                    var x = [Float](repeating: 0.5, count: 16)
                    x[lane] = bad
                    let y = apply(f, x)
                    return !y[lane].isFinite && (0..<16).allSatisfy { $0 == lane || y[$0] == clean[$0] }
                }
                #expect(kept == Array(0..<16), "function \(n) of \(bad)")
            }
        }
    }
}
