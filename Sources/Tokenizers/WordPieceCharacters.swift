/// What the Unicode properties of a character mean to `transformers` (its Rust crate tokenizers, checked against 0.23).
///
/// The crate knows three versions of Unicode: general categories are those of Unicode 8, decompositions and combining
/// classes those of Unicode 9; white space and lower case are current. A character that is younger has no category there:
/// it is no control character, no punctuation and no mark.
enum WordPieceCharacters {
    /// Dropped from every text: NUL, the replacement character, and control, format and private-use characters.
    static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\t", "\n", "\r": return false
        case "\u{0}", "\u{FFFD}": return true
        default: break
        }
        switch category(of: scalar) {
        case .control, .format, .privateUse: return true
        default: return false
        }
    }

    /// Punctuation, which is a word of its own; of ASCII every sign that is no letter or digit.
    static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
        case 0x166D, 0x111C9: return true  // So and Mn since Unicode 11
        case ..<0x80: return false
        default: break
        }
        switch category(of: scalar) {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return true
        default: return false
        }
    }

    /// A nonspacing mark: what stripping accents drops.
    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<0x300: false
        case 0x1734, 0x1171E: true  // Mc since
        case 0x1885, 0x1886, 0xA9BD, 0x111C9: false  // Mn since
        default: category(of: scalar) == .nonspacingMark
        }
    }

    /// Its canonical combining class; 0 for a character that begins a new sequence.
    static func combiningClass(of scalar: Unicode.Scalar) -> UInt8 {
        guard scalar.value >= 0x300, isKnown(scalar, since: 9) else { return 0 }
        return scalar.properties.canonicalCombiningClass.rawValue
    }

    /// Whether its decomposition is known.
    static func decomposes(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0xC0 && isKnown(scalar, since: 9)
    }

    /// The blocks of Chinese characters that BERT sets apart.
    static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }

    private static func category(of scalar: Unicode.Scalar) -> Unicode.GeneralCategory {
        isKnown(scalar, since: 8) ? scalar.properties.generalCategory : .unassigned
    }

    private static func isKnown(_ scalar: Unicode.Scalar, since version: Int) -> Bool {
        guard let age = scalar.properties.age else { return false }
        return age.major < version || (age.major == version && age.minor == 0)
    }
}
