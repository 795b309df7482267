import Foundation
import TestSupport
import Testing
import Tokenizers

@Suite("WordPieceTrainer")
struct WordPieceTrainerTests {
    private static let sentences = [
        "The court affirms the judgment of the lower court.", "The courts reversed; the judgments were vacated.",
        "Courting danger, the Court's own court reporter laughed.", "É é, naïve Café: 裁判所 and 判決.",
    ]

    @Test("special tokens, characters, then the pairs that stand together most often")
    func order() throws {
        let tokenizer = try WordPieceTrainer.train(sentences: ["aab aab ab", "b"], vocabularySize: 100)
        let pieces = (0..<Int32(tokenizer.vocabularySize)).compactMap(tokenizer.piece)
        // a+##b stands once; ##a+##b twice and a+##a twice, of which a+##a has the piece that came first.
        #expect(pieces == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##a", "##b", "b", "aa", "aab"])
        #expect(tokenizer.encode("aab ab aa") == [2, 10, 5, 7, 9, 3])
    }

    @Test("the size is kept to, and no word of the text is unknown", arguments: [80, 120, 400])
    func size(_ size: Int) throws {
        let tokenizer = try WordPieceTrainer.train(
            sentences: Self.sentences, vocabularySize: size, minimumCount: 1)
        #expect(tokenizer.vocabularySize <= size)
        #expect(size > 100 || tokenizer.vocabularySize == size)
        for sentence in Self.sentences { #expect(!tokenizer.encode(sentence).contains(tokenizer.unknownID)) }
        let longest = (5..<Int32(tokenizer.vocabularySize)).compactMap { tokenizer.piece($0)?.count }.max() ?? 0
        #expect(longest >= 5)
    }

    @Test("frequent words become one piece")
    func words() throws {
        let tokenizer = try WordPieceTrainer.train(sentences: Self.sentences, vocabularySize: 400)
        #expect(tokenizer.id(of: "court") != nil && tokenizer.id(of: "judgment") != nil)
        #expect(tokenizer.encode("court").count == 3)
    }

    @Test("the same sentences in another order give the same files")
    func determinism() throws {
        func files(_ sentences: [String]) throws -> [Data] {
            try WordPieceTrainer.train(sentences: sentences, vocabularySize: 150).files().map(\.data)
        }
        let first = try files(Self.sentences)
        #expect(try files(Self.sentences.reversed()) == first)
        #expect(first.count == 2)
    }

    @Test("a cased vocabulary keeps capitals and accents, and is written as cased")
    func cased() throws {
        let tokenizer = try WordPieceTrainer.train(
            sentences: Self.sentences, vocabularySize: 200, settings: WordPieceSettings(lowercases: false))
        #expect(tokenizer.id(of: "T") != nil && tokenizer.id(of: "É") != nil)
        let folder = try TemporaryFolder()
        for (name, data) in try tokenizer.files() { try folder.file(name, data) }
        let again = try WordPieceTokenizer(folder: folder.url)
        #expect(!again.settings.lowercases)
        for text in Self.sentences { #expect(again.encode(text) == tokenizer.encode(text)) }
    }

    @Test("combining marks within words are pieces of their own")
    func marks() throws {
        var settings = WordPieceSettings(lowercases: false)
        settings.stripsAccents = false
        let tokenizer = try WordPieceTrainer.train(
            sentences: ["e\u{301}t e\u{301}t e\u{301}t"], vocabularySize: 50, settings: settings)
        #expect(tokenizer.encode("e\u{301}t").count == 3)
        #expect(tokenizer.id(of: "##\u{301}") != nil)
    }

    @Test("nothing to train on, or no room for the characters, is an error")
    func errors() throws {
        #expect(throws: TokenizerError.nothingToTrainOn(sentences: 2)) {
            try WordPieceTrainer.train(sentences: ["", " \u{200b}"], vocabularySize: 100)
        }
        let error = #expect(throws: TokenizerError.self) {
            try WordPieceTrainer.train(sentences: ["abc"], vocabularySize: 7)
        }
        #expect(error?.description.contains("the text needs at least 8") ?? false, "\(String(describing: error))")
    }
}
