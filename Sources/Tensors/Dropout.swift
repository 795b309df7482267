/// Inverted dropout: each element is zero with the given probability, and the others are scaled up to keep the mean.
///
/// Which elements fall away is a function of (seed, step, place) and of the element's number, computed anew wherever it
/// is asked for: nothing is stored for the way back, and neither threads nor a resumed run can change it.
package struct Dropout: Sendable {
    package let probability: Float
    private let key: UInt64
    /// On what does not fall away.
    var factor: Float { 1 / (1 - probability) }

    /// - Parameters:
    ///   - step: the training step.
    ///   - place: the number of the operation within a step.
    package init(probability: Float, seed: UInt64, step: Int, place: Int) {
        precondition((0..<1).contains(probability), "a dropout of \(probability) leaves nothing")
        var stream = RandomStream(seed: seed, purpose: .dropout, index: UInt64(step) << 16 ^ UInt64(place))
        self.init(probability: probability, key: stream.next())
    }

    private init(probability: Float, key: UInt64) {
        self.probability = probability
        self.key = key
    }

    /// A mask of its own for part `index` of a place, such as one attention head of one sequence.
    package func part(_ index: Int) -> Dropout {
        var stream = RandomStream(seed: key, purpose: .dropout, index: UInt64(index))
        return Dropout(probability: probability, key: stream.next())
    }

    /// `x` with its mask applied; the derivative is the same function of the gradient.
    package func apply(_ x: Tensor) -> Tensor {
        let result = Tensor(uninitialized: x.shape)
        let source = UnsafePointer(x.pointer), target = result.pointer
        Parallel.split(x.count, granularity: 1 << 14) { range in
            apply(source + range.lowerBound, target + range.lowerBound, range.count, first: range.lowerBound)
        }
        return result
    }

    /// `target = mask · source` for `count` elements, of which the first has number `first`.
    @inline(__always)
    func apply(
        _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int, first: Int
    ) {
        let mask = mask
        forEachVector(count) { i, lanes in
            lanes.store(lanes.load(source + i) * mask.factors(from: first + i), target + i)
        }
    }

    @inline(__always)
    var mask: Mask {
        Mask(
            low: SIMD16(repeating: UInt32(truncatingIfNeeded: key)),
            high: SIMD16(repeating: UInt32(truncatingIfNeeded: key >> 32)),
            threshold: SIMD16(repeating: UInt32(Double(probability) * 0x1p32)),
            scale: Vector(repeating: factor))
    }

    /// The mask with its constants in registers.
    struct Mask {
        fileprivate let low: SIMD16<UInt32>
        fileprivate let high: SIMD16<UInt32>
        fileprivate let threshold: SIMD16<UInt32>
        fileprivate let scale: Vector

        @inline(__always)
        private static var lanes: SIMD16<UInt32> {
            SIMD16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
        }

        /// 0 or the `factor` for the sixteen elements from number `first`.
        @inline(__always)
        func factors(from first: Int) -> Vector { scale.replacing(with: 0, where: drops(from: first)) }

        /// Which of the sixteen elements from number `first` fall away: a hash of 32 bits (Wellons, "Prospecting for
        /// hash functions", lowbias32) of the number and the two halves of the key.
        @inline(__always)
        func drops(from first: Int) -> SIMDMask<SIMD16<Int32>> {
            var x = (SIMD16(repeating: UInt32(truncatingIfNeeded: first)) &+ Self.lanes) ^ low
            x = (x ^ (x &>> 16)) &* SIMD16(repeating: 0x7FEB_352D)
            x = ((x ^ (x &>> 15)) ^ high) &* SIMD16(repeating: 0x846C_A68B)
            x ^= x &>> 16
            return x .< threshold
        }
    }
}
