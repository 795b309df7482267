import Tables

/// Something that the runs were to show, and what they show.
package struct Claim: Sendable {
    /// What the value must be.
    package enum Bound: Sendable {
        case atLeast(Double)
        case atMost(Double)
        case above(Double)

        package var text: String {
            switch self {
            case .atLeast(let bound): return ">= \(bound.cell)"
            case .atMost(let bound): return "<= \(bound.cell)"
            case .above(let bound): return "> \(bound.cell)"
            }
        }
    }

    /// What is claimed, in words.
    package let text: String
    /// What was measured; `nan` where the runs do not tell.
    package let value: Double
    package let bound: Bound
    /// The layer of the run that the value is from, where it is from one.
    package let layer: String?
    /// The radius of the run or runs that the value is from.
    package let epsilon: Double?

    init(_ text: String, _ value: Double, _ bound: Bound, layer: String? = nil, epsilon: Double? = nil) {
        self.text = text
        self.value = value
        self.bound = bound
        self.layer = layer
        self.epsilon = epsilon
    }

    /// Whether the runs show what is claimed; an undefined value does not.
    package var holds: Bool {
        switch bound {
        case .atLeast(let bound): return value >= bound
        case .atMost(let bound): return value <= bound
        case .above(let bound): return value > bound
        }
    }
}
