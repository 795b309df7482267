import TestSupport
import Testing

@testable import Tensors

@Suite("Sums, distances and the largest element")
struct ReductionTests {
    private func argmax(_ x: [Float]) -> Int? {
        x.withUnsafeBufferPointer { $0.baseAddress.flatMap { Reduction.argmax($0, x.count) } }
    }

    @Test("Dot products and distances are the plain ones at every length")
    func sums() {
        let a = random([200], 1)
        let b = random([200], 2)
        for count in 1...200 {
            let pairs = zip(a.array, b.array).prefix(count).map { (Double($0), Double($1)) }
            let dot = pairs.reduce(0) { $0 + $1.0 * $1.1 }
            let size = pairs.reduce(0) { $0 + abs($1.0 * $1.1) }
            #expect(abs(Double(Reduction.dot(a.pointer, b.pointer, count)) - dot) <= 1e-6 * size)
            let squares = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            #expect(abs(Double(Reduction.squaredDistance(a.pointer, b.pointer, count)) - squares) <= 1e-6 * squares)
        }
    }

    @Test("The distance of a vector to itself is exactly zero, and distance is symmetric to the bit")
    func distance() {
        for count in [1, 15, 16, 17, 513, 3072] {
            let a = random([count], 1, deviation: 100)
            let b = random([count], 2)
            #expect(Reduction.squaredDistance(a.pointer, a.pointer, count) == 0)
            let there = Reduction.squaredDistance(a.pointer, b.pointer, count)
            #expect(there == Reduction.squaredDistance(b.pointer, a.pointer, count))
            // The place in memory makes no difference.
            let elsewhere = unaligned(a, by: 3)
            #expect(there == Reduction.squaredDistance(elsewhere.pointer, b.pointer, count))
        }
    }

    @Test("Adding a multiple is exact where the numbers are, at every length and nowhere else")
    func addScaled() {
        for count in 0...50 {
            let y = Tensor((0..<60).map(Float.init), shape: [60])
            let x = Tensor((0..<60).map { Float($0 * $0) }, shape: [60])
            Reduction.addScaled(0.5, x.pointer, to: y.pointer, count)
            #expect(y.array == (0..<60).map { Float($0) + ($0 < count ? 0.5 * Float($0 * $0) : 0) })
        }
    }

    @Test("The largest element is found wherever it is")
    func largest() {
        for count in [1, 2, 15, 16, 17, 40] {
            for place in 0..<count {
                var x = [Float](repeating: -5, count: count)
                x[place] = -4.5
                #expect(argmax(x) == place)
            }
        }
    }

    @Test("Of equal ones the first wins")
    func ties() {
        for count in [2, 16, 17, 40, 64] {
            #expect(argmax([Float](repeating: 1, count: count)) == 0)
            #expect(argmax([Float](repeating: -.infinity, count: count)) == 0)
            for first in 0..<count - 1 {
                for second in first + 1..<count {
                    var x = [Float](repeating: 0, count: count)
                    (x[first], x[second]) = (3, 3)
                    #expect(argmax(x) == first)
                }
            }
        }
    }

    @Test("A NaN anywhere leaves no largest element, and neither does an empty row")
    func notANumber() {
        for count in [1, 5, 16, 17, 40] {
            for place in 0..<count {
                var x = [Float](repeating: 1, count: count)
                x[count / 2] = 7
                x[place] = .nan
                #expect(argmax(x) == nil, "\(place) of \(count)")
            }
        }
        let one = Tensor([1], shape: [1])
        #expect(Reduction.argmax(one.pointer, 0) == nil)
    }

    @Test("Infinities are numbers like others")
    func infinities() {
        #expect(argmax([1, .infinity, 2]) == 1)
        #expect(argmax([-.infinity, -3]) == 1)
    }
}
