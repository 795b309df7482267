/// Comparison of answers as text, as the SQuAD evaluation script does it (Rajpurkar et al. 2016, `evaluate-v1.1.py`).
package enum AnswerText {
    /// Lower case, without ASCII punctuation, the articles a, an, the, and superfluous white space.
    package static func normalise(_ text: String) -> String {
        words(text).joined(separator: " ")
    }

    /// The words of the normalised text.
    package static func words(_ text: String) -> [String] {
        let bare = text.lowercased().unicodeScalars.filter { !isPunctuation($0) }
        var kept = String.UnicodeScalarView()
        var word = String.UnicodeScalarView()
        func endWord() {
            if articles.contains(String(word)) { kept.append(" ") } else { kept.append(contentsOf: word) }
            word = String.UnicodeScalarView()
        }
        for scalar in bare {
            if isWordCharacter(scalar) {
                word.append(scalar)
            } else {
                endWord()
                kept.append(scalar)
            }
        }
        endWord()
        return String(kept).split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// F1 over words: harmonic mean of precision and recall of the answer's bag of words, the best over the true
    /// answers. Where one side has no words, 1 if both have none, else 0.
    package static func f1(_ answer: String, trueAnswers: [String]) -> Float {
        let given = words(answer)
        return trueAnswers.map { Overlap.f1(given, words($0)) }.max() ?? 0
    }

    /// Whether the normalised answer equals one of the normalised true answers.
    package static func exactMatch(_ answer: String, trueAnswers: [String]) -> Bool {
        let given = normalise(answer)
        return trueAnswers.contains { normalise($0) == given }
    }

    private static let articles: Set<String> = ["a", "an", "the"]

    /// Python's `string.punctuation`.
    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    /// What `\w` matches in Python, so that an article is only one between word boundaries.
    private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
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

    /// The F1 of the published GRACE code: distinct common elements over the lengths of the lists.
    package static func officialF1<Element: Hashable>(_ given: [Element], _ truth: [Element]) -> Float {
        if given.isEmpty || truth.isEmpty { return 0 }
        return mean(Set(given).intersection(truth).count, given.count, truth.count)
    }

    private static func mean(_ common: Int, _ given: Int, _ truth: Int) -> Float {
        common == 0 ? 0 : 2 * Float(common) / Float(given + truth)
    }
}
