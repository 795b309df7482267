/// Rows of floats that grow in number, and which of them is nearest to a query by Euclidean distance.
///
/// Beside each row a copy in 8 bits is kept, a quarter of its size. A search of many rows reads the copies, and a row itself
/// only where they leave it open whether it is nearer than the nearest one so far (`NearestRows+Search.swift`). The answer
/// is that of `plain`, always, to the last bit and at ties: what is skipped is farther beyond doubt.
package struct NearestRows: Sendable {
    package let width: Int
    /// Of rows at equal distance the last wins, else the first.
    let lastWins: Bool
    /// All rows, one after the other.
    package private(set) var floats: [Float] = []
    private(set) var count = 0
    private(set) var codes: [Int8] = []
    private(set) var bounds: [Bounds] = []
    /// Floats from which copies are read: fewer are in cache anyway.
    let leastFloats: Int

    /// A row and its distance from a query.
    package struct Neighbour: Sendable, Equatable {
        package let row: Int
        package let distance: Float
    }

    /// What is known of a row beside its codes.
    struct Bounds: Sendable {
        /// Twice the scale of the codes: the factor of a product with them.
        let twiceScale: Float
        /// The square of the norm of the rounded row, a little lowered.
        let square: Float
        /// Upper bound of the distance between the row and the rounded one; infinite where nothing is known.
        let error: Float
    }

    package init(width: Int, lastWins: Bool, leastFloats: Int = 1 << 19) {
        self.width = width
        self.lastWins = lastWins
        self.leastFloats = leastFloats
    }

    /// Adds a row at the end: work and memory in proportion to its width, taken over all rows.
    package mutating func append(_ row: [Float]) {
        precondition(row.count == width, "a row of \(row.count) floats among rows of \(width)")
        floats.append(contentsOf: row)
        count += 1
        guard RoundedRow.widths.contains(width) else { return }
        let start = codes.count
        codes.append(contentsOf: repeatElement(0, count: width))
        codes.withUnsafeMutableBufferPointer { codes in
            row.withUnsafeBufferPointer { row in
                guard let from = row.baseAddress, let to = codes.baseAddress else { return }
                bounds.append(Bounds(from, width, codes: to + start))
            }
        }
    }

    /// The distance that decides everything: the root of a sum of squared differences in one fixed order, so that it
    /// is the same number in every batch, among any number of rows and on every day.
    package func distance(from query: UnsafePointer<Float>, to row: Int) -> Float {
        floats.withUnsafeBufferPointer { floats in
            guard let base = floats.baseAddress else { return .infinity }
            return Self.distance(query, base + row * width, width)
        }
    }

    @inline(__always)
    static func distance(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ width: Int) -> Float {
        Reduction.squaredDistance(a, b, width).squareRoot()
    }

    /// Whether a row at `distance` goes before one at `other` that was added earlier.
    package func isNearer(_ distance: Float, than other: Float) -> Bool {
        lastWins ? distance <= other : distance < other
    }

    /// The row nearest to the query, found by going through all of them; nil when there is none.
    func plain(_ query: UnsafePointer<Float>) -> Neighbour? {
        guard count > 0 else { return nil }
        var best = Neighbour(row: 0, distance: distance(from: query, to: 0))
        for row in 1..<count {
            let distance = distance(from: query, to: row)
            if isNearer(distance, than: best.distance) { best = Neighbour(row: row, distance: distance) }
        }
        return best
    }
}

extension NearestRows.Bounds {
    /// Rounds a row, writes its codes and keeps what that may change in a distance.
    fileprivate init(_ row: UnsafePointer<Float>, _ width: Int, codes: UnsafeMutablePointer<Int8>) {
        let rounded = RoundedRow(row, width, codes: codes)
        // A NaN fails this too.
        guard rounded.size + rounded.error <= RoundedRow.range.upperBound else {
            self.init(twiceScale: 0, square: 0, error: .infinity)
            return
        }
        var squares: Int64 = 0
        for k in 0..<width { squares += Int64(codes[k]) * Int64(codes[k]) }
        self.init(
            twiceScale: 2 * rounded.scale,
            square: rounded.scale * rounded.scale * Float(squares) * NearestRows.lowered,
            error: rounded.error * NearestRows.raised)
    }
}
