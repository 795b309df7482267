import Foundation
import TestSupport
import Testing
import Tokenizers

@Suite("SentencePieceTrainer")
struct SentencePieceTrainerTests {
    private static let sentences: [String] = {
        let people = ["Ada Lovelace", "Émilie du Châtelet", "Charles Darwin", "Marie Curie", "Søren Kierkegaard"]
        let places = ["Paris", "Zürich", "Oxford", "Copenhagen", "Warsaw", "Kraków", "London"]
        let questions = ["Where was % born?", "In which city did % die?", "Did % live in @?", "Who met % in @ in 18#?"]
        var result: [String] = []
        for (i, person) in people.enumerated() {
            for (j, place) in places.enumerated() {
                for (k, question) in questions.enumerated() {
                    result.append(
                        question.replacing("%", with: person).replacing("@", with: place)
                            .replacing("#", with: "\(10 + (i * 31 + j * 7 + k) % 90)"))
                }
            }
        }
        return result
    }()

    @Test("a trained vocabulary has T5's special pieces, cuts its text without unknowns and gives it back")
    func trains() throws {
        let vocabulary = try SentencePieceTrainer.train(sentences: Self.sentences, vocabularySize: 80)
        #expect(vocabulary.pieces == 80)
        let tokenizer = try T5Tokenizer(modelData: vocabulary.model)
        #expect(tokenizer.vocabularySize == 180)
        #expect((0..<3).map { tokenizer.piece($0) } == ["<pad>", "</s>", "<unk>"])
        for sentence in Self.sentences {
            let ids = tokenizer.encode(sentence, maxLength: nil)
            #expect(!ids.contains(tokenizer.unknownID))
            #expect(tokenizer.decode(ids) == sentence)
        }
        let model = try SentencePieceModel(vocabulary.model, name: "trained")
        #expect(model.beginID == nil)
        // nmt_nfkc is in force, and there are no byte pieces to fall back on.
        #expect(tokenizer.encode("Ｐａｒｉｓ\u{200b}") == tokenizer.encode("Paris"))
        #expect(tokenizer.encode("☃").contains(tokenizer.unknownID))
        #expect((0..<model.size).allSatisfy { model.kind(of: $0) != .byte })
    }

    @Test("the same sentences give the same bytes")
    func deterministic() throws {
        let first = try SentencePieceTrainer.train(sentences: Self.sentences, vocabularySize: 90)
        let second = try SentencePieceTrainer.train(sentences: Self.sentences, vocabularySize: 90)
        #expect(first.model == second.model)
    }

    @Test("a vocabulary larger than the text supports comes out smaller, and says how large")
    func tooLarge() throws {
        let vocabulary = try SentencePieceTrainer.train(sentences: Self.sentences, vocabularySize: 20_000)
        #expect(vocabulary.pieces < 1000)
        #expect(try T5Tokenizer(modelData: vocabulary.model).pieceCount == vocabulary.pieces)
    }

    @Test("a vocabulary too small for the characters says how many pieces it takes")
    func tooSmall() throws {
        let error = #expect(throws: TokenizerError.self) {
            let sentences = ["the quick brown fox jumps over the lazy dog"]
            return try SentencePieceTrainer.train(sentences: sentences, vocabularySize: 5)
        }
        // 26 letters, the word mark and three special pieces.
        let reason = "the text needs at least 30, one for each character and the special pieces; ask for more"
        #expect(error?.description == "vocabulary: cannot train 5 pieces on 1 sentences: \(reason)")
    }

    @Test("sizes that are no number of pieces are refused", arguments: [0, -7, Int.max])
    func size(_ size: Int) {
        let error = #expect(throws: TokenizerError.self) {
            try SentencePieceTrainer.train(sentences: Self.sentences, vocabularySize: size)
        }
        #expect(error?.description.contains("between 1 and") == true)
    }

    @Test(
        "nothing to train on is an error",
        arguments: [[], [""], ["", "  ", "\t\n"], ["</s>", "<pad><unk>"], ["\u{1}\u{2}"], ["\u{2585}", "\u{200b}"]])
    func nothing(_ sentences: [String]) {
        #expect(throws: TokenizerError.nothingToTrainOn(sentences: sentences.count)) {
            try SentencePieceTrainer.train(sentences: sentences, vocabularySize: 100)
        }
    }

    @Test("long sentences, zeros and the library's own mark for unknown text are learned from like any other")
    func unusualSentences() throws {
        let long = (0..<900).map { "word\($0 % 30)" }.joined(separator: " ") + " Q"
        #expect(long.utf8.count > 4192)
        let sentences = Self.sentences + [long, "zero\0zero K", "mark \u{2585}\u{301} X"]
        let vocabulary = try SentencePieceTrainer.train(sentences: sentences, vocabularySize: 300)
        let tokenizer = try T5Tokenizer(modelData: vocabulary.model)
        for letter in ["Q", "K", "X"] { #expect(!tokenizer.encode(letter).contains(tokenizer.unknownID)) }
    }
}
