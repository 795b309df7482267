import Editing
import Models
import Tensors

/// What an edited model answers with its codebook as it stands, for inputs of any number.
package enum CodebookAnswers {
    package struct Answer: Sendable {
        /// Tokens, or one class index.
        package let output: [Int32]
        /// The key nearest to the input's query; nil while there is none.
        package let nearest: Codebook.Neighbour?
        /// Whether the key's value answers, and not the frozen layer.
        package let isEdited: Bool
    }

    /// How many inputs pass through the model together, and by all keys.
    private static let batch = 64

    /// The answers to the inputs, in their order.
    package static func of<Model: EditableModel>(
        _ inputs: [ModelInput], through passes: FrozenPasses<Model>, codebook: Codebook, options: GRACEOptions
    ) throws -> [Answer] {
        var answers: [Answer] = []
        for start in stride(from: 0, to: inputs.count, by: batch) {
            let part = Array(inputs[start..<min(start + batch, inputs.count)])
            let prefixes = passes.withoutAnswers(part).map(\.prefix)
            let nearest = codebook.nearest(to: prefixes.map(options.query.query))
            let keys = nearest.map { $0.flatMap { codebook.covers($0) ? $0.key : nil } }
            let outputs = zip(prefixes, keys).map { prefix, key in
                key.map { options.replacement.siteOutput(of: prefix, with: codebook.values[$0]) } ?? prefix.siteOutput
            }
            let fresh = try passes.predict(prefixes, siteOutput: Rows.concatenate(outputs))
            for (index, output) in fresh.enumerated() {
                answers.append(Answer(output: output, nearest: nearest[index], isEdited: keys[index] != nil))
            }
        }
        return answers
    }
}
