/// How the edits of a stream, and what is held out, are taken from a file of zsRE questions.
///
/// Questions come in file order: the first `questions` of those with at least `minimumRephrasings` rephrasings. Of
/// each, the first `rephrasings` are used, each as an input of its own; the question itself is not among them
/// (paper, Appendix B: "We then use each rephrasing as a separate edit").
package struct EditSplit: Equatable, Sendable {
    /// The splits of the paper.
    package enum Preset: String, CaseIterable, Sendable {
        /// 200 questions with 5 rephrasings: 1,000 edits (Figure 3, Appendix B).
        case main
        /// 1,000 questions with 10 rephrasings, halved into edits and holdout (Figure 4, Appendix B).
        case generalization
        /// 2,000 questions with 5 rephrasings: 10,000 edits (Section 3.3).
        case long
    }

    package var preset: Preset
    package var questions: Int
    package var rephrasings: Int
    package var minimumRephrasings: Int

    /// Whether half of the rephrasings of each question is held out; the edits get the larger half.
    package var holdsOut: Bool { preset == .generalization }

    /// The preset's own counts, each of which can be given instead.
    ///
    /// Where only `rephrasings` is given, the minimum is raised to it when it is lower.
    package init(_ preset: Preset, questions: Int? = nil, rephrasings: Int? = nil, minimumRephrasings: Int? = nil) {
        let counts =
            switch preset {
            case .main: (questions: 200, rephrasings: 5)
            case .generalization: (questions: 1_000, rephrasings: 10)
            case .long: (questions: 2_000, rephrasings: 5)
            }
        self.preset = preset
        self.questions = questions ?? counts.questions
        self.rephrasings = rephrasings ?? counts.rephrasings
        self.minimumRephrasings = minimumRephrasings ?? max(counts.rephrasings, self.rephrasings)
    }

    /// Why these counts make no split, in words for the command line; nil when they do.
    package var problem: String? {
        if questions < 1 { return "the number of questions must be at least 1, not \(questions)" }
        let least = holdsOut ? 2 : 1
        if rephrasings < least {
            return "the number of rephrasings must be at least \(least) for \(preset.rawValue), not \(rephrasings)"
        }
        if minimumRephrasings < rephrasings {
            return "the minimum of rephrasings (\(minimumRephrasings)) must be at least their number (\(rephrasings))"
        }
        return nil
    }
}
