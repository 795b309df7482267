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
    /// How many coming inputs pass through the frozen model together, and how many errors among them the editor is
    /// told of. With 1 every input is handled by itself: the plain path, with the same results.
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
        var position = start
        while position < items.count && editsLeft > 0 {
            let ahead = items[position..<min(position + lookahead, items.count)]
            let inputs = ahead.map { ModelInput($0) }
            let frozen = errorRule == .wrongAnswer ? try passes(inputs) : passes.withoutAnswers(inputs)
            let requests = zip(ahead, frozen).enumerated().map { offset, pair in
                EditRequest(step: position + offset + 1, id: pair.0.id, prefix: pair.1.prefix, label: pair.0.label)
            }
            let expected = requests.indices.filter { isError(frozen[$0].answer, requests[$0].label) }
            let start = ContinuousClock.now
            editor.lookAhead(expected.prefix(editsLeft).map { requests[$0] })
            // Each edit bears its share of what was done ahead of it.
            let share = (ContinuousClock.now - start) / .seconds(max(expected.count, 1))
            for (offset, request) in requests.enumerated() where editsLeft > 0 {
                position += 1
                let row = try pass(request, frozen: frozen[offset].answer, secondsAhead: share, to: editor)
                if row.outcome != nil { editsLeft -= 1 }
                try onRow(row)
            }
        }
    }

    private func isError(_ answer: [Int32], _ label: [Int32]) -> Bool {
        errorRule == .everyInput || answer != label
    }

    private func pass(
        _ request: EditRequest, frozen: [Int32], secondsAhead: Double, to editor: some Editor
    ) throws -> StreamRow {
        let retrieval = editor.apply(to: request.prefix)
        var answer = frozen
        if errorRule == .wrongAnswer, let output = retrieval.siteOutput {
            answer = try passes.predict([request.prefix], siteOutput: output)[0]
        }
        let start = ContinuousClock.now
        let outcome = isError(answer, request.label) ? try editor.edit(request) : nil
        return StreamRow(
            step: request.step, id: request.id, isError: outcome != nil, outcome: outcome, key: retrieval.key,
            distance: retrieval.distance, radius: retrieval.radius,
            seconds: outcome == nil ? 0 : secondsAhead + (ContinuousClock.now - start) / .seconds(1))
    }
}
