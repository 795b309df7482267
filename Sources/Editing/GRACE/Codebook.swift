import Tensors

/// GRACE's codebook at one layer (paper, section 2.2): keys with their values, deferral radii and key labels.
///
/// A key is a cached input of the layer; its value replaces the layer's output for queries within its radius.
package struct Codebook: Sendable, MaintainedCodebook {
    package let rules: CodebookRules
    private(set) var keyRows: NearestRows
    package private(set) var values: [Tensor] = []
    package private(set) var radii: [Float] = []
    package private(set) var labels: [[Int32]] = []

    package init(keyWidth: Int, rules: CodebookRules) {
        self.rules = rules
        keyRows = NearestRows(width: keyWidth, lastWins: rules.newestWins)
    }

    /// Width of keys and queries.
    package var keyWidth: Int { keyRows.width }

    /// All keys, one after the other: key i is `keys[i · keyWidth ..< (i + 1) · keyWidth]`.
    package var keys: [Float] { keyRows.floats }

    package var count: Int { radii.count }

    /// KEY-ADD: a new key with its value, radius and label. Returns its index.
    @discardableResult
    package mutating func add(key: [Float], value: Tensor, radius: Float, label: [Int32]) -> Int {
        precondition(key.count == keyWidth, "a key of \(key.count) floats in a codebook of width \(keyWidth)")
        keyRows.append(key)
        values.append(value)
        radii.append(radius)
        labels.append(label)
        return count - 1
    }

    func label(of key: Int) -> [Int32] { labels[key] }
    func radius(of key: Int) -> Float { radii[key] }

    package mutating func setRadius(_ radius: Float, of key: Int) { radii[key] = radius }
    package mutating func setValue(_ value: Tensor, of key: Int) { values[key] = value }
}

/// Where the published code departs from the paper, and which of the two a codebook follows.
package enum CodebookRules: String, Sendable, CaseIterable {
    /// The paper: labels are the same when their token sequences are; of keys at equal distance the newest wins.
    case paper
    /// The published code: labels are the same when the means of their token ids are; the oldest of equally near keys
    /// wins; a split leaves the old key half the distance less 1e-5.
    case official

    /// Whether two labels count as the same, so that a key may grow instead of being split.
    package func sameLabel(_ a: [Int32], _ b: [Int32]) -> Bool {
        switch self {
        case .paper: a == b
        case .official: Self.mean(a) == Self.mean(b)
        }
    }

    /// The radius that a split leaves to the old key, `distance` away from the new one.
    package func radiusAfterSplit(distance: Float) -> Float {
        switch self {
        case .paper: distance / 2
        case .official: distance / 2 - 1e-5
        }
    }

    /// Whether a key met later takes the place of an equally near one met earlier.
    var newestWins: Bool { self == .paper }

    private static func mean(_ label: [Int32]) -> Float {
        Float(label.reduce(0) { $0 + Int($1) }) / Float(max(label.count, 1))
    }
}
