import Foundation

/// What random numbers are drawn for; each purpose has streams of its own.
package enum RandomPurpose: UInt64, Sendable {
    case weightInitialisation = 1
    case valueInitialisation = 2
    case batchOrder = 3
    case dropout = 4
    case test = 5
    case corruption = 6
    case adaptorInitialisation = 7
    case replay = 8
}

/// A stream of random numbers that depends on (seed, purpose, index) alone, never on the order of calls elsewhere.
///
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014), started at a mix of the
/// three. `index` is the stream position for value initialisation, the parameter for weights, the step for batches.
package struct RandomStream: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64, purpose: RandomPurpose, index: UInt64 = 0) {
        var mixed = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
        mixed = Self.mix(mixed ^ purpose.rawValue &* 0xD1B5_4A32_D192_ED03)
        state = Self.mix(mixed ^ index &* 0xAEF1_7502_108E_F2D9)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// Uniform in [0, 1), a multiple of 2⁻²⁴.
    package mutating func uniform() -> Float {
        Float(next() >> 40) * 0x1p-24
    }

    /// Standard normal, by the Box-Muller transform.
    package mutating func normal() -> Float {
        let u = (Double(next() >> 11) + 0.5) * 0x1p-53
        let v = Double(next() >> 11) * 0x1p-53
        return Float((-2 * log(u)).squareRoot() * cos(2 * .pi * v))
    }

    /// A tensor of uniform numbers in [0, 1).
    package mutating func uniform(_ shape: [Int]) -> Tensor {
        let tensor = Tensor(uninitialized: shape)
        for i in 0..<tensor.count { tensor.pointer[i] = uniform() }
        return tensor
    }

    /// A tensor of normal numbers with the given standard deviation.
    package mutating func normal(_ shape: [Int], deviation: Float = 1) -> Tensor {
        let tensor = Tensor(uninitialized: shape)
        for i in 0..<tensor.count { tensor.pointer[i] = normal() * deviation }
        return tensor
    }

    /// A random order of `0..<count` (Fisher-Yates).
    package mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        order.shuffle(using: &self)
        return order
    }
}
