import Tables

/// `edits.tsv`: a row for each input that streamed in.
package enum EditTable {
    package static let fileName = "edits.tsv"

    package static let columns = [
        "step", "id", "error", "action", "key", "distance", "radius", "loss", "steps", "seconds", "success",
    ]

    static var empty: TSVTable { TSVTable(columns: columns) }

    static func cells(_ row: StreamRow) -> [any TableCell] {
        let outcome = row.outcome
        return [
            row.step, row.id, row.isError ? 1 : 0, outcome?.action ?? "none", outcome?.key ?? row.key,
            outcome?.distance ?? row.distance, outcome?.radius ?? row.radius, outcome?.loss ?? .nan,
            outcome?.steps ?? 0, row.seconds, outcome?.success.map { $0 ? 1 : 0 },
        ]
    }
}
