/// Tokens that are cut out of a text before anything else is done to it: `</s>`, `<extra_id_7>` and the like.
struct AddedTokens: Sendable {
    private let table: PieceTable
    private let startsToken: [Bool]
    /// Ids that `decode` leaves out.
    let special: Set<Int32>

    /// A stretch of a text.
    enum Part: Equatable {
        case text(Range<Int>)
        case token(Int32)
    }

    init(_ tokens: [(id: Int32, bytes: [UInt8])], special: Set<Int32>) {
        table = PieceTable(tokens)
        self.special = special
        var startsToken = [Bool](repeating: false, count: 256)
        for first in tokens.compactMap(\.bytes.first) { startsToken[Int(first)] = true }
        self.startsToken = startsToken
    }

    /// Splits UTF-8 at the tokens in it: the leftmost first, of several at one place the longest.
    func split(_ text: [UInt8]) -> [Part] {
        var parts: [Part] = []
        var textStart = 0
        var position = 0
        while position < text.count {
            var match: (length: Int, id: Int32)?
            if startsToken[Int(text[position])] {
                table.forEachPrefix(of: text, at: position) { match = ($0, $1) }
            }
            guard let match else {
                position += 1
                continue
            }
            if textStart < position { parts.append(.text(textStart..<position)) }
            parts.append(.token(match.id))
            position += match.length
            textStart = position
        }
        if textStart < text.count { parts.append(.text(textStart..<text.count)) }
        return parts
    }
}
