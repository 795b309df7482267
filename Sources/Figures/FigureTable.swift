import Tables

/// The tables behind the paper's figures 4 and 8, and the final scores of every run.
package enum FigureTable {
    /// The columns of `fig4.tsv` and `fig8.tsv`: the run, how far it is, and the five columns of the figures.
    package static let columns =
        RunKey.columns + [
            "edits", "step", "upstream_f1", "online_f1", "holdout_f1", "key_edit_ratio", "edit_share",
        ]

    /// Figure 4: the scores along the stream for a few radii.
    /// - Parameter radii: which; none takes the smallest, the middle and the largest.
    /// - Throws: `FiguresError.unknownRadius`.
    package static func figure4(_ runs: [MetricRun], radii: [Double] = []) throws -> TSVTable {
        let present = distinctRadii(of: runs)
        for radius in radii where !present.contains(radius) {
            throw FiguresError.unknownRadius(asked: radius.cell, present: present.map(\.cell))
        }
        let chosen = Set(radii.isEmpty ? smallestMiddleLargest(of: present) : radii)
        // An editor without a radius belongs beside every radius.
        return table(of: runs.filter { $0.key.epsilon.map(chosen.contains) ?? true }, name: "fig4.tsv")
    }

    /// Figure 8: the scores along the stream for every radius.
    package static func figure8(_ runs: [MetricRun]) -> TSVTable {
        table(of: runs, name: "fig8.tsv")
    }

    /// The last row of every run, with all columns of the metric tables.
    package static func final(_ runs: [MetricRun]) -> TSVTable {
        var table = TSVTable(columns: MetricColumns.all, name: "final.tsv")
        for run in runs { table.append(fields: run.lastFields) }
        return table
    }

    /// The radii of the runs, ascending.
    package static func distinctRadii(of runs: [MetricRun]) -> [Double] {
        Set(runs.compactMap(\.key.epsilon)).sorted()
    }

    private static func smallestMiddleLargest(of radii: [Double]) -> [Double] {
        radii.count <= 3 ? radii : [radii[0], radii[radii.count / 2], radii[radii.count - 1]]
    }

    private static func table(of runs: [MetricRun], name: String) -> TSVTable {
        var table = TSVTable(columns: columns, name: name)
        for run in runs {
            for row in run.rows {
                table.append(
                    run.key.cells + [
                        row.edits, row.step, row.upstreamF1, row.onlineF1, row.holdoutF1, row.keyEditRatio,
                        row.editShare,
                    ])
            }
        }
        return table
    }
}
