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
