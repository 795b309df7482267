import Figures
import Tables
import ToolSupport

/// The summary as people read it.
enum SummaryText {
    /// Lines of aligned columns: whether it holds, value, bound, claim, and where the value is from.
    static func table(of summary: Summary) -> String {
        let rows =
            [["holds", "value", "bound", "claim"]]
            + summary.claims.map { claim in
                [
                    claim.holds.cell, ToolFormat.decimal(claim.value, digits: 3), claim.bound.text,
                    claim.text + place(of: claim),
                ]
            }
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { $0.padding(to: $1) + "  " }.joined() + row[3] + "\n"
        }.joined()
    }

    private static func place(of claim: Claim) -> String {
        let words = [claim.layer.map(LayerName.short), claim.epsilon.map { "radius \($0.cell)" }].compactMap { $0 }
        return words.isEmpty ? "" : " [\(words.joined(separator: ", "))]"
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
