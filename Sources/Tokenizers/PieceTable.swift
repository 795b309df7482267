/// Pieces by id, and which of them begin at a place in a text.
///
/// Held as bytes, because Swift compares strings up to canonical equivalence and a vocabulary does not.
struct PieceTable: Sendable {
    /// UTF-8 of all pieces, one after the other.
    private var bytes: [UInt8] = []
    /// Where the piece of each entry starts; one more than there are entries.
    private var starts: [Int] = [0]
    /// Entries in byte order, each text once.
    private var order: [Int32] = []
    /// Id of each entry.
    private let ids: [Int32]

    /// Of entries with the same text the last one counts, as in `transformers`.
    init(_ entries: [(id: Int32, bytes: [UInt8])]) {
        ids = entries.map(\.id)
        for entry in entries {
            bytes.append(contentsOf: entry.bytes)
            starts.append(bytes.count)
        }
        // Most comparisons end within the first eight bytes, taken as one number.
        let heads = entries.map { Self.head(of: $0.bytes) }
        let sorted = entries.indices.sorted { a, b in
            guard heads[a] == heads[b] else { return heads[a] < heads[b] }
            let (left, right) = (entries[a].bytes, entries[b].bytes)
            return left == right ? a < b : left.lexicographicallyPrecedes(right)
        }
        for index in sorted where !entries[index].bytes.isEmpty {
            if let last = order.last, entries[Int(last)].bytes == entries[index].bytes { order.removeLast() }
            order.append(Int32(index))
        }
    }

    /// The first eight bytes, the first of them highest; shorter texts end in zeros.
    private static func head(of bytes: [UInt8]) -> UInt64 {
        (0..<8).reduce(0) { $0 << 8 | ($1 < bytes.count ? UInt64(bytes[$1]) : 0) }
    }

    /// UTF-8 of an entry.
    subscript(index: Int) -> ArraySlice<UInt8> {
        bytes[starts[index]..<starts[index + 1]]
    }

    /// Calls `body` for every piece that `text` has at `start`, shortest first.
    func forEachPrefix(of text: [UInt8], at start: Int, _ body: (_ length: Int, _ id: Int32) -> Void) {
        var (low, high) = (0, order.count)
        var length = 0
        while start + length < text.count {
            // Entries low..<high agree with the text in their first `length` bytes and are longer than that.
            let byte = text[start + length]
            low = bound(low, high) { self.byte(of: $0, at: length) < byte }
            high = bound(low, high) { self.byte(of: $0, at: length) <= byte }
            length += 1
            guard low < high else { return }
            let first = Int(order[low])
            if starts[first + 1] - starts[first] == length {
                body(length, ids[first])
                low += 1
            }
        }
    }

    /// Id of the piece that is exactly `text`.
    func id(of text: [UInt8]) -> Int32? {
        var result: Int32?
        forEachPrefix(of: text, at: 0) { length, id in
            if length == text.count { result = id }
        }
        return result
    }

    private func byte(of position: Int, at offset: Int) -> UInt8 {
        bytes[starts[Int(order[position])] + offset]
    }

    /// First position of `low..<high` for which `isBefore` no longer holds.
    private func bound(_ low: Int, _ high: Int, _ isBefore: (Int) -> Bool) -> Int {
        var (low, high) = (low, high)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
