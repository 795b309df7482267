import Foundation

/// What holds in a set for classification.
extension TokenizedSet {
    /// Checks the metadata of the task, and every label against the classes.
    ///
    /// - Throws: `CheckpointError.badTokens` with the field and row that are wrong.
    func checkClasses(path: String) throws(CheckpointError) {
        func bad(_ field: String, _ reason: String) -> CheckpointError {
            .badTokens(path: path, field: field, reason: reason)
        }
        guard let task = metadata["task"] else { return }
        guard task == Self.classification else {
            throw bad("metadata task", "expected \(Self.classification), found '\(task)'")
        }
        guard let names = labelNames else {
            throw bad(
                "metadata label_names", "expected a JSON array of strings, found \(metadata["label_names"] ?? "none")")
        }
        if let again = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
            throw bad("metadata label_names", "has '\(names[again])' twice")
        }
        for (row, item) in items.enumerated() {
            guard item.label.count == 1 else {
                throw bad("labels", "row \(row) has \(item.label.count) numbers, expected one class index")
            }
            guard names.indices.contains(Int(item.label[0])) else {
                throw bad(
                    "labels",
                    "row \(row) has the class \(item.label[0]), expected 0 to \(names.count - 1) (label_names)")
            }
        }
    }
}
