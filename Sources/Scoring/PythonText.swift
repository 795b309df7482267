/// What characters are to Python, in whose terms the script is written.
enum PythonText {
    /// Python's `string.punctuation`.
    static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    /// What `\w` matches: letters, numbers and the underscore; no combining marks.
    static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: scalar == "_" || scalar.properties.numericType != nil
        }
    }

    /// What `str.split` splits at: white space and the four ASCII separators.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }

    /// The text cut at every word boundary.
    static func runs(_ text: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
        var runs: [[Unicode.Scalar]] = []
        var inWord = false
        for scalar in text {
            let isWord = isWordCharacter(scalar)
            if runs.isEmpty || isWord != inWord { runs.append([]) }
            runs[runs.count - 1].append(scalar)
            inWord = isWord
        }
        return runs
    }
}

/// Lower case by the Unicode standard, which Python follows and Swift does but for one letter: a capital sigma at the
/// end of a word becomes a final sigma (SpecialCasing.txt, Final_Sigma).
enum Lowercase {
    static func scalars(of text: String) -> [Unicode.Scalar] {
        let given = Array(text.unicodeScalars)
        return given.indices.flatMap { index -> [Unicode.Scalar] in
            if given[index] == "\u{3A3}" { return [isFinal(index, in: given) ? "\u{3C2}" : "\u{3C3}"] }
            return Array(given[index].properties.lowercaseMapping.unicodeScalars)
        }
    }

    /// Whether a cased letter stands before and none behind, apart from characters that do not count.
    private static func isFinal(_ index: Int, in text: [Unicode.Scalar]) -> Bool {
        func counts(_ scalar: Unicode.Scalar) -> Bool { !scalar.properties.isCaseIgnorable }
        return (text[..<index].last(where: counts)?.properties.isCased ?? false)
            && !(text[(index + 1)...].first(where: counts)?.properties.isCased ?? false)
    }
}
