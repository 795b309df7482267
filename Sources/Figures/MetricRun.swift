import Tables

/// The scores of one run: a row before editing, then one after each edit.
package struct MetricRun: Sendable {
    package let key: RunKey
    /// The metric table the run came from.
    package let file: String
    /// At least one; the first has `edits` 0, and `edits` grows from row to row.
    package internal(set) var rows: [MetricRow]
    /// The fields of the last row in the order of `MetricColumns.all`, as the table has them.
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
    var upstreamF1: Double
    var upstreamExactMatch: Double
    /// F1 over the inputs of all edits so far.
    var onlineF1: Double
    /// The mean of upstream and online F1.
    var editScore: Double
    var holdoutF1: Double
    /// The share of the edits so far that were right at once after the edit.
    var editSuccess: Double
    var keyEditRatio: Double
    /// Edits per stream input seen.
    var editShare: Double
    /// Exact match on the whole stream.
    var streamExactMatch: Double
}

/// The columns of the metric tables that `evaluate` writes.
package enum MetricColumns {
    /// All of them, in order.
    package static let all =
        RunKey.columns + [
            "step", "edits", "keys", "upstream_f1", "upstream_em", "online_f1", "online_em", "edit_score",
            "holdout_f1", "holdout_em", "edit_success", "key_edit_ratio", "edit_share", "stream_em",
            "upstream_token_f1", "online_token_f1", "holdout_token_f1",
            "upstream_official_f1", "online_official_f1", "holdout_official_f1",
        ]
}
