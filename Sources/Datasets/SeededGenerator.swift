/// Random numbers that are the same for a seed on every machine and in every release of Swift.
///
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). Its start is
/// mixed from the seed, the name of what is drawn and an index, so that one draw more in one place changes no
/// other. The standard library's `shuffle(using:)` is not used: how it draws is not promised to stay.
package struct SeededGenerator: Sendable {
    private var state: UInt64

    /// - Parameters:
    ///   - stream: names what the numbers are for, for example `"zsre.order"`.
    ///   - index: tells the draws of one stream apart, for example by the row of a question.
    package init(seed: UInt64, stream: String, index: Int = 0) {
        // FNV-1a over the name: a hash that does not change from run to run.
        var name: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in stream.utf8 {
            name = (name ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        state = Self.mix(Self.mix(seed) ^ name) &+ UInt64(bitPattern: Int64(index)) &* 0xD1B5_4A32_D192_ED03
        state = Self.mix(state)
    }

    /// The plain generator of the publication, whose numbers are known.
    init(state: UInt64) {
        self.state = state
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number from 0 up to but not including `bound`, each equally likely.
    package mutating func next(below bound: Int) -> Int {
        precondition(bound > 0, "a draw needs at least one outcome")
        let range = UInt64(bound)
        // Numbers below 2^64 mod range would make the small outcomes likelier (Lemire 2019).
        let unfair = (0 &- range) % range
        while true {
            let product = next().multipliedFullWidth(by: range)
            if product.low >= unfair { return Int(product.high) }
        }
    }

    /// Puts `elements` into a random order: Fisher-Yates from the end.
    package mutating func shuffle<Element>(_ elements: inout [Element]) {
        var last = elements.count - 1
        while last > 0 {
            elements.swapAt(last, next(below: last + 1))
            last -= 1
        }
    }

    /// `count` different numbers of `0..<total` in ascending order, every choice equally likely.
    package mutating func sample(_ count: Int, of total: Int) -> [Int] {
        precondition(count >= 0 && count <= total, "a sample cannot be larger than what it is drawn from")
        var indices = Array(0..<total)
        for position in 0..<count {
            indices.swapAt(position, position + next(below: total - position))
        }
        return indices[..<count].sorted()
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var bits = value
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
