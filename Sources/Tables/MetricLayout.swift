/// What the columns of a metric table are, which `evaluate` writes and `plot-data` reads. One task has one layout.
package enum MetricLayout: Sendable, Equatable {
    /// The scores of answers: F1 and exact match.
    case answers
    /// Those of classes: accuracies.
    case classes

    /// The columns that tell one run from another.
    package static let runColumns = ["editor", "layer", "epsilon", "lr", "seed"]

    /// All columns, in order.
    package var columns: [String] { Self.runColumns + scoreColumns }

    /// The columns that follow those of the run.
    package var scoreColumns: [String] {
        switch self {
        case .answers:
            [
                "step", "edits", "keys", "upstream_f1", "upstream_em", "online_f1", "online_em", "edit_score",
                "holdout_f1", "holdout_em", "edit_success", "key_edit_ratio", "edit_share", "stream_em",
                "upstream_token_f1", "online_token_f1", "holdout_token_f1",
                "upstream_official_f1", "online_official_f1", "holdout_official_f1",
            ]
        case .classes:
            [
                "step", "edits", "keys", "upstream_accuracy", "online_accuracy", "edit_score", "holdout_accuracy",
                "edit_success", "key_edit_ratio", "edit_share", "stream_accuracy",
            ]
        }
    }
}
