import Tables

extension FigureTable {
    /// Table 1: what a radius does to the number of keys and to the final scores, a row for each run with a radius,
    /// by radius.
    /// - Throws: `FiguresError.noRadius`.
    package static func table1(_ runs: [MetricRun]) throws -> TSVTable {
        let name = "table1.tsv"
        let layout = runs[0].layout
        var table = TSVTable(
            columns: MetricLayout.runColumns + ["edits", "keys", "key_edit_ratio", layout.upstream, layout.online],
            name: name)
        let rows = runs.compactMap { run in run.key.epsilon.map { (radius: $0, run: run) } }
        if rows.isEmpty { throw FiguresError.noRadius(table: name) }
        for (_, run) in rows.sorted(by: { ($0.radius, $0.run.key) < ($1.radius, $1.run.key) }) {
            let end = run.end
            table.append(run.key.cells + [end.edits, end.keys, end.keyEditRatio, end.upstream, end.online])
        }
        return table
    }
}
