import Foundation

/// BERT's tokenizer: text to ids, with the ids of `transformers`' BertTokenizer (checked against 5.23, whose one
/// tokenizer is the fast one; the slow one of version 4 knows other versions of Unicode).
///
/// A text is cut at special tokens; the rest is taken apart into words (`WordPieceWords`), and each word is cut into the
/// longest pieces of the vocabulary from left to right, those within a word marked with `##`. A word that cannot be cut,
/// or that has more than 100 characters, becomes the unknown token.
package final class WordPieceTokenizer: Sendable {
    package let settings: WordPieceSettings
    /// Id of `[PAD]`.
    package let padID: Int32
    /// Id of `[UNK]`.
    package let unknownID: Int32
    /// Id of `[CLS]`.
    package let classID: Int32
    /// Id of `[SEP]`.
    package let separatorID: Int32
    /// Id of `[MASK]`; nil for a vocabulary without it.
    package let maskID: Int32?

    let vocabulary: WordPieceVocabulary
    private let words: WordPieceWords
    private let added: AddedTokens

    /// Number of ids.
    package var vocabularySize: Int { vocabulary.size }

    /// - Throws: `TokenizerError.missingToken` when the vocabulary lacks a special token other than `[MASK]`,
    ///   `TokenizerError.addedToken` when it lacks one that was added.
    init(_ vocabulary: WordPieceVocabulary, _ settings: WordPieceSettings, name: String) throws {
        func id(_ setting: String, _ token: String) throws -> Int32 {
            guard let id = vocabulary.id(of: token) else {
                throw TokenizerError.missingToken(file: name, setting: setting, token: token)
            }
            return id
        }
        self.vocabulary = vocabulary
        self.settings = settings
        padID = try id("pad_token", settings.padToken)
        unknownID = try id("unk_token", settings.unknownToken)
        classID = try id("cls_token", settings.classToken)
        separatorID = try id("sep_token", settings.separatorToken)
        maskID = vocabulary.id(of: settings.maskToken)
        words = WordPieceWords(settings)
        let special = [padID, unknownID, classID, separatorID] + [maskID].compactMap(\.self)
        let more = try settings.addedTokens.map { token in
            guard let id = vocabulary.id(of: token) else { throw TokenizerError.addedToken(file: name, token: token) }
            return id
        }
        let whole = (special + more).compactMap { id in vocabulary[id].map { (id: id, bytes: $0) } }
        added = AddedTokens(whole, special: Set(special))
    }

    /// Ids of a text between `[CLS]` and `[SEP]`.
    ///
    /// - Parameters:
    ///   - text: special tokens in it become their ids.
    ///   - maxLength: at most so many ids, `[CLS]` and `[SEP]` counted and kept; nil for all. At least 2.
    package func encode(_ text: String, maxLength: Int? = nil) -> [Int32] {
        precondition(maxLength.map { $0 >= 2 } ?? true, "maxLength must leave room for [CLS] and [SEP]")
        var ids = [classID]
        appendIDs(of: text, to: &ids)
        if let maxLength, ids.count > maxLength - 1 { ids.removeSubrange((maxLength - 1)...) }
        return ids + [separatorID]
    }

    private func appendIDs(of text: String, to ids: inout [Int32]) {
        let bytes = Array(text.utf8)
        for part in added.split(bytes) {
            switch part {
            case .token(let id): ids.append(id)
            case .text(let range):
                words.forEach(in: bytes[range]) { word, characters in
                    if characters > settings.wordLimit || !vocabulary.cut(word, into: &ids) { ids.append(unknownID) }
                }
            }
        }
    }

    /// The token of an id; nil for an id outside the vocabulary.
    package func piece(_ id: Int32) -> String? {
        vocabulary[id].map { String(decoding: $0, as: UTF8.self) }
    }

    /// Id of a token; nil when the vocabulary does not have it.
    package func id(of piece: String) -> Int32? {
        vocabulary.id(of: piece)
    }
}
