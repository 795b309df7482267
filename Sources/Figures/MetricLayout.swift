/// Which scores the metric tables of a task have. One task has one layout.
package enum MetricLayout: Sendable, Equatable {
    /// Those of answers: F1 and exact match.
    case answers
    /// Those of classes: accuracies.
    case classes

    /// The layout that a table's columns are of, complete or not.
    init(columns: [String]) {
        self = columns.contains { $0.hasSuffix("_accuracy") } ? .classes : .answers
    }

    /// The columns of the metric tables that `evaluate` writes, in order.
    package var columns: [String] {
        switch self {
        case .answers:
            RunKey.columns + [
                "step", "edits", "keys", "upstream_f1", "upstream_em", "online_f1", "online_em", "edit_score",
                "holdout_f1", "holdout_em", "edit_success", "key_edit_ratio", "edit_share", "stream_em",
                "upstream_token_f1", "online_token_f1", "holdout_token_f1",
                "upstream_official_f1", "online_official_f1", "holdout_official_f1",
            ]
        case .classes:
            RunKey.columns + [
                "step", "edits", "keys", "upstream_accuracy", "online_accuracy", "edit_score", "holdout_accuracy",
                "edit_success", "key_edit_ratio", "edit_share", "stream_accuracy",
            ]
        }
    }

    /// The columns of the scores that figures show.
    var upstream: String { "upstream_\(suffix)" }
    var online: String { "online_\(suffix)" }
    var holdout: String { "holdout_\(suffix)" }

    /// The columns of the share of inputs whose output is wholly right.
    var upstreamRight: String { self == .answers ? "upstream_em" : "upstream_accuracy" }
    var streamRight: String { self == .answers ? "stream_em" : "stream_accuracy" }

    /// The scores' name for people.
    package var scoreName: String { self == .answers ? "F1" : "accuracy" }

    /// The name of the paper's task with this layout, which stands in the names of its tables.
    package var task: String { self == .answers ? "qa" : "scotus" }

    private var suffix: String { self == .answers ? "f1" : "accuracy" }
}
