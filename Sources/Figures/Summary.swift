import Tables

/// What the runs of one editor were to show, claim by claim.
package struct Summary: Sendable {
    /// The editor that the claims are about.
    package let editor: String
    package private(set) var claims: [Claim]

    /// Whether every claim holds.
    package var holds: Bool { claims.allSatisfy(\.holds) }

    /// Measures the claims.
    ///
    /// What is claimed depends on the task (answers or classes) and on whether there are other editors to compare
    /// with; where there are, claims about layers and radii are made only if the runs have several layers.
    /// - Parameters:
    ///   - editor: whom they are about; by default `grace`, or the only editor there is.
    ///   - rules: what counts in the comparison with other editors.
    /// - Throws: `FiguresError` when there is no such editor.
    package init(_ runs: [MetricRun], editor: String? = nil, rules: Comparison.Rules = Comparison.Rules()) throws {
        let present = Set(runs.map(\.key.editor)).sorted()
        if let editor, !present.contains(editor) {
            throw FiguresError.unknownEditor(asked: editor, present: present)
        }
        let usual = present.contains("grace") ? "grace" : present.count == 1 ? present[0] : nil
        guard let chosen = editor ?? usual else {
            throw FiguresError.severalEditors(present)
        }
        let own = runs.filter { $0.key.editor == chosen }
        self.init(editor: chosen, claims: Self.own(own, alone: present.count == 1))
        if present.count > 1 { claims += Self.comparison(Comparison(runs, rules: rules), of: chosen) }
    }

    init(editor: String, claims: [Claim]) {
        self.editor = editor
        self.claims = claims
    }

    /// The claims about an editor's own runs.
    private static func own(_ runs: [MetricRun], alone: Bool) -> [Claim] {
        switch runs[0].layout {
        case .answers:
            let isSweep = alone || Set(runs.map(\.key.layer)).count > 1
            return before(runs) + best(runs) + (isSweep ? radii(runs) + layers(runs) : [])
        case .classes: return classes(runs)
        }
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

    /// The worst value, or an undefined one if there is one.
    static func least(_ values: [Double]) -> Double {
        values.contains { $0.isNaN } ? .nan : values.min() ?? .nan
    }
}
