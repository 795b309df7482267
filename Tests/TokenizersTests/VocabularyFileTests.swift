import Foundation
import TestSupport
import Testing
import Tokenizers

@Suite("Vocabulary files that lie")
struct VocabularyFileTests {
    private func error(_ data: Data, extraIDs: Int = 100) throws -> String {
        let error = #expect(throws: TokenizerError.self) {
            try T5Tokenizer(modelData: data, name: "x/spiece.model", extraIDs: extraIDs)
        }
        return error?.description ?? ""
    }

    @Test("an empty file, a text, a pointer of Git LFS and zeros are no vocabulary")
    func notAVocabulary() throws {
        for contents in [Data(), Data("Where was Ada Lovelace born?\n".utf8), Data(count: 1000)] {
            let text = try error(contents)
            #expect(text.hasPrefix("x/spiece.model: not a SentencePiece vocabulary ("), "\(text)")
        }
        let pointer = Data("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 791656\n".utf8)
        #expect(try error(pointer).contains("Git LFS pointer"))
    }

    @Test("a missing file is named with the reason")
    func missing() throws {
        let folder = try TemporaryFolder()
        let file = folder.url("spiece.model")
        let error = #expect(throws: TokenizerError.self) { try T5Tokenizer(model: file) }
        let expected = "cannot be read (No such file or directory); check the path and its permissions"
        #expect(error?.description == "\(file.path): \(expected)")
    }

    @Test("a file cut short is refused, wherever it is cut")
    func truncated() throws {
        let small = try FixtureVocabulary.plain.model()
        for length in 0..<small.count {
            #expect(throws: TokenizerError.self, "\(length) bytes") { try T5Tokenizer(modelData: small.prefix(length)) }
        }
        let large = try FixtureVocabulary.t5.model()
        for length in [large.count / 10, large.count / 2, large.count - 1] {
            #expect(try error(large.prefix(length)).hasPrefix("x/spiece.model: not a SentencePiece vocabulary ("))
        }
    }

    @Test("special pieces elsewhere or under other names are refused", arguments: ["<pad>", "</s>", "<unk>"])
    func specialPieces(_ piece: String) throws {
        let other = String(piece.dropLast()) + "]"
        let data = try FixtureVocabulary.plain.model().replacingFirst(piece, with: other)
        let text = try error(data)
        #expect(text.contains("expected \(piece), found \(other); T5 has <pad> 0, </s> 1, <unk> 2"), "\(text)")
    }

    @Test("a vocabulary of another model type is refused")
    func modelType() throws {
        // trainer_spec.model_type = 1 is the field 0x18 0x01; the trainer writes it before vocab_size, 0x20.
        var data = try FixtureVocabulary.plain.model()
        let field = try #require(data.range(of: Data([0x18, 0x01, 0x20])))
        data[field.lowerBound + 1] = 2
        #expect(try error(data) == "x/spiece.model: model type: expected unigram, found BPE; give the folder of a T5")
    }

    @Test("a piece twice is refused")
    func twice() throws {
        let data = try FixtureVocabulary.plain.model().replacingFirst("born", with: "▁a")
        #expect(try error(data).contains("already defined"))
    }

    @Test("sentinels that the vocabulary already holds are not appended again")
    func sentinelTwice() throws {
        let model = try FixtureVocabulary.t5.model()
        let pieces = (3..<1000).compactMap(try FixtureVocabulary.t5.tokenizer().piece)
        let long = try #require(
            pieces.first { piece in
                piece.utf8.count == "<extra_id_0>".utf8.count && !pieces.contains { $0 != piece && $0.contains(piece) }
            })
        let data = try model.replacingFirst(long, with: "<extra_id_0>")
        let expected = "already holds <extra_id_0>, yet 100 sentinels are to be appended; set extra_ids to 0"
        #expect(try error(data) == "x/spiece.model: \(expected) in tokenizer_config.json")
        let tokenizer = try T5Tokenizer(modelData: data, extraIDs: 0)
        #expect(tokenizer.id(of: "<extra_id_0>") == Int32(3 + (pieces.firstIndex(of: long) ?? 0)))
    }

    @Test("a normalisation table whose size lies is refused")
    func characterMap() throws {
        let model = try FixtureVocabulary.t5.model()
        // normalizer_spec.precompiled_charsmap follows name = "nmt_nfkc": a tag, a length of 3 bytes, the trie's size.
        let name = try #require(model.range(of: Data("nmt_nfkc".utf8), options: .backwards))
        let size = name.upperBound + 4
        for bytes: [UInt8] in [[0, 0, 0, 0], [3, 0, 0, 0], [255, 255, 255, 255]] {
            var data = model
            data.replaceSubrange(size..<(size + 4), with: bytes)
            #expect(throws: TokenizerError.self) { try T5Tokenizer(modelData: data) }
        }
    }

    @Test("random damage is refused or leaves a tokenizer that answers", arguments: FixtureVocabulary.allCases)
    func randomDamage(_ vocabulary: FixtureVocabulary) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SplitMix(state: seed)
        let model = try vocabulary.model()
        var refused = 0
        for _ in 0..<60 {
            var data = model
            for _ in 0..<4 {
                let place = Int.random(in: 0..<data.count, using: &generator)
                data[place] = .random(in: 0...255, using: &generator)
            }
            do {
                let tokenizer = try T5Tokenizer(modelData: data)
                let ids = tokenizer.encode("Where wa\u{308}s ﬁ ｶﾞ 5000 ☃ e\u{302}\u{301} born?", maxLength: nil)
                #expect(ids.allSatisfy { $0 >= 0 && Int($0) < tokenizer.vocabularySize }, "seed \(seed)")
                _ = tokenizer.decode(ids)
            } catch is TokenizerError {
                refused += 1
            }
        }
        if vocabulary == .plain { #expect(refused > 0, "seed \(seed)") }
    }

    /// A small seeded generator.
    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var value = state
            value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
            return value ^ value >> 31
        }
    }
}
