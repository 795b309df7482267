/// Cuts a word into the pieces with the highest total score (the unigram model's Viterbi path).
///
/// Scores are added in double precision, and the first of two equal paths wins, as in `transformers`. libsentencepiece
/// adds in single precision, which decides near ties such as `00|0` against `0|00` differently; that happens in real
/// questions ("who is pictured on the 5000 dollar bill"), which is why its own segmentation is not used here.
struct UnigramSegmenter: Sendable {
    private let table: PieceTable
    private let scores: [Double]
    private let unknownID: Int32
    private let unknownScore: Double

    /// How much worse than the worst piece an unknown character is.
    private static let unknownPenalty = 10.0

    /// - Parameter scores: one for each id of `table`.
    init(table: PieceTable, scores: [Double], unknownID: Int32) {
        self.table = table
        self.scores = scores
        self.unknownID = unknownID
        unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
    }

    /// The best path that ends at a byte of the word.
    private struct Arrival {
        var score = 0.0
        var start = -1
        var id: Int32 = 0
    }

    /// Appends the ids of `word`, UTF-8 with its leading `▁`. A run of unknown characters becomes one unknown id.
    func segment(_ word: [UInt8], into ids: inout [Int32]) {
        var arrivals = [Arrival](repeating: Arrival(), count: word.count + 1)
        var start = 0
        while start < word.count {
            let scoreHere = arrivals[start].score
            let end = start + scalarLength(word[start])
            var hasCharacter = false
            func arrive(_ end: Int, _ id: Int32, _ score: Double) {
                let total = score + scoreHere
                if arrivals[end].start < 0 || total > arrivals[end].score {
                    arrivals[end] = Arrival(score: total, start: start, id: id)
                }
            }
            table.forEachPrefix(of: word, at: start) { length, id in
                arrive(start + length, id, scores[Int(id)])
                if start + length == end { hasCharacter = true }
            }
            if !hasCharacter { arrive(min(end, word.count), unknownID, unknownScore) }
            start = end
        }
        appendPath(to: arrivals, of: word, into: &ids)
    }

    private func appendPath(to arrivals: [Arrival], of word: [UInt8], into ids: inout [Int32]) {
        var path: [Int32] = []
        var end = word.count
        var unknownEnd: Int?
        func closeUnknownRun(at start: Int) {
            guard let runEnd = unknownEnd else { return }
            // The characters of a run may together be a piece after all.
            path.append(table.id(of: Array(word[start..<runEnd])) ?? unknownID)
            unknownEnd = nil
        }
        while end > 0 {
            let arrival = arrivals[end]
            if arrival.id == unknownID {
                unknownEnd = unknownEnd ?? end
            } else {
                closeUnknownRun(at: end)
                path.append(arrival.id)
            }
            end = arrival.start
        }
        closeUnknownRun(at: 0)
        ids.append(contentsOf: path.reversed())
    }

    /// Bytes of the scalar that a leading byte opens.
    private func scalarLength(_ byte: UInt8) -> Int {
        switch byte {
        case ..<0x80: 1
        case ..<0xe0: 2
        case ..<0xf0: 3
        default: 4
        }
    }
}
