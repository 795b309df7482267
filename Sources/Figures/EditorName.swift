/// The names of the editors for people, and their order in tables.
package enum EditorName {
    private static let known = [
        ("grace", "GRACE"), ("finetune", "Finetuning"), ("finetune-ewc", "Finetuning with EWC"),
        ("finetune-retrain", "Finetuning with retraining"), ("mend", "MEND"), ("defer", "Defer"),
        ("memory", "Memory network"), ("none", "No editing"),
    ]

    /// `GRACE` for `grace`, the name itself for an editor that is not known; pipelines/editors.gp has the same names.
    package static func title(_ editor: String) -> String {
        known.first { $0.0 == editor }?.1 ?? editor
    }

    /// Whether one editor stands before another: those of the paper in its order, then all others by name.
    static func precedes(_ left: String, _ right: String) -> Bool {
        let place = { (editor: String) in known.firstIndex { $0.0 == editor } ?? known.count }
        return (place(left), left) < (place(right), right)
    }
}
