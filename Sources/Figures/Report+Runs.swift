import Tables

extension Report {
    /// What was run: for each tool its runs, with the settings that differ among them as columns and those that do not
    /// above.
    var runPart: [HTML] {
        let tools = Dictionary(grouping: runs) { Self.stage(of: $0) }
        let ordered = tools.sorted { ($0.value[0].started, $0.key) < ($1.value[0].started, $1.key) }
        return [.element("h2", "Settings, versions and times")] + ordered.map { part($0.key, $0.value) }
    }

    /// The tool with its subcommand, where it has one.
    private static func stage(of run: Run) -> String {
        let words = run.command.split(separator: " ")
        guard words.count > 1, !words[1].hasPrefix("-") else { return run.tool }
        return "\(run.tool) \(words[1])"
    }

    private func part(_ stage: String, _ runs: [Run]) -> HTML {
        // Digests are for tools to compare, and stand in the records.
        let names = Set(runs.flatMap(\.settings.keys)).filter { !$0.hasSuffix("sha256") }.sorted()
        let shared = names.filter { name in Set(runs.map { $0.settings[name] }).count == 1 }
        let differing = names.filter { !shared.contains($0) }
        let seconds = runs.map(\.seconds).reduce(0, +)
        var parts: [HTML] = [
            .element("h3", "\(stage): \(runs.count == 1 ? "1 run" : "\(runs.count) runs"), \(duration(seconds))")
        ]
        if !shared.isEmpty {
            let words = shared.map { "\($0) \(runs[0].settings[$0] ?? "")" }
            parts.append(.element("p", ["class": "settings"], words.joined(separator: " · ")))
        }
        let known = ["record", "version", "began", "took", "memory"]
        var table = TSVTable(columns: known + differing.map { known.contains($0) ? "setting \($0)" : $0 })
        for run in runs {
            let facts = [run.path, run.version, run.started, run.duration, run.memory]
            table.append(facts + differing.map { run.settings[$0] ?? "" })
        }
        parts += [
            ReportTable(table, isRounded: false).html(),
            .element(
                "details",
                [
                    .element("summary", "The commands"),
                    .element("pre", runs.map(\.command).joined(separator: "\n")),
                ]),
        ]
        return .element("section", ["class": "stage"], parts)
    }
}
