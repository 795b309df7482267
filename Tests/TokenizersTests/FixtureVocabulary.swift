import Foundation
import TestSupport
import Testing
import Tokenizers

/// A fixture vocabulary and what transformers makes of strings with it; see Tests/Fixtures/tokenizers/README.md.
enum FixtureVocabulary: String, CaseIterable {
    /// T5's own kind: nmt_nfkc normalisation, 100 sentinels.
    case t5
    /// No normalisation, 10 sentinels, user-defined and control pieces, spaces cleaned up.
    case plain

    var folder: URL { fixtures.appendingPathComponent("tokenizers/\(rawValue)", isDirectory: true) }
    var modelFile: URL { folder.appendingPathComponent("spiece.model") }

    func model() throws -> Data { try Data(contentsOf: modelFile) }
    func tokenizer() throws -> T5Tokenizer { try T5Tokenizer(folder: folder) }

    func reference() throws -> Reference {
        try JSONDecoder().decode(
            Reference.self, from: Data(contentsOf: folder.appendingPathComponent("reference.json")))
    }

    /// `reference.json`.
    struct Reference: Decodable {
        struct Case: Decodable {
            var text: String
            var ids: [Int32]
            var truncated: [[Int32]]
            var decoded: String
            var decoded_all: String
        }
        struct Decoded: Decodable {
            var ids: [Int32]
            var decoded: String
            var decoded_all: String
        }
        var lengths: [Int]
        var cases: [Case]
        var decoded: [Decoded]
    }
}

/// The scalars of a text; Swift's own comparison takes canonically equivalent texts for equal.
func scalars(_ text: String) -> [Unicode.Scalar] {
    Array(text.unicodeScalars)
}

/// Numbers that libsentencepiece cuts differently with the vocabulary `t5`, from `manifest.json`.
func nearTies() throws -> [String] {
    struct Manifest: Decodable {
        struct Vocabulary: Decodable {
            var near_ties: [String]
        }
        var vocabularies: [String: Vocabulary]
    }
    let file = fixtures.appendingPathComponent("tokenizers/manifest.json")
    let manifest = try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: file))
    return try #require(manifest.vocabularies["t5"]).near_ties
}

extension Data {
    /// The same bytes with the first occurrence of a text replaced by one of the same length.
    func replacingFirst(_ text: String, with other: String) throws -> Data {
        try #require(text.utf8.count == other.utf8.count)
        var copy = self
        let range = try #require(copy.range(of: Data(text.utf8)))
        copy.replaceSubrange(range, with: Data(other.utf8))
        return copy
    }
}
