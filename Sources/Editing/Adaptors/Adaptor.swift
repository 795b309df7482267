import Models
import Tensors

/// What stands in for the frozen layer once an editor has edited: all that inference needs, and what a snapshot holds.
package protocol Adaptor: Sendable {
    /// The tensors by the names that they have in a snapshot.
    var tensors: [String: Tensor] { get }

    /// What the layer puts out for an input, `[positions, valueWidth]`; nil defers to the frozen layer.
    func siteOutput(of view: SiteView) -> Tensor?
}

/// What an adaptor reads of an input at the edit site.
package struct SiteView: Sendable {
    /// The prefix without the layer's input, of which the rest of this is all that is read.
    package let prefix: SitePrefix
    /// The layer's input at the query token, `[1, keyWidth]`.
    package let query: Tensor
    /// The layer's input at the tokens that the prefix keeps, `[positions, keyWidth]`.
    package let rows: Tensor

    package init(_ prefix: SitePrefix, query: QueryToken) {
        self.prefix = prefix.withoutSiteInput
        self.query = Tensor(query.query(of: prefix), shape: [1, prefix.siteInput.rowWidth])
        rows = prefix.siteInput
    }
}

/// What the editors that train an adaptor have in common.
package struct AdaptorOptions: Sendable, Equatable {
    package var learningRate: Float
    /// The most Adam steps of an edit.
    package var steps = 100
    /// The token from which adaptors that predict one value do so.
    package var query = QueryToken.last
    /// The tokens whose output such a value replaces.
    package var replacement = Replacement.all
    /// Governs what is drawn.
    package var seed: UInt64 = 0

    package init(learningRate: Float) { self.learningRate = learningRate }
}
