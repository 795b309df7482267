/// The scores of one answer.
package struct AnswerScore: Sendable, Equatable {
    /// F1 over words after SQuAD normalisation.
    package var f1: Float
    /// 1 for an exact match after SQuAD normalisation, else 0.
    package var exactMatch: Float
    /// F1 over token ids, without the special tokens.
    package var tokenF1: Float
    /// F1 as the published code computes it, over token ids with the end token.
    package var officialF1: Float
    /// Whether the tokens are those of the label.
    package var isLabel: Bool
}

/// Scores predictions against labels.
package protocol PredictionScorer {
    /// - Parameter trueAnswers: texts that count as right beside the label; empty for classes.
    func score(_ prediction: [Int32], label: [Int32], trueAnswers: [String]) -> AnswerScore
}

/// Scores classes: right or wrong, so that every mean is an accuracy.
package struct ClassScorer: PredictionScorer {
    package init() {}

    package func score(_ prediction: [Int32], label: [Int32], trueAnswers: [String]) -> AnswerScore {
        let isLabel = prediction == label
        let score: Float = isLabel ? 1 : 0
        return AnswerScore(f1: score, exactMatch: score, tokenF1: score, officialF1: score, isLabel: isLabel)
    }
}

/// Scores answers against labels and true answers.
package struct AnswerScorer: PredictionScorer {
    /// Tokens that are not part of an answer: padding and end.
    private let specialTokens: Set<Int32>
    private let decode: ([Int32]) -> String

    /// - Parameter decode: token ids to text, without special tokens.
    package init(specialTokens: Set<Int32>, decode: @escaping ([Int32]) -> String) {
        self.specialTokens = specialTokens
        self.decode = decode
    }

    package func text(of tokens: [Int32]) -> String { decode(tokens) }

    /// - Parameter trueAnswers: texts that count as right; the decoded label if there are none.
    package func score(_ answer: [Int32], label: [Int32], trueAnswers: [String]) -> AnswerScore {
        let text = decode(answer)
        let accepted = trueAnswers.isEmpty ? [decode(label)] : trueAnswers
        return AnswerScore(
            f1: AnswerText.f1(text, trueAnswers: accepted),
            exactMatch: AnswerText.exactMatch(text, trueAnswers: accepted) ? 1 : 0,
            tokenF1: Overlap.f1(
                answer.filter { !specialTokens.contains($0) }, label.filter { !specialTokens.contains($0) }),
            officialF1: Overlap.officialF1(answer, label), isLabel: answer == label)
    }
}
