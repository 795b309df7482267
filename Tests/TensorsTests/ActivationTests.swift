import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("Activations")
struct ActivationTests {
    @Test(
        "The kernels are the definitions, to 5e-7 of the largest value",
        arguments: [Activation.relu, .gelu, .geluTanh, .sigmoid, .tanh],
        [1, 15, 16, 17, 100, 70_001])
    func forward(function: Activation, count: Int) {
        let x = random([count], UInt64(count), deviation: 3)
        let y = function.forward(x)
        #expect(y.shape == x.shape)
        #expect(relativeDifference(y.array, to: x.array.map { function.plainValue(Double($0)) }) <= 5e-7)
    }

    @Test("The slopes are the definitions' slopes", arguments: [Activation.relu, .gelu, .geluTanh, .sigmoid, .tanh])
    func backward(function: Activation) {
        let x = random([3001], 1, deviation: 2)
        let dy = random([3001], 2)
        let slopes = x.array.map { x -> Double in
            let h = 1e-5
            return (function.plainValue(Double(x) + h) - function.plainValue(Double(x) - h)) / (2 * h)
        }
        let found = function.backward(dy: dy, x: x).array
        #expect(largestDifference(found, zip(dy.array, slopes).map { Double($0) * $1 }) <= 5e-6)
    }

    @Test("The GELUs vanish far below zero and pass far above")
    func ends() {
        let x = Tensor([-1000, -30, 30, 1000], shape: [4])
        for function in [Activation.gelu, .geluTanh] {
            #expect(largestDifference(function.forward(x).array, [0, 0, 30, 1000] as [Float]) <= 1e-6)
            let slope = function.backward(dy: Tensor([1, 1, 1, 1], shape: [4]), x: x).array
            #expect(largestDifference(slope, [0, 0, 1, 1] as [Float]) <= 1e-6)
        }
    }
}
