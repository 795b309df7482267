import Foundation

/// One set of questions as token ids: the file that passes between tools.
///
/// On disk it is a safetensors file of I64 tensors: `input_ids` `[N, L]` padded with 0, `input_lengths` `[N]`,
/// `labels` `[N, M]` padded with -100, `label_lengths` `[N]`, and `ids`, `question_ids`, `group_ids` `[N]`.
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
        /// Token ids of the question, with the end token.
        package var input: [Int32]
        /// Token ids of the answer, with the end token.
        package var label: [Int32]

        package init(id: Int, question: Int, group: Int, input: [Int32], label: [Int32]) {
            self.id = id
            self.question = question
            self.group = group
            self.input = input
            self.label = label
        }
    }

    package var items: [Item]
    /// Strings about where the set comes from, kept under `__metadata__`.
    package var metadata: [String: String]

    package init(items: [Item], metadata: [String: String] = [:]) {
        self.items = items
        self.metadata = metadata
    }
}
