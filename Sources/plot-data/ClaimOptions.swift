import ArgumentParser
import Figures
import ToolSupport

/// What is done with the claims of a summary, once they are written.
struct ClaimOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Print the summary to stdout.")
    var printSummary = true

    @Flag(help: "Exit with status 1 when a claim of the summary does not hold.")
    var require = false

    /// Prints the claims. Comes last in a run, because a reader of stdout that goes away ends it.
    /// - Throws: `Unmet` when claims are required and do not all hold.
    func tell(_ summary: Summary) throws {
        if printSummary { try StandardOutput.write(SummaryText.table(of: summary)) }
        if require, !summary.holds { throw Unmet(summary: summary) }
    }
}

/// Claims of the summary do not hold, and were required to.
struct Unmet: Error, CustomStringConvertible {
    let summary: Summary

    var description: String {
        let unmet = summary.claims.filter { !$0.holds }.map(\.text)
        return "\(unmet.count) of \(summary.claims.count) claims do not hold: \(unmet.joined(separator: "; "))"
    }
}
