import Tables

/// One setting of an editor (layer, radius, learning rate) with its runs, which differ in the seed alone.
struct Setting {
    /// The key of its first run.
    let key: RunKey
    let runs: [MetricRun]

    /// The columns that `cells` fills.
    static let columns = ["editor", "layer", "epsilon", "lr", "seeds"]

    var cells: [any TableCell] { [key.editor, key.layer, key.epsilon, key.learningRate, runs.count] }

    /// The settings of some runs, in the order of their keys.
    static func all(of runs: [MetricRun]) -> [Setting] {
        let groups = Dictionary(grouping: runs) { run in
            var key = run.key
            key.seed = 0
            return key
        }
        return groups.sorted { $0.key < $1.key }.map { _, runs in
            let ordered = runs.sorted { $0.key < $1.key }
            return Setting(key: ordered[0].key, runs: ordered)
        }
    }

    /// A final score over the seeds.
    func end(_ score: (MetricRow) -> Double) -> Spread {
        Spread(runs.map { score($0.end) })
    }

    /// The share of the edits that succeed, a mean over the seeds; `nan` where a run made no edit.
    var editSuccess: Double { end(\.editSuccess).mean }

    /// The rows of all seeds after so many edits, for every number of edits that all seeds have a row for.
    /// - Parameter first: the number of edits that the curve begins with.
    func curve(from first: Int) -> [(edits: Int, rows: [MetricRow])] {
        // The last row may be a second one with the same number of edits: the end of the stream.
        let rows = runs.map { Dictionary($0.rows.map { ($0.edits, $0) }) { $1 } }
        return Set(rows.flatMap(\.keys)).filter { $0 >= first }.sorted().compactMap { edits in
            let found = rows.compactMap { $0[edits] }
            return found.count == rows.count ? (edits, found) : nil
        }
    }

    /// After how many edits the mean upstream score has first lost a share of what it was before editing; infinite
    /// where it never has. Editors that keep snapshots are seen at these alone.
    func editsUntilLost(_ share: Double) -> Double {
        let before = Spread(runs.map(\.start.upstream)).mean
        let lost = curve(from: 1).first { Spread($0.rows.map(\.upstream)).mean <= (1 - share) * before }
        return lost.map { Double($0.edits) } ?? .infinity
    }
}
