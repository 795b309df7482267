import Checkpoints
import Foundation
import Models
import Tensors

/// One row of an edit log: what happened when an input streamed in.
package struct StreamRow: Sendable {
    /// Position in the stream, from 1.
    package let step: Int
    package let id: Int
    package let isError: Bool
    package let outcome: EditOutcome?
    /// The nearest key before the edit, where there is one.
    package let key: Int?
    package let distance: Float
    package let radius: Float
    /// Seconds that the edit took; zero without one.
    package let seconds: Double
}

/// Passes a stream of inputs to a model and has the editor correct each error.
package struct EditStream<Model: EditableModel> {
    /// What counts as an error.
    package enum ErrorRule: Sendable {
        /// The predicted tokens differ from the label's.
        case wrongAnswer
        /// Every input: the published question-answering code compares a length with the batch size.
        case everyInput
    }

    package let model: Model
    package let site: EditSite
    package let items: [TokenizedSet.Item]
    package let maxNewTokens: Int
    package let errorRule: ErrorRule
    /// How many coming inputs pass through the frozen model together.
    private let window = 32

    package init(
        model: Model, site: EditSite, items: [TokenizedSet.Item], maxNewTokens: Int, errorRule: ErrorRule = .wrongAnswer
    ) {
        self.model = model
        self.site = site
        self.items = items
        self.maxNewTokens = maxNewTokens
        self.errorRule = errorRule
    }

    /// Streams the inputs after the first `start`. Stops at the end, or when `editsLeft` edits have been made.
    ///
    /// - Parameter onRow: called after each input; what it throws ends the stream.
    package func run(
        after start: Int, editsLeft: Int, editor: some Editor, onRow: (StreamRow) throws -> Void
    ) throws {
        var editsLeft = editsLeft
        var position = start
        while position < items.count && editsLeft > 0 {
            let ahead = items[position..<min(position + window, items.count)]
            let prefixes = model.prefixes(of: ahead.map { ModelInput($0.input) }, at: site)
            let frozen = try frozenAnswers(prefixes)
            for (offset, item) in ahead.enumerated() where editsLeft > 0 {
                position += 1
                let row = try pass(item, prefixes[offset], frozen: frozen[offset], step: position, to: editor)
                if row.outcome != nil { editsLeft -= 1 }
                try onRow(row)
            }
        }
    }

    /// What the frozen model answers, for inputs that the editor defers on.
    private func frozenAnswers(_ prefixes: [SitePrefix]) throws -> [[Int32]] {
        guard errorRule == .wrongAnswer else { return prefixes.map { _ in [] } }
        return try model.predict(
            prefixes, at: site, siteOutput: Rows.concatenate(prefixes.map(\.siteOutput)), maxNewTokens: maxNewTokens)
    }

    private func pass(
        _ item: TokenizedSet.Item, _ prefix: SitePrefix, frozen: [Int32], step: Int, to editor: some Editor
    ) throws -> StreamRow {
        let retrieval = editor.retrieve(prefix)
        var answer = frozen
        if errorRule == .wrongAnswer, let output = retrieval.siteOutput {
            answer = try model.predict([prefix], at: site, siteOutput: output, maxNewTokens: maxNewTokens)[0]
        }
        let isError = errorRule == .everyInput || answer != item.label
        var outcome: EditOutcome?
        let start = ContinuousClock.now
        if isError {
            outcome = try editor.edit(EditRequest(step: step, id: item.id, prefix: prefix, label: item.label))
        }
        let seconds = isError ? (ContinuousClock.now - start) / .seconds(1) : 0
        return StreamRow(
            step: step, id: item.id, isError: isError, outcome: outcome, key: retrieval.key,
            distance: retrieval.distance, radius: retrieval.radius, seconds: seconds)
    }
}
