import Tables

/// The tables behind the paper's figures and tables, and the final scores of every run.
package enum FigureTable {
    /// The columns of `fig4.tsv` and `fig8.tsv`: the run, how far it is, and the five columns of the figures.
    private static func columns(_ layout: MetricLayout) -> [String] {
        MetricLayout.runColumns
            + ["edits", "step", layout.upstream, layout.online, layout.holdout, "key_edit_ratio", "edit_share"]
    }

    /// Figure 4: the scores along the stream for a few radii, of the runs that have one.
    /// - Parameter radii: which; none takes the smallest, the middle and the largest.
    /// - Throws: `FiguresError.unknownRadius`.
    package static func figure4(_ runs: [MetricRun], radii: [Double] = []) throws -> TSVTable {
        let present = distinctRadii(of: runs)
        for radius in radii where !present.contains(radius) {
            throw FiguresError.unknownRadius(asked: radius.cell, present: present.map(\.cell))
        }
        let chosen = Set(radii.isEmpty ? smallestMiddleLargest(of: present) : radii)
        let shown = runs.filter { $0.key.epsilon.map(chosen.contains) ?? false }
        return table(of: shown, runs[0].layout, name: "fig4.tsv")
    }

    /// Figure 8: the scores along the stream for every radius, of the runs that have one.
    package static func figure8(_ runs: [MetricRun]) -> TSVTable {
        table(of: runs.filter { $0.key.epsilon != nil }, runs[0].layout, name: "fig8.tsv")
    }

    /// The last row of every run, with all columns of the metric tables.
    /// - Parameter runs: of one task, as for every table here; at least one.
    package static func final(_ runs: [MetricRun]) -> TSVTable {
        var table = TSVTable(columns: runs[0].layout.columns, name: "final.tsv")
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

    private static func table(of runs: [MetricRun], _ layout: MetricLayout, name: String) -> TSVTable {
        var table = TSVTable(columns: columns(layout), name: name)
        for run in runs {
            for row in run.rows {
                table.append(
                    run.key.cells + [
                        row.edits, row.step, row.upstream, row.online, row.holdout, row.keyEditRatio, row.editShare,
                    ])
            }
        }
        return table
    }
}
