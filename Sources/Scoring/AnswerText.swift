/// Comparison of answers as text, as the SQuAD evaluation script does it (Rajpurkar et al. 2016, `evaluate-v1.1.py`).
///
/// Texts are compared code point by code point, as Python does: Swift's own `==` takes a letter with a combining accent
/// for the composed one.
package enum AnswerText {
    /// A word of a normalised text.
    package typealias Word = [Unicode.Scalar]

    /// Lower case, without ASCII punctuation, the articles a, an, the, and superfluous white space.
    package static func normalise(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for (index, word) in words(text).enumerated() {
            if index > 0 { result.append(" ") }
            result.append(contentsOf: word)
        }
        return String(result)
    }

    /// The words of the normalised text.
    package static func words(_ text: String) -> [Word] {
        let bare = Lowercase.scalars(of: text).filter { !PythonText.isPunctuation($0) }
        // An article is one between two word boundaries (`\b`): a whole run of word characters.
        var kept: [Unicode.Scalar] = []
        for run in PythonText.runs(bare) { kept += articles.contains(run) ? [" "] : run }
        return kept.split(whereSeparator: PythonText.isSpace).map(Array.init)
    }

    /// F1 over words: harmonic mean of precision and recall of the answer's bag of words, the best over the true
    /// answers. Where one side has no words, 1 if both have none (as in `evaluate-v2.0.py`), else 0.
    package static func f1(_ answer: String, trueAnswers: [String]) -> Float {
        let given = words(answer)
        return trueAnswers.map { Overlap.f1(given, words($0)) }.max() ?? 0
    }

    /// Whether the normalised answer equals one of the normalised true answers.
    package static func exactMatch(_ answer: String, trueAnswers: [String]) -> Bool {
        let given = words(answer)
        return trueAnswers.contains { words($0) == given }
    }

    private static let articles: Set<Word> = [["a"], ["a", "n"], ["t", "h", "e"]]
}

/// Overlap of two bags.
package enum Overlap {
    /// F1 of two bags: elements count as often as they occur on both sides.
    package static func f1<Element: Hashable>(_ given: [Element], _ truth: [Element]) -> Float {
        if given.isEmpty || truth.isEmpty { return given.isEmpty && truth.isEmpty ? 1 : 0 }
        var left = truth.reduce(into: [Element: Int]()) { $0[$1, default: 0] += 1 }
        var common = 0
        for element in given {
            if let count = left[element], count > 0 {
                left[element] = count - 1
                common += 1
            }
        }
        return mean(common, given.count, truth.count)
    }

    /// The F1 of the published GRACE code: distinct common elements over the lengths of the lists. That code squeezes
    /// its tensors, so a list of one has no length, fails, and scores 0.
    package static func officialF1<Element: Hashable>(_ given: [Element], _ truth: [Element]) -> Float {
        if given.count < 2 || truth.count < 2 { return 0 }
        return mean(Set(given).intersection(truth).count, given.count, truth.count)
    }

    private static func mean(_ common: Int, _ given: Int, _ truth: Int) -> Float {
        common == 0 ? 0 : 2 * Float(common) / Float(given + truth)
    }
}
