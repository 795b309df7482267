import Foundation

/// One set of inputs with their labels as numbers: the file that passes between tools.
///
/// On disk it is a safetensors file of I64 tensors: `input_ids` `[N, L]` padded with 0, `input_lengths` `[N]`,
/// `labels` `[N, M]` padded with -100, `label_lengths` `[N]`, and `ids`, `question_ids`, `group_ids` `[N]`. Inputs that
/// are numbers stand in an F32 tensor `features` `[N, W]` in place of the first two. In a set for classification a
/// label is one class index, and the metadata has `task` and `label_names`.
package struct TokenizedSet: Hashable, Sendable {
    /// What `input_ids` has beyond a question's length: T5's padding token.
    package static let inputPadding = 0
    /// What `labels` has beyond a label's length: the value that PyTorch's loss leaves out.
    package static let labelPadding = -100

    package struct Item: Hashable, Sendable {
        /// The row's number in its set.
        package var id: Int
        /// The row of the source file that the question comes from.
        package var question: Int
        /// The fact: all phrasings of one fact share it.
        package var group: Int
        /// Token ids of the question, with the end token; empty where the input is numbers.
        package var input: [Int32]
        /// The input as numbers; empty where it is tokens.
        package var features: [Float] = []
        /// Token ids of the answer, with the end token, or the index of the class.
        package var label: [Int32]

        package init(id: Int, question: Int, group: Int, input: [Int32], label: [Int32]) {
            self.id = id
            self.question = question
            self.group = group
            self.input = input
            self.label = label
        }

        /// A row whose input is numbers.
        package init(id: Int, question: Int, group: Int, features: [Float], label: [Int32]) {
            self.init(id: id, question: question, group: group, input: [], label: label)
            self.features = features
        }
    }

    package var items: [Item]
    /// Strings about where the set comes from, kept under `__metadata__`.
    package var metadata: [String: String]

    package init(items: [Item], metadata: [String: String] = [:]) {
        self.items = items
        self.metadata = metadata
    }

    /// A set for classification; labels are indices of `labelNames`.
    package init(items: [Item], labelNames: [String], metadata: [String: String] = [:]) {
        self.init(items: items, metadata: metadata)
        let quoted = (try? JSONEncoder().encode(labelNames)) ?? Data()
        self.metadata["task"] = Self.classification
        self.metadata["label_names"] = String(decoding: quoted, as: UTF8.self)
    }

    static let classification = "classification"

    /// The names of the classes in the order of their indices; nil in a set of answers.
    package var labelNames: [String]? {
        guard metadata["task"] == Self.classification, let text = metadata["label_names"] else { return nil }
        return try? JSONDecoder().decode([String].self, from: Data(text.utf8))
    }
}
