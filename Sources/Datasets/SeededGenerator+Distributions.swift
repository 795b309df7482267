import Foundation

extension SeededGenerator {
    /// A number uniform in [0, 1), a multiple of 2⁻⁵³.
    package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A standard normal number (Box and Muller 1958).
    package mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// An index, drawn in proportion to `weights`, of which one at least is above zero.
    package mutating func index(weighted weights: [Double]) -> Int {
        let total = weights.reduce(0, +)
        precondition(total > 0, "a draw needs an outcome that is possible")
        var rest = uniform() * total
        for (index, weight) in weights.enumerated() {
            if rest < weight { return index }
            rest -= weight
        }
        // Only rounding leads here.
        return weights.lastIndex { $0 > 0 } ?? 0
    }
}
