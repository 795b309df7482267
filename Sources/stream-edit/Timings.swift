import Editing

/// How long the parts of a run took, for its record.
enum Timings {
    /// Seconds: `load` of the model, and the median `edit`.
    static func of(_ state: EditLog.State, loadSeconds: Double) throws -> [String: Double] {
        var timings = ["load_seconds": loadSeconds]
        let edits = try state.rows.records.filter { try $0.integer("error") == 1 }.map { try $0.number("seconds") }
        if !edits.isEmpty { timings["edit_seconds_median"] = edits.sorted()[edits.count / 2] }
        return timings
    }
}
