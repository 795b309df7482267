import Tables

/// What the runs of one editor were to show, claim by claim.
package struct Summary: Sendable {
    /// The editor that the claims are about.
    package let editor: String
    package let claims: [Claim]

    /// Whether every claim holds.
    package var holds: Bool { claims.allSatisfy(\.holds) }

    /// Measures the claims.
    /// - Parameter editor: whom they are about; by default `grace`, or the only editor there is.
    /// - Throws: `FiguresError` when there is no such editor.
    package init(_ runs: [MetricRun], editor: String? = nil) throws {
        let present = Set(runs.map(\.key.editor)).sorted()
        if let editor, !present.contains(editor) {
            throw FiguresError.unknownEditor(asked: editor, present: present)
        }
        let usual = present.contains("grace") ? "grace" : present.count == 1 ? present[0] : nil
        guard let chosen = editor ?? usual else {
            throw FiguresError.severalEditors(present)
        }
        let runs = runs.filter { $0.key.editor == chosen }
        self.editor = chosen
        claims = Self.before(runs) + Self.best(runs) + Self.radii(runs) + Self.layers(runs)
    }

    /// The summary as a table: claim, value, bound, holds, and the layer and radius of the value.
    package var table: TSVTable {
        var table = TSVTable(columns: ["claim", "value", "bound", "holds", "layer", "epsilon"], name: "summary.tsv")
        for claim in claims {
            table.append([
                claim.text, claim.value, claim.bound.text, claim.holds, claim.layer ?? "any", claim.epsilon,
            ])
        }
        return table
    }

    /// Before editing the model knows its upstream data and does not know the stream. Of several runs the worst counts.
    private static func before(_ runs: [MetricRun]) -> [Claim] {
        [
            Claim(
                "upstream exact match before editing",
                least(runs.map(\.start.upstreamExactMatch)), .atLeast(0.9)),
            Claim(
                "share of the stream that is wrong before editing",
                least(runs.map { 1 - $0.start.streamExactMatch }), .atLeast(0.5)),
        ]
    }

    /// The run with the highest final edit score, of those whose edits nearly all succeed, or of all if there is none.
    private static func best(_ runs: [MetricRun]) -> [Claim] {
        let able = runs.filter { $0.end.editSuccess >= 0.98 }
        let score = { (run: MetricRun) in run.end.editScore.isNaN ? -1 : run.end.editScore }
        let best = (able.isEmpty ? runs : able).max { score($0) < score($1) }
        func claim(_ text: String, _ bound: Double, _ value: (MetricRun) -> Double) -> Claim {
            Claim(
                text, best.map(value) ?? .nan, .atLeast(bound), layer: best?.key.layer, epsilon: best?.key.epsilon)
        }
        return [
            claim("edit success of the best run", 0.98) { $0.end.editSuccess },
            claim("upstream F1 kept by the best run (share of the F1 before editing)", 0.95) {
                $0.end.upstreamF1 / $0.start.upstreamF1
            },
            claim("online F1 of the best run at the end of the stream", 0.9) { $0.end.onlineF1 },
        ]
    }

    /// The worst value, or an undefined one if there is one.
    private static func least(_ values: [Double]) -> Double {
        values.contains { $0.isNaN } ? .nan : values.min() ?? .nan
    }
}
