/// What can be wrong with a tokenizer's files or with the text a vocabulary is trained on.
package enum TokenizerError: Error, CustomStringConvertible, Sendable, Equatable {
    /// A file that cannot be read.
    case unreadable(file: String, reason: String)
    /// A folder without `spiece.model` and `tokenizer.json`.
    case noVocabulary(folder: String)
    /// A vocabulary file that libsentencepiece or the format refuses.
    case notAVocabulary(file: String, reason: String)
    /// A vocabulary of another kind than unigram.
    case notUnigram(file: String, found: String)
    /// One of T5's special pieces is not where T5 has it.
    case specialPiece(file: String, id: Int, expected: String, found: String)
    /// A vocabulary that already holds the sentinels that would be appended.
    case sentinelTwice(file: String, piece: String, extraIDs: Int)
    /// A normalisation table that is damaged.
    case characterMap(file: String, reason: String)
    /// A setting of a configuration file.
    case configuration(file: String, field: String, expected: String, found: String)
    /// A token added to the vocabulary that is none of T5's own.
    case addedToken(file: String, token: String)
    /// A folder without `vocab.txt` and `tokenizer.json`.
    case noWordPieces(folder: String)
    /// A file that is no WordPiece vocabulary.
    case notWordPieces(file: String, reason: String)
    /// A special token that the vocabulary does not have.
    case missingToken(file: String, setting: String, token: String)
    /// A text or ids that libsentencepiece refuses.
    case library(reason: String)
    /// Nothing to train on.
    case nothingToTrainOn(sentences: Int)
    /// A vocabulary that could not be trained.
    case training(vocabularySize: Int, sentences: Int, reason: String)

    package var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file): cannot be read (\(reason)); check the path and its permissions"
        case .noVocabulary(let folder):
            "\(folder): neither spiece.model nor tokenizer.json found; give a Hugging Face T5 folder that has its vocabulary"
        case .notAVocabulary(let file, let reason):
            "\(file): not a SentencePiece vocabulary (\(reason)); download or copy the file again"
        case .notUnigram(let file, let found):
            "\(file): model type: expected unigram, found \(found); give the folder of a T5"
        case .specialPiece(let file, let id, let expected, let found):
            "\(file): piece \(id): expected \(expected), found \(found); T5 has <pad> 0, </s> 1, <unk> 2,"
                + " give the folder of a T5"
        case .sentinelTwice(let file, let piece, let extraIDs):
            "\(file): already holds \(piece), yet \(extraIDs) sentinels are to be appended;"
                + " set extra_ids to 0 in tokenizer_config.json"
        case .characterMap(let file, let reason):
            "\(file): precompiled_charsmap: \(reason); download or copy the file again"
        case .configuration(let file, let field, let expected, let found):
            "\(file): \(field): expected \(expected), found \(found); correct the file"
        case .addedToken(let file, let token):
            "\(file): adds the token \(token), which the vocabulary does not have; "
                + "give a folder whose vocabulary was not extended"
        case .noWordPieces(let folder):
            "\(folder): neither vocab.txt nor tokenizer.json found; give a Hugging Face BERT folder that has its vocabulary"
        case .notWordPieces(let file, let reason):
            "\(file): not a WordPiece vocabulary (\(reason)); give the vocabulary of a BERT"
        case .missingToken(let file, let setting, let token):
            "\(file): \(setting): the vocabulary has no \(token); give the vocabulary of a BERT, or correct the token's name"
                + " in tokenizer_config.json"
        case .library(let reason):
            "libsentencepiece: \(reason)"
        case .nothingToTrainOn(let sentences):
            "vocabulary: none of \(sentences) sentences holds a letter or a digit; give a text to train on"
        case .training(let size, let sentences, let reason):
            "vocabulary: cannot train \(size) pieces on \(sentences) sentences: \(reason)"
        }
    }
}
