import Algorithms
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

    /// The answers to the inputs, in their order.
    package static func of<Model: EditableModel>(
        _ inputs: [ModelInput], through passes: FrozenPasses<Model>, codebook: Codebook, options: GRACEOptions
    ) throws -> [Answer] {
        var answers: [Answer] = []
        for part in inputs.chunks(ofCount: passes.batch) {
            let prefixes = passes.withoutAnswers(Array(part)).map(\.prefix)
            let nearest = codebook.nearest(to: prefixes.map(options.query.query))
            let keys = nearest.map { $0.flatMap { codebook.covers($0) ? $0.key : nil } }
            let fresh = try passes.answers(
                zip(prefixes, keys).map { prefix, key in
                    let value = key.map { options.replacement.siteOutput(of: prefix, with: codebook.values[$0]) }
                    return (prefix, value ?? prefix.siteOutput)
                })
            for (index, output) in fresh.enumerated() {
                answers.append(Answer(output: output, nearest: nearest[index], isEdited: keys[index] != nil))
            }
        }
        return answers
    }
}
