import Models
import Tensors

/// Which token's activation at the layer's input is the query.
package enum QueryToken: String, Sendable, CaseIterable {
    case last, first, mean

    /// The query of an input: `keyWidth` floats.
    package func query(of prefix: SitePrefix) -> [Float] {
        let rows = prefix.siteInput
        switch self {
        case .last: return rows.rows(rows.rowCount - 1..<rows.rowCount).array
        case .first: return rows.rows(0..<1).array
        case .mean:
            var sum = [Float](repeating: 0, count: rows.rowWidth)
            for row in 0..<prefix.input.visible {
                for (column, x) in rows.rows(row..<row + 1).array.enumerated() { sum[column] += x }
            }
            return sum.map { $0 / Float(prefix.input.visible) }
        }
    }
}

/// Which tokens' activations at the layer's output a value replaces (paper, section 2.3).
package enum Replacement: String, Sendable, CaseIterable {
    /// Every token.
    case all
    /// Every token but the last.
    case prompt
    /// The last token.
    case last

    func replaces(_ token: Int, of count: Int) -> Bool {
        switch self {
        case .all: true
        case .prompt: token < count - 1
        case .last: token == count - 1
        }
    }
}

/// How a new key's value starts.
package enum ValueInitialisation: String, Sendable, CaseIterable {
    /// Uniform in [0, 1).
    case cold
    /// The frozen layer's own output at the query token.
    case warm
}

/// GRACE's settings; the defaults are the paper's.
package struct GRACEOptions: Sendable, Equatable {
    /// ε_init: the radius of a new key.
    package var radius: Float
    /// Learning rate of the values.
    package var learningRate: Float = 1
    /// Gradient steps per edit.
    package var steps = 100
    package var query = QueryToken.last
    package var replacement = Replacement.all
    package var initialisation = ValueInitialisation.cold
    package var rules = CodebookRules.paper
    /// Governs the initial values.
    package var seed: UInt64 = 0

    package init(radius: Float) { self.radius = radius }
}
