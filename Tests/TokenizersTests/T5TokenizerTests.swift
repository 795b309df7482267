import Foundation
import TestSupport
import Testing
import Tokenizers

@Suite("T5Tokenizer gives what transformers gives")
struct T5TokenizerTests {
    @Test("the ids of every reference string", arguments: FixtureVocabulary.allCases)
    func ids(_ vocabulary: FixtureVocabulary) throws {
        let tokenizer = try vocabulary.tokenizer()
        let reference = try vocabulary.reference()
        #expect(reference.cases.count > 300)
        for entry in reference.cases {
            #expect(tokenizer.encode(entry.text, maxLength: nil) == entry.ids, "\(entry.text.debugDescription)")
        }
    }

    @Test("the ids cut to each length, </s> last", arguments: FixtureVocabulary.allCases)
    func truncation(_ vocabulary: FixtureVocabulary) throws {
        let tokenizer = try vocabulary.tokenizer()
        let reference = try vocabulary.reference()
        for entry in reference.cases {
            for (length, expected) in zip(reference.lengths, entry.truncated) {
                let ids = tokenizer.encode(entry.text, maxLength: length)
                #expect(ids == expected, "\(entry.text.debugDescription) at \(length)")
            }
        }
    }

    @Test("the text of those ids, with and without special tokens", arguments: FixtureVocabulary.allCases)
    func decoding(_ vocabulary: FixtureVocabulary) throws {
        let tokenizer = try vocabulary.tokenizer()
        let reference = try vocabulary.reference()
        let lists =
            reference.cases.map { ($0.ids, $0.decoded, $0.decoded_all) }
            + reference.decoded.map { ($0.ids, $0.decoded, $0.decoded_all) }
        for (ids, expected, expectedAll) in lists {
            #expect(scalars(tokenizer.decode(ids)) == scalars(expected), "\(ids)")
            #expect(scalars(tokenizer.decode(ids, skipSpecialTokens: false)) == scalars(expectedAll), "\(ids)")
        }
    }

    @Test("20 ids are the default length")
    func defaultLength() throws {
        let tokenizer = try FixtureVocabulary.t5.tokenizer()
        let text = String(repeating: "Where was Ada Lovelace born? ", count: 9)
        #expect(tokenizer.encode(text) == tokenizer.encode(text, maxLength: 20))
        #expect(tokenizer.encode(text).count == 20)
        #expect(tokenizer.encode(text).last == tokenizer.endID)
    }

    @Test("sentinels have the highest ids, <extra_id_0> the last")
    func sentinels() throws {
        let tokenizer = try FixtureVocabulary.t5.tokenizer()
        #expect(tokenizer.pieceCount == 1000)
        #expect(tokenizer.vocabularySize == 1100)
        for number in 0..<100 {
            let id = Int32(1099 - number)
            #expect(tokenizer.piece(id) == "<extra_id_\(number)>")
            #expect(tokenizer.id(of: "<extra_id_\(number)>") == id)
            #expect(tokenizer.encode("<extra_id_\(number)>") == [id, 1])
        }
    }

    @Test("pieces and ids lead to each other, and nowhere outside the vocabulary")
    func pieces() throws {
        let tokenizer = try FixtureVocabulary.t5.tokenizer()
        for id in 0..<Int32(tokenizer.vocabularySize) {
            #expect(try tokenizer.id(of: #require(tokenizer.piece(id))) == id)
        }
        #expect([tokenizer.piece(0), tokenizer.piece(1), tokenizer.piece(2)] == ["<pad>", "</s>", "<unk>"])
        #expect(tokenizer.piece(-1) == nil)
        #expect(tokenizer.piece(1100) == nil)
        #expect(tokenizer.id(of: "no such piece") == nil)
        #expect(tokenizer.id(of: "") == nil)
    }

    @Test("one tokenizer answers the same from many threads")
    func threads() async throws {
        let tokenizer = try FixtureVocabulary.t5.tokenizer()
        let cases = try FixtureVocabulary.t5.reference().cases
        let texts = cases.map(\.text)
        let expected = cases.map(\.ids)
        let decoded = cases.map(\.decoded)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<5 {
                        let ids = texts.map { tokenizer.encode($0, maxLength: nil) }
                        guard ids == expected, ids.map({ tokenizer.decode($0) }) == decoded else { return false }
                    }
                    return true
                }
            }
            for try await same in group { #expect(same) }
        }
    }
}
