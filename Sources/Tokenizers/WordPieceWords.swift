import Foundation

/// Takes a text apart into words, as BERT's tokenizer does before it looks for pieces.
///
/// In this order: drop control characters; set Chinese characters apart; decompose and drop combining marks; lower-case;
/// then split at white space, which goes, and around punctuation, which stays. One pass: only combining marks wait for
/// the next character, because decomposition puts them in order.
struct WordPieceWords: Sendable {
    private let lowercases: Bool
    private let dropsMarks: Bool
    private let separatesChinese: Bool
    private let cleansText: Bool

    init(_ settings: WordPieceSettings) {
        lowercases = settings.lowercases
        dropsMarks = settings.dropsMarks
        separatesChinese = settings.separatesChinese
        cleansText = settings.cleansText
    }

    /// Calls `body` with the UTF-8 and the number of characters of each word of `text`, itself UTF-8.
    func forEach(in text: ArraySlice<UInt8>, _ body: (_ word: [UInt8], _ characters: Int) -> Void) {
        var word = Word()
        var marks: [Unicode.Scalar] = []
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            if scalar.isASCII {
                if !marks.isEmpty { flush(&marks, into: &word, body) }
                addASCII(UInt8(truncatingIfNeeded: scalar.value), to: &word, body)
            } else {
                add(scalar, to: &word, marks: &marks, body)
            }
        }
        flush(&marks, into: &word, body)
        word.end(body)
    }

    /// The word that is being read.
    private struct Word {
        var bytes: [UInt8] = []
        var characters = 0

        mutating func end(_ body: ([UInt8], Int) -> Void) {
            guard characters > 0 else { return }
            body(bytes, characters)
            bytes.removeAll(keepingCapacity: true)
            characters = 0
        }

        mutating func append(_ byte: UInt8) {
            bytes.append(byte)
            characters += 1
        }

        mutating func append(_ scalar: Unicode.Scalar) {
            bytes.append(contentsOf: String(scalar).utf8)
            characters += 1
        }
    }

    private func addASCII(_ byte: UInt8, to word: inout Word, _ body: ([UInt8], Int) -> Void) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            word.append(byte)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            word.append(lowercases ? byte | 0x20 : byte)
        case 0x20, 0x09, 0x0A, 0x0D:
            word.end(body)
        case 0x21..<0x7F:
            word.end(body)
            word.append(byte)
            word.end(body)
        default:
            // The other controls; a text that is not cleaned is split at those that are white space.
            if cleansText { return }
            if byte == 0x0B || byte == 0x0C { word.end(body) } else { word.append(byte) }
        }
    }

    private func add(
        _ scalar: Unicode.Scalar, to word: inout Word, marks: inout [Unicode.Scalar], _ body: ([UInt8], Int) -> Void
    ) {
        if cleansText, WordPieceCharacters.isDropped(scalar) { return }
        let isApart = separatesChinese && WordPieceCharacters.isChinese(scalar)
        if isApart {
            flush(&marks, into: &word, body)
            word.end(body)
        }
        if dropsMarks {
            for part in Self.decomposition(of: scalar) {
                if WordPieceCharacters.combiningClass(of: part) == 0 { flush(&marks, into: &word, body) }
                marks.append(part)
            }
        } else {
            finish(scalar, in: &word, body)
        }
        if isApart {
            flush(&marks, into: &word, body)
            word.end(body)
        }
    }

    /// Gives a character and the marks after it to the word, in canonical order and without nonspacing marks.
    private func flush(
        _ marks: inout [Unicode.Scalar], into word: inout Word, _ body: ([UInt8], Int) -> Void
    ) {
        guard !marks.isEmpty else { return }
        if marks.count > 1 { Self.order(&marks) }
        for scalar in marks where !WordPieceCharacters.isMark(scalar) { finish(scalar, in: &word, body) }
        marks.removeAll(keepingCapacity: true)
    }

    /// Lower case, then the split.
    private func finish(_ scalar: Unicode.Scalar, in word: inout Word, _ body: ([UInt8], Int) -> Void) {
        guard lowercases, scalar.value >= 0xC0 || scalar.isASCII else { return split(scalar, in: &word, body) }
        for lower in scalar.properties.lowercaseMapping.unicodeScalars { split(lower, in: &word, body) }
    }

    private func split(_ scalar: Unicode.Scalar, in word: inout Word, _ body: ([UInt8], Int) -> Void) {
        if scalar.properties.isWhitespace {
            word.end(body)
        } else if WordPieceCharacters.isPunctuation(scalar) {
            word.end(body)
            word.append(scalar)
            word.end(body)
        } else {
            word.append(scalar)
        }
    }

    private static func decomposition(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        guard WordPieceCharacters.decomposes(scalar) else { return [scalar] }
        return Array(String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars)
    }

    /// Sorts by combining class, equal ones as they stand; the first may begin the sequence with class 0.
    private static func order(_ scalars: inout [Unicode.Scalar]) {
        let classes = scalars.map(WordPieceCharacters.combiningClass)
        scalars = scalars.indices.sorted { (classes[$0], $0) < (classes[$1], $1) }.map { scalars[$0] }
    }
}
