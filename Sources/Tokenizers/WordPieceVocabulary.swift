import Foundation

/// The tokens of a BERT vocabulary, ready to cut words.
struct WordPieceVocabulary: Sendable {
    /// What stands before a piece that goes on within a word.
    static let continuation = Array("##".utf8)

    /// Number of ids: one more than the highest.
    let size: Int
    private let tokens: [Int32: [UInt8]]
    private let table: PieceTable
    private let continuations: PieceTable

    /// - Parameter entries: of tokens that are equal the last one counts, as in `transformers`.
    init(_ entries: [(id: Int32, bytes: [UInt8])]) {
        size = entries.reduce(0) { max($0, Int($1.id) + 1) }
        tokens = Dictionary(entries.map { ($0.id, $0.bytes) }) { $1 }
        table = PieceTable(entries)
        continuations = PieceTable(
            entries.filter { $0.bytes.starts(with: Self.continuation) }
                .map { ($0.id, Array($0.bytes.dropFirst(Self.continuation.count))) })
    }

    /// UTF-8 of a token; nil for an id without one.
    subscript(id: Int32) -> [UInt8]? { tokens[id] }

    func id(of token: String) -> Int32? { table.id(of: Array(token.utf8)) }

    /// Appends the ids of a word, UTF-8: the longest piece that it begins with, and so on; false, and nothing appended,
    /// when a rest begins with no piece.
    func cut(_ word: [UInt8], into ids: inout [Int32]) -> Bool {
        let before = ids.count
        var position = 0
        while position < word.count {
            var longest: (length: Int, id: Int32)?
            (position == 0 ? table : continuations).forEachPrefix(of: word, at: position) { longest = ($0, $1) }
            guard let longest else {
                ids.removeSubrange(before...)
                return false
            }
            ids.append(longest.id)
            position += longest.length
        }
        return true
    }
}

extension WordPieceVocabulary {
    /// Reads a `vocab.txt`: one token a line, its id the number of the line from 0. White space at line ends goes, as in
    /// `transformers`.
    /// - Throws: `TokenizerError.notWordPieces`.
    init(text: Data, name: String) throws {
        guard !text.starts(with: Data("version https://git-lfs".utf8)) else {
            throw TokenizerError.notWordPieces(file: name, reason: "a Git LFS pointer instead of the file itself")
        }
        guard let contents = String(data: text, encoding: .utf8) else {
            throw TokenizerError.notWordPieces(file: name, reason: "not UTF-8")
        }
        // By scalars: to Swift a line end of two characters is one, and a mark after a line end belongs to it.
        var lines = contents.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty ?? false { lines.removeLast() }
        self.init(
            lines.enumerated().map { index, line in
                let end = line.lastIndex { !$0.properties.isWhitespace }
                return (Int32(index), Array(String(line[..<(end.map(line.index(after:)) ?? line.startIndex)]).utf8))
            })
    }
}
