import Foundation

/// Text to ids and back.
extension T5Tokenizer {
    /// What stands for the space before a word.
    private static let wordMark = Array("▁".utf8)

    /// Ids of a text, `</s>` last.
    ///
    /// - Parameters:
    ///   - text: special tokens in it (`<extra_id_7>`, `</s>`) become their ids; the final `</s>` is added in any case.
    ///   - maxLength: at most so many ids, `</s>` counted and kept last; nil for all. At least 1.
    package func encode(_ text: String, maxLength: Int? = 20) -> [Int32] {
        precondition(maxLength.map { $0 >= 1 } ?? true, "maxLength must leave room for </s>")
        let bytes = Array(text.utf8)
        var ids: [Int32] = []
        for part in added.split(bytes) {
            switch part {
            case .token(let id): ids.append(id)
            case .text(let range): append(String(decoding: bytes[range], as: UTF8.self), to: &ids)
            }
        }
        if let maxLength, ids.count > maxLength - 1 { ids.removeSubrange((maxLength - 1)...) }
        return ids + [endID]
    }

    private func append(_ text: String, to ids: inout [Int32]) {
        let normalized = characterMap.map { String(decoding: $0.normalize(text), as: UTF8.self) } ?? text
        for scalars in normalized.unicodeScalars.split(whereSeparator: \.properties.isWhitespace) {
            let word = Array(String(scalars).utf8)
            // A mark in the text itself starts a word too; most vocabularies normalise it to a space before.
            var start = 0
            for position in word.indices.dropFirst() where word[position...].starts(with: Self.wordMark) {
                segmenter.segment(marked(word[start..<position]), into: &ids)
                start = position
            }
            segmenter.segment(marked(word[start...]), into: &ids)
        }
    }

    private func marked(_ word: ArraySlice<UInt8>) -> [UInt8] {
        word.starts(with: Self.wordMark) ? Array(word) : Self.wordMark + word
    }

    /// Text of ids.
    ///
    /// - Parameters:
    ///   - ids: those outside the vocabulary are left out.
    ///   - skipSpecialTokens: whether padding, `</s>`, `<unk>` and sentinels are left out.
    package func decode(_ ids: [Int32], skipSpecialTokens: Bool = true) -> String {
        var bytes: [UInt8] = []
        var isFirst = true
        for id in ids where (0..<vocabularySize).contains(Int(id)) {
            if skipSpecialTokens && added.special.contains(id) { continue }
            let piece = pieces[Int(id)]
            var position = piece.startIndex
            while position < piece.endIndex {
                if piece[position...].starts(with: Self.wordMark) {
                    // The first piece's marks are not spaces: nothing comes before it.
                    if !isFirst { bytes.append(UInt8(ascii: " ")) }
                    position += Self.wordMark.count
                } else {
                    bytes.append(piece[position])
                    position += 1
                }
            }
            isFirst = false
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return cleansUpSpaces ? Self.cleanUp(text) : text
    }

    /// Removes the spaces that `clean_up_tokenization_spaces` names, in the order of `transformers`.
    private static func cleanUp(_ text: String) -> String {
        let rules = [
            (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"),
            (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
        ]
        // Literally: a combining mark after the punctuation must not hide it.
        return rules.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1, options: .literal) }
    }
}
