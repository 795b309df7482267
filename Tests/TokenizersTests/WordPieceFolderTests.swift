import Foundation
import TestSupport
import Testing
import Tokenizers

@Suite("BERT tokenizer folders")
struct WordPieceFolderTests {
    private static let tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##b", "foo", "é", "e", "x"]

    /// A folder with a small vocabulary and the given other files.
    private func folder(_ files: [String: String], tokens: [String]? = Self.tokens) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        if let tokens { try folder.file("vocab.txt", tokens.joined(separator: "\n") + "\n") }
        for (name, contents) in files { try folder.file(name, contents) }
        return folder
    }

    private func error(_ files: [String: String], tokens: [String]? = Self.tokens) throws -> String {
        let folder = try folder(files, tokens: tokens)
        let error = #expect(throws: TokenizerError.self) { try WordPieceTokenizer(folder: folder.url) }
        let text = error?.description ?? ""
        return text.replacing(folder.url.path + "/", with: "").replacing(folder.url.path, with: ".")
    }

    @Test("a vocabulary alone is uncased, and special tokens in the text are kept whole")
    func alone() throws {
        let folder = try folder([:])
        let tokenizer = try WordPieceTokenizer(folder: folder.url)
        #expect(tokenizer.encode("AB foo[SEP]É") == [2, 5, 7, 8, 3, 10, 3])
        #expect(tokenizer.settings.modelMaxLength == nil)
        #expect(WordPieceTokenizer.vocabularyFile(of: folder.url)?.lastPathComponent == "vocab.txt")
    }

    @Test("settings of tokenizer_config.json count, those left out or null are the defaults")
    func settings() throws {
        for (json, text, expected) in [
            (#"{"do_lower_case": false}"#, "A é", [Int32(1), 9]),
            (#"{"do_lower_case": false, "strip_accents": true}"#, "a é", [5, 10]),
            (#"{"strip_accents": false}"#, "A É", [5, 9]),
            (#"{"strip_accents": null}"#, "A É", [5, 10]),
            (#"{"cls_token": "x", "sep_token": {"content": "foo"}}"#, "xa", [11, 5]),
            (#"{"additional_special_tokens": ["foo"]}"#, "afooa foo", [5, 8, 5, 8]),
            (#"{"added_tokens_decoder": {"8": {"content": "foo"}}}"#, "afooa", [5, 8, 5]),
            (#"{"do_basic_tokenize": false, "never_split": ["a-b"]}"#, "a-b", [5, 1, 6]),
        ] {
            let folder = try folder(["tokenizer_config.json": json])
            let ids = try WordPieceTokenizer(folder: folder.url).encode(text)
            #expect(Array(ids.dropFirst().dropLast()) == expected, "\(json)")
        }
        let limited = try folder(["tokenizer_config.json": #"{"model_max_length": 512}"#])
        #expect(try WordPieceTokenizer(folder: limited.url).settings.modelMaxLength == 512)
        let unlimited = try folder(["tokenizer_config.json": #"{"model_max_length": 1e30}"#])
        #expect(try WordPieceTokenizer(folder: unlimited.url).settings.modelMaxLength == nil)
        let map = try folder(["special_tokens_map.json": #"{"cls_token": "x"}"#])
        #expect(try WordPieceTokenizer(folder: map.url).classID == 11)
    }

    @Test("white space at line ends goes, empty lines keep their number, of equal tokens the last counts")
    func lines() throws {
        let tokens = ["[PAD]\r", "[UNK]\r", "[CLS] ", "[SEP]\u{a0}", "a\r", "", "foo", "foo", "\u{301}b", "b"]
        let folder = try folder([:], tokens: tokens)
        let tokenizer = try WordPieceTokenizer(folder: folder.url)
        #expect(tokenizer.vocabularySize == 10)
        #expect(tokenizer.encode("a foo b") == [2, 4, 7, 9, 3])
        #expect(tokenizer.maskID == nil)
    }

    @Test("a folder that the tokenizer writes reads as itself")
    func roundTrip() throws {
        for fixture in WordPieceFixture.allCases {
            let tokenizer = try fixture.tokenizer()
            let folder = try TemporaryFolder()
            for (name, data) in try tokenizer.files() { try folder.file(name, data) }
            let again = try WordPieceTokenizer(folder: folder.url)
            #expect(again.settings == tokenizer.settings)
            let original = try Data(contentsOf: fixture.folder.appendingPathComponent("vocab.txt"))
            #expect(try Data(contentsOf: folder.url("vocab.txt")) == original)
        }
    }

    @Test("what is wrong with a folder is said")
    func wrong() throws {
        for (files, tokens, expected) in [
            ([:], nil, ".: neither vocab.txt nor tokenizer.json found"),
            ([:], ["[PAD]", "[UNK]", "[CLS]"], "vocab.txt: sep_token: the vocabulary has no [SEP]"),
            (["tokenizer_config.json": #"{"cls_token": "<s>"}"#], Self.tokens, "cls_token: the vocabulary has no <s>"),
            (["tokenizer_config.json": "[]"], Self.tokens, "tokenizer_config.json: the file: expected a JSON object"),
            (
                ["tokenizer_config.json": #"{"do_lower_case": 1}"#], Self.tokens,
                "tokenizer_config.json: do_lower_case: expected true or false, found 1"
            ),
            (
                ["tokenizer_config.json": #"{"additional_special_tokens": ["[DOC]"]}"#], Self.tokens,
                "vocab.txt: adds the token [DOC], which the vocabulary does not have"
            ),
            (
                ["added_tokens.json": #"{"[NEW]": 12}"#], Self.tokens,
                "adds the token [NEW], which the vocabulary does not have"
            ),
            (["tokenizer.json": "{}"], nil, "tokenizer.json: not a WordPiece vocabulary (normalizer is missing"),
            (
                ["tokenizer.json": #"{"normalizer": {"type": "NFKC"}}"#], nil,
                "tokenizer.json: not a WordPiece vocabulary (normalizer is NFKC, expected BertNormalizer)"
            ),
        ] as [([String: String], [String]?, String)] {
            let text = try error(files, tokens: tokens)
            #expect(text.contains(expected), "\(text)")
            #expect(!text.contains("\n"))
        }
        let pointer = try folder(["vocab.txt": "version https://git-lfs.github.com/spec/v1\n"], tokens: nil)
        #expect(throws: TokenizerError.self) { try WordPieceTokenizer(folder: pointer.url) }
    }

    @Test("a wrong model in tokenizer.json is named")
    func wrongModel() throws {
        let parts = #""normalizer": {"type": "BertNormalizer"}, "pre_tokenizer": {"type": "BertPreTokenizer"}"#
        let start = "{\(parts), \"model\": "
        for (model, expected) in [
            (#"{"type": "BPE"}"#, "model is BPE, expected WordPiece"),
            (#"{"type": "WordPiece"}"#, "model.vocab is no object of ids by token"),
            (#"{"type": "WordPiece", "vocab": {"a": "b"}}"#, "model.vocab is no object of ids by token"),
            (#"{"type": "WordPiece", "vocab": {"a": 0}}"#, "the vocabulary has no [PAD]"),
            (#"{"continuing_subword_prefix": "@@"}"#, "continuing_subword_prefix: expected ##, found @@"),
        ] {
            let text = try error(["tokenizer.json": start + model + "}"], tokens: nil)
            #expect(text.contains(expected), "\(text)")
        }
    }
}
