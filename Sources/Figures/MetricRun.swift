import Tables

/// The scores of one run: a row before editing, then one after each edit or at each snapshot of the editor.
package struct MetricRun: Sendable {
    package let key: RunKey
    package let layout: MetricLayout
    /// The metric table the run came from.
    package let file: String
    /// At least one; the first has `edits` 0, and `edits` grows from row to row.
    package internal(set) var rows: [MetricRow]
    /// The fields of the last row in the order of the layout's columns, as the table has them.
    package internal(set) var lastFields: [String]

    /// The scores before editing.
    var start: MetricRow { rows[0] }
    /// The scores at the end of the stream.
    var end: MetricRow { rows[rows.count - 1] }
}

/// The scores after so many edits. Every score is from 0 to 1, or `nan` where it is undefined.
package struct MetricRow: Sendable, Equatable {
    /// Stream inputs seen so far.
    var step: Int
    var edits: Int
    /// Keys in the codebook; `nan` for an editor without one.
    var keys: Double
    /// F1, or accuracy, on what the model knew before editing.
    var upstream: Double
    /// The share of the upstream set that is wholly right.
    var upstreamRight: Double
    /// F1, or accuracy, over the inputs of all edits so far.
    var online: Double
    /// The mean of the upstream and the online score.
    var editScore: Double
    var holdout: Double
    /// The share of the edits so far that were right at once after the edit.
    var editSuccess: Double
    var keyEditRatio: Double
    /// Edits per stream input seen.
    var editShare: Double
    /// The share of the whole stream that is wholly right.
    var streamRight: Double
}
