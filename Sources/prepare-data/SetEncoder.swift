import Checkpoints
import Datasets
import Files
import Foundation
import Tokenizers

/// Turns question records into token ids as the official code does: inputs and labels alike are cut to a number of
/// tokens, the end token kept last.
struct SetEncoder {
    /// What was lost on the way.
    struct Counts {
        var inputsCut = 0
        var labelsCut = 0
        /// Labels with characters outside the vocabulary.
        var labelsUnknown = 0
    }

    let vocabulary: URL
    /// The digest of the vocabulary file, by which other tools tell whether ids fit their model.
    let digest: String
    let maxLength: Int
    let maxLabelLength: Int
    private let tokenizer: T5Tokenizer

    init(folder: URL, options: TokenizerOptions) throws {
        tokenizer = try T5Tokenizer(folder: folder)
        vocabulary = T5Tokenizer.vocabularyFile(of: folder) ?? folder
        digest = try Digest.sha256(of: vocabulary)
        maxLength = options.maxLength
        maxLabelLength = options.maxLabelLength
    }

    /// The token ids of `records`, in their order.
    func encode(_ records: [QuestionRecord]) -> (set: TokenizedSet, counts: Counts) {
        var counts = Counts()
        // All rephrasings of a question have one label.
        var labels: [String: [Int32]] = [:]
        let items = records.map { record in
            let answer = record.answer ?? ""
            let wholeLabel = labels[answer] ?? tokenizer.encode(answer, maxLength: nil)
            labels[answer] = wholeLabel
            let wholeInput = tokenizer.encode(record.input, maxLength: nil)
            if wholeInput.count > maxLength { counts.inputsCut += 1 }
            if wholeLabel.count > maxLabelLength { counts.labelsCut += 1 }
            if wholeLabel.contains(tokenizer.unknownID) { counts.labelsUnknown += 1 }
            return TokenizedSet.Item(
                id: record.id, question: record.question, group: record.group, input: cut(wholeInput, to: maxLength),
                label: cut(wholeLabel, to: maxLabelLength))
        }
        return (TokenizedSet(items: items, metadata: [:]), counts)
    }

    private func cut(_ ids: [Int32], to length: Int) -> [Int32] {
        ids.count > length ? ids.prefix(length - 1) + [tokenizer.endID] : ids
    }
}
