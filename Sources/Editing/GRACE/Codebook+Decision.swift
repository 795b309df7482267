import Tensors

/// What the maintenance of a codebook needs of it: keys with labels and deferral radii.
protocol MaintainedCodebook {
    var rules: CodebookRules { get }
    func label(of key: Int) -> [Int32]
    func radius(of key: Int) -> Float
    /// Adds a key and returns its index.
    mutating func add(key: [Float], value: Tensor, radius: Float, label: [Int32]) -> Int
    mutating func setRadius(_ radius: Float, of key: Int)
}

extension Codebook {
    /// What an edit does to the codebook (paper, section 2.2, "Codebook maintenance").
    package enum Decision: Sendable, Equatable {
        /// KEY-ADD: the query lies outside every radius, or there is no key yet.
        case add(nearest: Neighbour?)
        /// KEY-UPDATE (a): the nearest key has the same label and grows to reach the query.
        case expand(Neighbour)
        /// KEY-UPDATE (a) with the query already within reach: only the value is trained again.
        case train(Neighbour)
        /// KEY-UPDATE (b): the nearest key has another label; it shrinks, and the query becomes a key.
        case split(Neighbour)
    }
}

extension MaintainedCodebook {
    /// Decides on an edit of a query with its nearest key; `initialRadius` is ε_init, the radius of a new key.
    func decide(nearest near: Codebook.Neighbour?, label: [Int32], initialRadius: Float) -> Codebook.Decision {
        guard let near else { return .add(nearest: nil) }
        let radius = radius(of: near.key)
        // A distance too large for a number is outside every radius, however large that is.
        if near.distance > radius + initialRadius || near.distance == .infinity { return .add(nearest: near) }
        if rules.sameLabel(self.label(of: near.key), label) {
            return near.distance > radius ? .expand(near) : .train(near)
        }
        return .split(near)
    }

    /// Carries a decision out and returns the key whose value is now in force for the query. A new key takes
    /// `newValue`, which is not called otherwise.
    mutating func apply(
        _ decision: Codebook.Decision, query: [Float], label: [Int32], initialRadius: Float, newValue: () -> Tensor
    ) -> Int {
        switch decision {
        case .add:
            return add(key: query, value: newValue(), radius: initialRadius, label: label)
        case .expand(let near):
            setRadius(near.distance, of: near.key)
            return near.key
        case .train(let near):
            return near.key
        case .split(let near):
            setRadius(rules.radiusAfterSplit(distance: near.distance), of: near.key)
            return add(key: query, value: newValue(), radius: near.distance / 2, label: label)
        }
    }
}

extension Codebook {
    /// Decides on an edit; `initialRadius` is ε_init, the radius of a new key.
    package func decide(query: [Float], label: [Int32], initialRadius: Float) -> Decision {
        decide(nearest: nearest(to: query), label: label, initialRadius: initialRadius)
    }
}

extension Codebook.Decision {
    /// The word for it in an edit log.
    package var name: String {
        switch self {
        case .add: "add"
        case .expand: "expand"
        case .train: "train"
        case .split: "split"
        }
    }

    package var nearest: Codebook.Neighbour? {
        switch self {
        case .add(let near): near
        case .expand(let near), .train(let near), .split(let near): near
        }
    }
}
