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
        case .mean: return prefix.siteInputMean.array
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

extension Replacement {
    /// For each token that the prefix keeps: `value` where it is replaced, -1 where the frozen output stays.
    package func rows(of prefix: SitePrefix, replacedBy value: Int32) -> [Int32] {
        prefix.positions.map { replaces($0, of: prefix.input.rowCount) ? value : -1 }
    }

    /// The layer's output with `value` in force: `[positions, valueWidth]`.
    package func siteOutput(of prefix: SitePrefix, with value: Tensor) -> Tensor {
        Rows.replace(
            in: prefix.siteOutput, with: value.reshaped([1, value.count]), rows(of: prefix, replacedBy: 0))
    }
}
