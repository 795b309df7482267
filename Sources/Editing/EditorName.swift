/// The editors there are, by the names that they have in options, logs and tables.
package enum EditorName: String, Sendable, CaseIterable {
    /// Key-value pairs at the layer (the paper's own).
    case grace
    /// The layer's weights, trained on each error.
    case finetune
    /// The layer's weights, changed by a hypernetwork (Mitchell et al. 2022a).
    case mend
    /// A gate that leaves some inputs to a linear predictor of the layer's output.
    case `defer`
    /// An attention over learned values.
    case memory
}
