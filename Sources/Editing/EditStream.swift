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
    /// Seconds that the edit took, with its share of what was done ahead; zero without an edit.
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

    private let passes: FrozenPasses<Model>
    package let items: [TokenizedSet.Item]
    package let errorRule: ErrorRule
    /// How many inputs pass through the frozen model together, and how many the editor may prepare for from the present
    /// one on. With 1 every input is handled by itself: the plain path, with the same results.
    package let lookahead: Int

    package init(
        _ items: [TokenizedSet.Item], through passes: FrozenPasses<Model>, errorRule: ErrorRule = .wrongAnswer,
        lookahead: Int = 1
    ) {
        precondition(lookahead > 0, "the present input is one")
        self.passes = passes
        self.items = items
        self.errorRule = errorRule
        self.lookahead = lookahead
    }

    /// Streams the inputs after the first `start`. Stops at the end, or when `editsLeft` edits have been made.
    ///
    /// - Parameter onRow: called after each input; what it throws ends the stream.
    package func run(
        after start: Int, editsLeft: Int, editor: some Editor, onRow: (StreamRow) throws -> Void
    ) throws {
        var editsLeft = editsLeft
        let coming = ComingInputs(items, after: start, through: passes, errorRule: errorRule, lookahead: lookahead)
        // Each edit bears its share of what was done ahead of it.
        var secondsAhead: [Int: Double] = [:]
        while editsLeft > 0 {
            let window = try coming.window()
            guard let request = window.first else { return }
            let retrieval = editor.apply(to: request.prefix)
            let isError = try coming.isError(request, siteOutput: retrieval.siteOutput)
            let start = ContinuousClock.now
            if isError, lookahead > 1 {
                let steps = editor.lookAhead(Array(window.prefix(editsLeft))) {
                    (try? coming.isError($0, siteOutput: $1)) ?? false
                }
                let share = (ContinuousClock.now - start) / .seconds(max(steps.count, 1))
                for step in steps.isEmpty ? [request.step] : steps { secondsAhead[step, default: 0] += share }
            }
            let editing = ContinuousClock.now
            let outcome = isError ? try editor.edit(request) : nil
            let seconds = secondsAhead.removeValue(forKey: request.step) ?? 0
            if outcome != nil { editsLeft -= 1 }
            coming.advance()
            try onRow(
                StreamRow(
                    step: request.step, id: request.id, isError: outcome != nil, outcome: outcome, key: retrieval.key,
                    distance: retrieval.distance, radius: retrieval.radius,
                    seconds: outcome == nil ? 0 : seconds + (ContinuousClock.now - editing) / .seconds(1)))
        }
    }
}
