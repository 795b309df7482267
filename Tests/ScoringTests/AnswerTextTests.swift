import Foundation
import Scoring
import TestSupport
import Testing

@Suite("Answers are scored by the published rules")
struct AnswerTextTests {
    /// Tests/Fixtures/scoring/answers.json.
    struct Reference: Decodable {
        struct Answer: Decodable {
            let given: String
            let truths: [String]
            let normalised: String
            let f1: Double
            let exact: Bool
        }
        struct TokenLists: Decodable {
            let given: [Int32]
            let truth: [Int32]
            let f1: Double
            let official: Double
        }
        let answers: [Answer]
        let overlaps: [TokenLists]
    }

    let reference: Reference

    init() throws {
        let file = fixtures.appendingPathComponent("scoring/answers.json")
        reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    }

    /// What can be seen of a text that may hold anything.
    private func shown(_ text: String) -> String { text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() }

    @Test("Normalisation gives the same code points as in Python")
    func normalisation() {
        #expect(reference.answers.count > 200)
        for answer in reference.answers {
            // As code points: `==` on strings takes composed and combining accents for the same.
            #expect(
                Array(AnswerText.normalise(answer.given).unicodeScalars) == Array(answer.normalised.unicodeScalars),
                "\(shown(answer.given)) became \(shown(AnswerText.normalise(answer.given)))")
        }
    }

    @Test("Exact match is that of the script")
    func exactMatch() {
        #expect(Set(reference.answers.map(\.exact)).count == 2)
        for answer in reference.answers {
            #expect(
                AnswerText.exactMatch(answer.given, trueAnswers: answer.truths) == answer.exact,
                "\(shown(answer.given)) against \(answer.truths.map(shown))")
        }
    }

    @Test("F1 over words is that of the script to seven digits")
    func wordF1() {
        for answer in reference.answers {
            let f1 = Double(AnswerText.f1(answer.given, trueAnswers: answer.truths))
            #expect(
                abs(f1 - answer.f1) < 1e-7, "\(shown(answer.given)) against \(answer.truths.map(shown)): \(f1)")
        }
    }

    @Test("F1 over token ids counts each id as often as both sides have it")
    func tokenF1() {
        for lists in reference.overlaps {
            #expect(abs(Double(Overlap.f1(lists.given, lists.truth)) - lists.f1) < 1e-7, "\(lists)")
        }
    }

    @Test("The published code's F1 counts each id once over the lengths of the lists, and 0 for a list of one")
    func officialF1() {
        #expect(Overlap.officialF1([5, 5, 1], [5, 1]) == 0.8)
        #expect(Overlap.officialF1([1], [5, 1]) == 0)
        for lists in reference.overlaps {
            #expect(abs(Double(Overlap.officialF1(lists.given, lists.truth)) - lists.official) < 1e-7, "\(lists)")
        }
    }

    @Test("Without true answers nothing is right")
    func nothingAccepted() {
        #expect(AnswerText.f1("Paris", trueAnswers: []) == 0)
        #expect(!AnswerText.exactMatch("Paris", trueAnswers: []))
    }

    @Test(
        "A scorer leaves special tokens out of token F1, keeps them for the official one, and falls back to the label")
    func scorer() {
        let scorer = AnswerScorer(specialTokens: [0, 1]) { tokens in
            tokens.filter { $0 > 1 }.map { "w\($0)" }.joined(separator: " ")
        }
        // Half of the words are right; of the tokens with </s>, two of three on each side.
        let half = scorer.score([4, 9, 1], label: [4, 5, 1], trueAnswers: [])
        #expect(half.f1 == 0.5 && half.exactMatch == 0 && half.tokenF1 == 0.5 && !half.isLabel)
        #expect(abs(half.officialF1 - 2 / 3) < 1e-6)

        let other = scorer.score([4, 9, 1], label: [4, 5, 1], trueAnswers: ["nothing", "W4, the w9!"])
        #expect(other.f1 == 1 && other.exactMatch == 1 && !other.isLabel)

        let right = scorer.score([4, 5, 1], label: [4, 5, 1], trueAnswers: ["another text"])
        #expect(right.isLabel && right.f1 == 0 && right.tokenF1 == 1 && right.officialF1 == 1)

        // The same words, but cut before </s>: not the label.
        #expect(!scorer.score([4, 5], label: [4, 5, 1], trueAnswers: []).isLabel)
        #expect(scorer.text(of: [4, 1]) == "w4")
    }
}
