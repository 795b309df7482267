import Foundation
import TestSupport
import Testing

@testable import Tokenizers

@Suite("WordPieceTokenizer gives what transformers gives")
struct WordPieceTokenizerTests {
    @Test("the ids of every reference string, whole and cut to each length", arguments: WordPieceFixture.allCases)
    func ids(_ fixture: WordPieceFixture) throws {
        let tokenizer = try fixture.tokenizer()
        let reference = try fixture.reference()
        #expect(reference.cases.count > 350)
        #expect(tokenizer.vocabularySize == reference.size)
        for entry in reference.cases {
            #expect(tokenizer.encode(entry.text) == entry.ids, "\(entry.text.debugDescription)")
            for (length, expected) in zip(reference.lengths, entry.truncated) {
                let ids = tokenizer.encode(entry.text, maxLength: length)
                #expect(ids == expected, "\(entry.text.debugDescription) at \(length)")
            }
        }
    }

    @Test("the words that each character of Unicode makes between two letters", arguments: WordPieceFixture.allCases)
    func characters(_ fixture: WordPieceFixture) throws {
        let words = WordPieceWords(try fixture.tokenizer().settings)
        let pages = try fixture.reference().pages.split(separator: " ")
        #expect(pages.count == 0x110)
        for (page, expected) in pages.enumerated() {
            let scalars = (page * 4096..<(page + 1) * 4096).compactMap { Unicode.Scalar(UInt32($0)) }
            var lines: [UInt8] = []
            for (index, scalar) in scalars.enumerated() {
                if index > 0 { lines.append(UInt8(ascii: "\n")) }
                lines += Self.words(of: "a\(Character(scalar))b", words)
            }
            #expect(RandomText.checksum(lines) == expected, "U+\(String(page * 4096, radix: 16)) and on")
        }
    }

    @Test("the words and ids of thousands of random strings", arguments: WordPieceFixture.allCases)
    func random(_ fixture: WordPieceFixture) throws {
        let tokenizer = try fixture.tokenizer()
        let words = WordPieceWords(tokenizer.settings)
        let reference = try fixture.reference()
        let expected = zip(reference.random_words.split(separator: " "), reference.random_ids.split(separator: " "))
        let strings = RandomText.strings(reference.random_ids.split(separator: " ").count)
        #expect(strings.count >= 2_500)
        for (text, (wordSum, idSum)) in zip(strings, expected) {
            #expect(RandomText.checksum(Self.words(of: text, words)) == wordSum, "words of \(text.debugDescription)")
            let ids = tokenizer.encode(text).map(String.init).joined(separator: " ")
            #expect(RandomText.checksum(ids) == idSum, "ids of \(text.debugDescription)")
        }
    }

    /// The words, separated by tabs, as UTF-8.
    private static func words(of text: String, _ words: WordPieceWords) -> [UInt8] {
        var line: [UInt8] = []
        words.forEach(in: Array(text.utf8)[...]) { word, characters in
            #expect(String(decoding: word, as: UTF8.self).unicodeScalars.count == characters)
            if !line.isEmpty { line.append(UInt8(ascii: "\t")) }
            line += word
        }
        return line
    }

    @Test("a tokenizer.json alone gives the same ids as the vocab.txt it was made from")
    func serialized() throws {
        let folder = fixtures.appendingPathComponent("wordpiece/serialized", isDirectory: true)
        let serialized = try WordPieceTokenizer(folder: folder)
        let cased = try WordPieceFixture.cased.tokenizer()
        #expect(serialized.vocabularySize == cased.vocabularySize)
        for entry in try WordPieceFixture.cased.reference().cases {
            #expect(serialized.encode(entry.text) == entry.ids, "\(entry.text.debugDescription)")
        }
    }

    @Test("tokens and ids lead to each other, and nowhere outside the vocabulary")
    func pieces() throws {
        let tokenizer = try WordPieceFixture.uncased.tokenizer()
        for id in 0..<Int32(tokenizer.vocabularySize) {
            #expect(try tokenizer.id(of: #require(tokenizer.piece(id))) == id)
        }
        #expect(tokenizer.piece(-1) == nil)
        #expect(tokenizer.piece(Int32(tokenizer.vocabularySize)) == nil)
        #expect(tokenizer.id(of: "no such piece") == nil)
        #expect([tokenizer.padID, tokenizer.unknownID, tokenizer.classID, tokenizer.separatorID] == [0, 1, 2, 3])
        #expect(tokenizer.maskID == 4)
    }

    @Test("an opinion of 6,000 characters takes a few milliseconds")
    func speed() throws {
        let tokenizer = try WordPieceFixture.uncased.tokenizer()
        let sentence = "The judgment of the Court of Appeals is reversed, § 1983, and the cause remanded. "
        let text = String(repeating: sentence, count: 6_000 / sentence.count)
        let clock = ContinuousClock()
        let times = (0..<9).map { _ in clock.measure { _ = tokenizer.encode(text) } }
        // A busy machine must not fail the test; the minimum is what the code takes.
        #expect(try #require(times.min()) < .milliseconds(10), "\(times)")
    }
}
