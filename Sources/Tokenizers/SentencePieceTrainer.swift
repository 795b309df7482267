import CSentencePiece
import Foundation

/// Trains SentencePiece vocabularies for T5 through libsentencepiece.
package enum SentencePieceTrainer {
    /// A trained vocabulary.
    package struct Vocabulary: Sendable {
        /// The bytes of a `spiece.model`.
        package let model: Data
        /// Number of pieces that came out, with `<pad>`, `</s>` and `<unk>`; at most what was asked for.
        package let pieces: Int
    }

    /// Trains a unigram vocabulary with T5's settings.
    ///
    /// `<pad>` 0, `</s>` 1, `<unk>` 2, no beginning piece, no byte fallback, every character of the text kept,
    /// nmt_nfkc normalisation. Runs on one thread and draws no random numbers: the same sentences in the same order
    /// give the same bytes. Prints nothing.
    ///
    /// - Parameters:
    ///   - sentences: the text; sentences without anything visible count for nothing.
    ///   - vocabularySize: pieces wanted, special pieces counted, sentinels not. A text that does not support so
    ///     many gives fewer; `Vocabulary.pieces` has the number.
    /// - Throws: `TokenizerError.nothingToTrainOn`, or `TokenizerError.training` for a size below the number of
    ///   different characters or one that the library refuses.
    package static func train(sentences: [String], vocabularySize: Int) throws -> Vocabulary {
        guard let size = Int32(exactly: vocabularySize), size > 0 else {
            throw TokenizerError.training(
                vocabularySize: vocabularySize, sentences: sentences.count,
                reason: "the number of pieces must lie between 1 and \(Int32.max)")
        }
        // The library ends the whole process when no character is left to learn from.
        guard sentences.contains(where: holdsLetterOrDigit) else {
            throw TokenizerError.nothingToTrainOn(sentences: sentences.count)
        }
        var text: [CChar] = []
        var ends: [Int] = []
        for sentence in sentences {
            // The library marks unknown characters with U+2585 and silently leaves out sentences that hold it.
            let visible = sentence.replacingOccurrences(of: "\u{2585}", with: " ", options: .literal)
            text.append(contentsOf: visible.utf8.lazy.map(CChar.init(bitPattern:)))
            ends.append(text.count)
        }
        var length = 0
        var message: UnsafeMutablePointer<CChar>?
        guard let bytes = csp_train(text, ends, ends.count, size, &length, &message) else {
            throw TokenizerError.training(
                vocabularySize: vocabularySize, sentences: sentences.count,
                reason: explain(reason(taking: message)))
        }
        let model = Data(bytesNoCopy: bytes, count: length, deallocator: .free)
        return Vocabulary(model: model, pieces: try SentencePieceModel(model, name: "trained vocabulary").size)
    }

    /// Says what to do about a vocabulary that is too small, where the library speaks of options there are not here:
    /// "... smaller than required_chars. 20 vs 140. Increase ...".
    private static func explain(_ reason: String) -> String {
        let words = reason.split(separator: " ")
        guard reason.contains("required_chars"), let versus = words.firstIndex(of: "vs"), versus + 1 < words.count,
            let needed = Int(words[versus + 1].filter(\.isNumber))
        else { return reason }
        return "the text needs at least \(needed), one for each character and the special pieces; ask for more"
    }

    /// Whether the library finds a character to learn from; the names of special pieces do not count as text.
    private static func holdsLetterOrDigit(_ sentence: String) -> Bool {
        var text = sentence
        for special in ["<pad>", "</s>", "<unk>"] {
            text = text.replacingOccurrences(of: special, with: " ", options: .literal)
        }
        return text.unicodeScalars.contains { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
    }
}
