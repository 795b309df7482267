import Tables

extension MetricLayout {
    /// The layout that a table's columns are of, complete or not.
    init(columns: [String]) {
        self = columns.contains { $0.hasSuffix("_accuracy") } ? .classes : .answers
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
