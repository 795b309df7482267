/// Byte pair encoding over counted words: makes pieces out of the pairs that are most frequent.
///
/// Only the words that hold the merged pair are looked at again, and of the pairs a heap gives the most frequent; an entry
/// of the heap whose count is no longer true is put back with the true one when it comes up.
struct PieceMerger {
    /// All pieces by id: the special tokens, the characters in order of their appearance, then what was merged.
    private(set) var pieces: [String]
    private var ids: [[UInt8]: Int32] = [:]
    private var words: [(pieces: [Int32], count: Int)] = []
    private var pairs: [Pair: Occurrence] = [:]
    private var heap = PairHeap()

    struct Pair: Hashable, Comparable {
        var first: Int32
        var second: Int32

        static func < (a: Pair, b: Pair) -> Bool { (a.first, a.second) < (b.first, b.second) }
    }

    private struct Occurrence {
        var count = 0
        /// Words that hold the pair, or once did.
        var words: [Int] = []
    }

    init(special: [String]) {
        pieces = special
        for (id, token) in special.enumerated() { ids[Array(token.utf8)] = Int32(id) }
    }

    mutating func add(_ word: [Unicode.Scalar], count: Int) {
        let symbols = word.enumerated().map { id(of: ($0.offset == 0 ? "" : "##") + String($0.element)) }
        words.append((symbols, count))
    }

    /// Merges until there are `size` pieces, or no pair stands together `minimumCount` times.
    mutating func merge(upTo size: Int, minimumCount: Int) {
        for index in words.indices { count(index, sign: 1) }
        for (pair, occurrence) in pairs { heap.push((occurrence.count, pair)) }
        while pieces.count < size, let (count, pair) = heap.pop() {
            guard let occurrence = pairs[pair], occurrence.count >= minimumCount else { continue }
            guard occurrence.count == count else {
                heap.push((occurrence.count, pair))
                continue
            }
            // By scalars: a combining mark after ## belongs to it for Swift.
            let second = pieces[Int(pair.second)].unicodeScalars.dropFirst(2)
            let merged = id(of: pieces[Int(pair.first)] + String(second))
            replace(pair, by: merged, in: occurrence.words)
        }
    }

    private mutating func replace(_ pair: Pair, by merged: Int32, in holders: [Int]) {
        var grown: Set<Pair> = []
        for index in holders {
            let old = words[index].pieces
            var new: [Int32] = []
            var position = 0
            while position < old.count {
                if position + 1 < old.count, old[position] == pair.first, old[position + 1] == pair.second {
                    new.append(merged)
                    position += 2
                } else {
                    new.append(old[position])
                    position += 1
                }
            }
            guard new.count < old.count else { continue }
            count(index, sign: -1)
            words[index].pieces = new
            count(index, sign: 1)
            for (first, second) in zip(new, new.dropFirst()) where first == merged || second == merged {
                grown.insert(Pair(first: first, second: second))
            }
        }
        pairs[pair] = nil
        for pair in grown {
            if let occurrence = pairs[pair] { heap.push((occurrence.count, pair)) }
        }
    }

    /// Adds or takes away the pairs of a word.
    private mutating func count(_ index: Int, sign: Int) {
        let (symbols, count) = words[index]
        for (first, second) in zip(symbols, symbols.dropFirst()) {
            let pair = Pair(first: first, second: second)
            pairs[pair, default: Occurrence()].count += sign * count
            if sign > 0, pairs[pair]?.words.last != index { pairs[pair]?.words.append(index) }
        }
    }

    private mutating func id(of piece: String) -> Int32 {
        let bytes = Array(piece.utf8)
        if let id = ids[bytes] { return id }
        let id = Int32(pieces.count)
        pieces.append(piece)
        ids[bytes] = id
        return id
    }
}

/// A binary heap that gives the most frequent pair, of equally frequent ones the one whose pieces came first.
private struct PairHeap {
    typealias Entry = (count: Int, pair: PieceMerger.Pair)
    private var entries: [Entry] = []

    private func precedes(_ a: Entry, _ b: Entry) -> Bool {
        a.count == b.count ? a.pair < b.pair : a.count > b.count
    }

    mutating func push(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0, precedes(entries[child], entries[(child - 1) / 2]) {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> Entry? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var parent = 0
        while true {
            var best = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
                if precedes(entries[child], entries[best]) { best = child }
            }
            if best == parent { return first }
            entries.swapAt(parent, best)
            parent = best
        }
    }
}
