import Foundation
import TestSupport
import Tokenizers

/// A fixture vocabulary and what transformers makes of strings with it; see Tests/Fixtures/wordpiece/README.md.
enum WordPieceFixture: String, CaseIterable {
    /// Lower case, accents stripped, Chinese characters apart: as bert-base-uncased.
    case uncased
    /// As bert-base-cased, with two more tokens that are kept whole.
    case cased
    /// Cased, yet accents stripped; Chinese characters not apart.
    case accents
    /// Lower case with accents; settings that only the slow tokenizer of transformers 4 knows.
    case lower

    var folder: URL { fixtures.appendingPathComponent("wordpiece/\(rawValue)", isDirectory: true) }

    func tokenizer() throws -> WordPieceTokenizer { try WordPieceTokenizer(folder: folder) }

    func reference() throws -> Reference {
        try JSONDecoder().decode(
            Reference.self, from: Data(contentsOf: folder.appendingPathComponent("reference.json")))
    }

    /// `reference.json`.
    struct Reference: Decodable {
        struct Case: Decodable {
            var text: String
            var ids: [Int32]
            var truncated: [[Int32]]
        }
        var lengths: [Int]
        var size: Int
        var cases: [Case]
        /// Checksums, one for each page of 4,096 characters.
        var pages: String
        /// Checksums, one for each string of `RandomText`.
        var random_ids: String
        var random_words: String
    }
}

/// Random Unicode strings, the same as `randomtext.py` makes.
enum RandomText {
    private static let literals = [
        "[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]", "born", "##", "  ", "\r\n", "İ", "ß",
    ]
    private static let ranges: [Range<UInt32>] = [
        0x20..<0x7F, 0x61..<0x7B, 0x41..<0x5B, 0x61..<0x7B, 0x00..<0x20, 0x80..<0x250, 0x300..<0x370, 0x370..<0x590,
        0x590..<0x900, 0x900..<0x1100, 0x1100..<0x1200, 0x1AB0..<0x2070, 0x2070..<0x2C00, 0x3000..<0x3400,
        0x4E00..<0x9FFF, 0xAC00..<0xD7A4, 0xE000..<0x10000, 0x10000..<0x12000, 0x1D100..<0x1D200, 0x1F300..<0x1FB00,
        0x20000..<0x2FA20, 0x0..<0xD800, 0xE000..<0x110000,
    ]

    static func strings(_ count: Int) -> [String] {
        var state: UInt64 = 2023
        func next(below bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var bits = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((bits ^ (bits >> 31)) % UInt64(bound))
        }
        return (0..<count).map { _ in
            var text = String.UnicodeScalarView()
            for _ in 0..<(1 + next(below: 24)) {
                let kind = next(below: ranges.count + 2)
                if kind >= ranges.count {
                    text.append(contentsOf: literals[next(below: literals.count)].unicodeScalars)
                } else if let scalar = Unicode.Scalar(
                    ranges[kind].lowerBound + UInt32(next(below: ranges[kind].count)))
                {
                    text.append(scalar)
                }
            }
            return String(text)
        }
    }

    /// FNV-1a of 32 bits, in hexadecimal.
    static func checksum(_ text: String) -> String {
        checksum(text.utf8)
    }

    static func checksum(_ bytes: some Sequence<UInt8>) -> String {
        let value = bytes.reduce(UInt32(0x811C_9DC5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
