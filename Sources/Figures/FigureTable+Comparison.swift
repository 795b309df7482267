import Tables

extension FigureTable {
    /// Figure 3: edit score, upstream and online score by the number of edits, of the best setting of each editor:
    /// the mean over its seeds, the least and the most.
    package static func figure3(_ comparison: Comparison, task: String) -> TSVTable {
        let layout = comparison.layout
        let scores = ["edit_score", layout.upstream, layout.online].flatMap(Spread.columns)
        var table = TSVTable(columns: Setting.columns + ["edits"] + scores, name: "fig3_\(task).tsv")
        for best in comparison.standings.compactMap(\.best) {
            for (edits, rows) in best.curve(from: comparison.rules.firstEdit) {
                let spreads = [rows.map(\.editScore), rows.map(\.upstream), rows.map(\.online)].map(Spread.init)
                table.append(best.cells + [edits] + spreads.flatMap(\.cells))
            }
        }
        return table
    }

    /// Figure 6: the upstream against the online score along the stream, of the best setting of each editor; means
    /// over its seeds.
    package static func figure6(_ comparison: Comparison, task: String) -> TSVTable {
        let layout = comparison.layout
        var table = TSVTable(
            columns: Setting.columns + ["edits", layout.online, layout.upstream], name: "fig6_\(task).tsv")
        for best in comparison.standings.compactMap(\.best) {
            for (edits, rows) in best.curve(from: comparison.rules.firstEdit) {
                table.append(
                    best.cells + [edits, Spread(rows.map(\.online)).mean, Spread(rows.map(\.upstream)).mean])
            }
        }
        return table
    }

    /// Figure 7: every score by the number of edits, of every run, with what became of its setting: whether it
    /// qualifies, and whether it is its editor's best.
    package static func figure7(_ comparison: Comparison, task: String) -> TSVTable {
        let layout = comparison.layout
        var table = TSVTable(
            columns: MetricLayout.runColumns + [
                "edits", "step", "edit_score", layout.upstream, layout.online, "edit_success", "qualifies", "best",
            ], name: "fig7_\(task).tsv")
        for standing in comparison.standings {
            for setting in standing.settings {
                let qualifies = standing.qualified.contains { $0.key == setting.key }
                let best = standing.best?.key == setting.key
                for run in setting.runs {
                    for row in run.rows where row.edits >= comparison.rules.firstEdit {
                        table.append(
                            run.key.cells + [
                                row.edits, row.step, row.editScore, row.upstream, row.online, row.editSuccess,
                                qualifies, best,
                            ])
                    }
                }
            }
        }
        return table
    }

    /// The best setting of each editor: how many were tried and how many of them do not qualify, the setting, and its
    /// final scores: the mean over its seeds, the least and the most. An editor of which none qualifies has no setting.
    package static func best(_ comparison: Comparison, task: String) -> TSVTable {
        let scores = ["edit_score", "upstream", "online", "upstream_before"].flatMap(Spread.columns)
        var table = TSVTable(
            columns: ["task", "editor", "settings", "disqualified", "layer", "epsilon", "lr", "seeds", "edits"]
                + ["edit_success"] + scores + ["keys"], name: "table_best.tsv")
        for standing in comparison.standings {
            var cells: [any TableCell] = [task, standing.editor, standing.settings.count, standing.disqualified]
            guard let best = standing.best else {
                let missing = [any TableCell](repeating: Double.nan, count: table.columns.count - cells.count - 2)
                table.append(cells + ["none", Double.nan] + missing)
                continue
            }
            let spreads = [
                best.end(\.editScore), best.end(\.upstream), best.end(\.online),
                Spread(best.runs.map(\.start.upstream)),
            ]
            cells += best.cells.dropFirst() + [best.end { Double($0.edits) }.mean, best.editSuccess]
            table.append(cells + spreads.flatMap(\.cells) + [best.end(\.keys).mean])
        }
        return table
    }
}
