/// Why figure tables could not be made from metric tables.
package enum FiguresError: Error, CustomStringConvertible, Sendable, Equatable {
    /// A metric table has a header and no rows.
    case noRows(file: String)
    /// A run stands in two places.
    case duplicate(run: String, first: String, second: String)
    /// The first row of a run is not the state before editing.
    case noStart(file: String, line: Int, run: String, edits: Int)
    /// The rows of a run are not in the order of its edits.
    case disorder(file: String, line: Int, run: String, edits: Int, before: Int)
    /// A radius was asked for that no run has.
    case unknownRadius(asked: String, present: [String])
    /// An editor was asked for that no run has.
    case unknownEditor(asked: String, present: [String])
    /// The tables hold several editors and none of them is the one that is summarised by default.
    case severalEditors([String])
    /// Some tables have the scores of answers, some those of classes.
    case mixedLayouts(first: String, score: String, second: String, other: String)
    /// A table of answers was given where points are classified.
    case otherTask(file: String, score: String)
    /// A table of radii was asked for and no run has one.
    case noRadius(table: String)
    /// What a picture is of has no point in a panel.
    case noPoints(set: String, editor: String)
    /// The points lie on a line along an axis, so there is no plane to cover.
    case flatPoints(axis: String)
    /// The points of a decision surface are no grid.
    case noGrid
    /// The sets of two editors are not the same points.
    case otherPoints(set: String, editor: String, first: String, index: Int)

    package var description: String {
        switch self {
        case .noRows(let file):
            return "\(file): the metric table has no rows; write it again with evaluate"
        case .duplicate(let run, let first, let second) where first == second:
            return "\(first): the run (\(run)) is there twice; keep one of them"
        case .duplicate(let run, let first, let second):
            return "\(second): the run (\(run)) is already in \(first); give each run once, or "
                + "score one of two that differ in other settings with evaluate --name"
        case .noStart(let file, let line, let run, let edits):
            return "\(file): line \(line), column 'edits': the run (\(run)) begins with \(edits), "
                + "expected the row before editing with 0"
        case .disorder(let file, let line, let run, let edits, let before):
            return "\(file): line \(line), column 'edits': expected more than \(before) in the run (\(run)), "
                + "found \(edits)"
        case .unknownRadius(let asked, let present):
            return "no run has the radius \(asked); the radii are: \(present.joined(separator: " "))"
        case .unknownEditor(let asked, let present):
            return "no run has the editor '\(asked)'; the editors are: \(present.joined(separator: " "))"
        case .severalEditors(let present):
            return "the tables hold the editors \(present.joined(separator: " ")); say with --editor which one "
                + "the summary is about"
        case .mixedLayouts(let first, let score, let second, let other):
            return "\(second): the scores are \(other), those of \(first) are \(score); "
                + "give the tables of one task at a time"
        case .otherTask(let file, let score):
            return "\(file): the scores are \(score), those of a classifier of points are accuracies; "
                + "give what evaluate wrote of it"
        case .noRadius(let table):
            return "\(table): no run has a radius (column 'epsilon'); give the metric tables of GRACE"
        case .noPoints(let set, let editor):
            return "there are no \(set) points of the editor '\(editor)'; give --\(set) \(editor)=FILE"
        case .flatPoints(let axis):
            return "all points have the same \(axis), so they span no plane; give points of the data set"
        case .noGrid:
            return "the surface points do not stand in rows; give predictions on what plot-data surface-grid wrote"
        case .otherPoints(let set, let editor, let first, let index):
            return "row \(index) of the \(set) points of '\(editor)' is not that of '\(first)'; "
                + "predict the same file with every editor"
        }
    }
}
