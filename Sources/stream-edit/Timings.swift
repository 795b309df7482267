import Checkpoints
import Editing
import Models
import Tables
import ToolSupport

/// How long the parts of a run took, in seconds, for its record.
enum Timings {
    /// Loading the model; the median edit, if there was one.
    static func of(_ rows: TSVTable, loadSeconds: Double) throws -> [String: Double] {
        var timings = ["load_seconds": loadSeconds]
        let edits = try rows.records.filter { try $0.integer("error") == 1 }.map { try $0.number("seconds") }
        if !edits.isEmpty { timings["edit_seconds"] = median(edits) }
        return timings
    }

    /// The median time to answer one question alone with the unedited model, over the first questions of the stream.
    static func generation(
        _ model: some EditableModel, site: EditSite, items: [TokenizedSet.Item], maxNewTokens: Int
    ) throws -> Double {
        median(
            try items.prefix(9).map { item in
                let start = ContinuousClock.now
                let prefixes = model.prefixes(of: [ModelInput(item)], at: site)
                _ = try model.predict(
                    prefixes, at: site, siteOutput: prefixes[0].siteOutput, maxNewTokens: maxNewTokens)
                return (ContinuousClock.now - start).inSeconds
            })
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
