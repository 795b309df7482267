import Datasets
import Editing
import Files
import Foundation
import Models
import ToolSupport

/// Answers questions with an edited model, as it was at any step of its log.
struct PredictionWriter {
    let edited: EditedModel

    /// A line of the output.
    private struct Answer: Encodable {
        let id: Int
        let question: String
        let prediction: String
        /// Whether a key's value answered, and not the frozen model alone.
        let edited: Bool
        /// The nearest key, its distance and its radius; absent while there is no key.
        let key: Int?
        let distance: Float?
        let radius: Float?
    }

    func answer(_ questions: URL, step: Int?, to output: URL) throws {
        let step = step ?? edited.lastStep
        guard step <= edited.lastStep else { throw EvaluateError.stepPastEnd(step: step, last: edited.lastStep) }
        let lines = try QuestionRecord.read(from: questions, answersNeeded: false)
        let codebook = edited.history.codebook(at: step, rules: edited.settings.options.rules)
        let set = try edited.replayed(lines.map { edited.encode($0.input) })
        try set.follow(codebook, newKeys: 0..<codebook.count, trained: nil)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(to: output) { handle in
            for (i, question) in lines.enumerated() {
                let near = set.neighbour(i)
                let answer = Answer(
                    id: question.id, question: question.input, prediction: edited.tokenizer.decode(set.answers[i]),
                    edited: set.keyInForce[i] != nil, key: near?.key, distance: near?.distance,
                    radius: near.map { codebook.radii[$0.key] })
                try handle.write(try encoder.encode(answer) + Data("\n".utf8))
            }
        }
        Message.note("answered \(lines.count) questions as after step \(step)")
    }
}
