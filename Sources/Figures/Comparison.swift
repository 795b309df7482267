import Tables

/// The editors of a task side by side, each with its best setting (paper, section 3.2 and Appendix A).
package struct Comparison: Sendable {
    /// What counts in a comparison.
    package struct Rules: Sendable {
        /// A setting counts if it succeeds on more than this share of its edits.
        package var leastSuccess = 0.75
        /// Curves begin after this many edits.
        package var firstEdit = 10

        package init(leastSuccess: Double = 0.75, firstEdit: Int = 10) {
            self.leastSuccess = leastSuccess
            self.firstEdit = firstEdit
        }
    }

    /// One editor with all that was tried.
    struct Standing {
        let editor: String
        let settings: [Setting]
        /// Those whose edits succeed often enough.
        let qualified: [Setting]
        /// The one of `qualified` with the highest final edit score; the first of equals.
        let best: Setting?

        var disqualified: Int { settings.count - qualified.count }
        /// The final edit score of the best setting; `nan` where none qualifies.
        var score: Double { best?.end(\.editScore).mean ?? .nan }
    }

    let rules: Rules
    /// What the scores are.
    let layout: MetricLayout
    private let runs: [MetricRun]

    /// - Parameter runs: of one task; at least one.
    package init(_ runs: [MetricRun], rules: Rules = Rules()) {
        precondition(!runs.isEmpty, "nothing to compare")
        self.runs = runs
        self.rules = rules
        layout = runs[0].layout
    }

    /// The editors in the order of the paper: GRACE first.
    var standings: [Standing] {
        let editors = Dictionary(grouping: runs, by: \.key.editor)
        return editors.sorted { EditorName.precedes($0.key, $1.key) }.map { standing(of: $0, $1) }
    }

    private func standing(of editor: String, _ runs: [MetricRun]) -> Standing {
        let settings = Setting.all(of: runs)
        let qualified = settings.filter { $0.editSuccess > rules.leastSuccess }
        let score = { (setting: Setting) in
            let score = setting.end(\.editScore).mean
            return score.isNaN ? -1 : score
        }
        // max(by:) gives the last of equals, so it looks from the end.
        let best = qualified.reversed().max { score($0) < score($1) }
        return Standing(editor: editor, settings: settings, qualified: qualified, best: best)
    }
}
