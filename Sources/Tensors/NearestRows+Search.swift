/// How copies in 8 bits leave few rows to look at.
///
/// A query `q` rounded to 16 bits is `q̂`, a row `k` rounded to 8 bits `k̂`. By the triangle inequality
///
///     ‖q - k‖  ≥  ‖q̂ - k̂‖ - ‖q - q̂‖ - ‖k - k̂‖
///
/// where `‖q̂ - k̂‖²` is `‖q̂‖² + ‖k̂‖² - 2 q̂ · k̂` and the products are sums of integers, so exact but for the last few
/// operations in single precision. A row is farther than the best one so far, and is skipped, where the right side is larger
/// than the best distance with all that its own roundings may have changed. All others are measured by `distance`.
extension NearestRows {
    /// Makes a product of a few floats a lower bound (or an upper one), and a sum of such that have both signs as well: each
    /// rounding is 2⁻²⁴ of the larger summand, and there are fewer than 16 on the way.
    static let lowered: Float = 1 - 0x1p-19
    static let raised: Float = 1 + 0x1p-19

    /// Queries from which it pays to prepare rows for all of them.
    private static let manyQueries = 3
    /// Codes of 16 bits in half a first-level cache.
    private static let codesInBlock = 1 << 13

    /// A query as the search needs it, and the best row that it has found so far.
    private struct Search {
        let query: UnsafePointer<Float>
        let step: Float
        /// The square of the norm of the rounded query, a little lowered.
        let square: Float
        /// Upper bound of what the query was rounded by.
        let error: Float
        /// Upper bound of the quotient of a true distance and the one that `distance` computes.
        let ratio: Float
        var best: Neighbour
        /// The rounded query and row are closer than this, less the row's own error, where the row may be the nearest.
        var reach: Float = 0
        /// Rows whose distance was computed.
        var measured = 0

        mutating func found(_ neighbour: Neighbour) {
            best = neighbour
            reach = (neighbour.distance * ratio + error) * NearestRows.raised
        }
    }

    /// For each query the row nearest to it; nil when there is none.
    package func nearest(to queries: [UnsafePointer<Float>]) -> [Neighbour?] {
        search(queries).map(\.neighbour)
    }

    /// The same, and of how many rows the distance was computed.
    func search(_ queries: [UnsafePointer<Float>]) -> [(neighbour: Neighbour?, measured: Int)] {
        var answers = queries.map { _ in (neighbour: Neighbour?.none, measured: count) }
        guard count > 0, floats.count >= leastFloats, bounds.count == count else {
            for (index, query) in queries.enumerated() { answers[index].neighbour = plain(query) }
            return answers
        }
        var searches: [Search] = [], indices: [Int] = [], codes: [Int16] = []
        for (index, query) in queries.enumerated() {
            guard let rounded = RoundedQuery(query, width), RoundedRow.range.contains(rounded.length) else {
                answers[index].neighbour = plain(query)
                continue
            }
            let first = distance(from: query, to: 0)
            answers[index] = (Neighbour(row: 0, distance: first), 1)
            // Nothing is nearer than a distance that is not a number.
            if first.isNaN { continue }
            searches.append(search(query, rounded, first: first))
            indices.append(index)
            codes += rounded.codes
        }
        for (index, found) in zip(indices, results(of: searches, codes)) { answers[index] = found }
        return answers
    }

    private func search(_ query: UnsafePointer<Float>, _ rounded: RoundedQuery, first: Float) -> Search {
        var squares: Int64 = 0
        for code in rounded.codes { squares += Int64(code) * Int64(code) }
        var search = Search(
            query: query, step: rounded.step, square: rounded.step * rounded.step * Float(squares) * Self.lowered,
            // Squares that are too small for a float are worth less than the constant.
            error: rounded.error + 1e-17,
            // Twice the roundings of a distance: its sum has a sixteenth of the elements in each lane.
            ratio: 1 + Float(width / 16 + 40) * 0x1p-23, best: Neighbour(row: 0, distance: first))
        search.found(search.best)
        return search
    }

    /// The best rows, which threads look for in parts of their own; `codes` are those of the queries.
    private func results(of searches: [Search], _ codes: [Int16]) -> [(Neighbour?, Int)] {
        guard !searches.isEmpty else { return [] }
        let parts = min(Parallel.threadCount, count)
        var found = [[Search]](repeating: searches, count: parts)
        found.withUnsafeMutableBufferPointer { found in
            // Each task has an element of its own.
            nonisolated(unsafe) let found = found
            Parallel.forEach(parts) { part in
                look(count * part / parts..<count * (part + 1) / parts, &found[part], codes)
            }
        }
        return searches.indices.map { query in
            let best = found.map { $0[query].best }.reduce(searches[query].best) { isBetter($1, than: $0) ? $1 : $0 }
            return (best, found.reduce(1) { $0 + $1[query].measured })
        }
    }

    private func isBetter(_ a: Neighbour, than b: Neighbour) -> Bool {
        a.distance < b.distance || a.distance == b.distance && (lastWins ? a.row > b.row : a.row < b.row)
    }

    /// Goes through some rows for all searches.
    private func look(_ rows: Range<Int>, _ searches: inout [Search], _ queryCodes: [Int16]) {
        searches.withUnsafeMutableBufferPointer { searches in
            queryCodes.withUnsafeBufferPointer { queryCodes in
                codes.withUnsafeBufferPointer { codes in
                    floats.withUnsafeBufferPointer { floats in
                        bounds.withUnsafeBufferPointer { bounds in
                            guard let s = searches.baseAddress, let x = queryCodes.baseAddress,
                                let c = codes.baseAddress, let f = floats.baseAddress, let b = bounds.baseAddress
                            else { return }
                            look(rows, s, searches.count, x, c, f, b)
                        }
                    }
                }
            }
        }
    }

    private func look(
        _ rows: Range<Int>, _ searches: UnsafeMutablePointer<Search>, _ searchCount: Int,
        _ queries: UnsafePointer<Int16>, _ codes: UnsafePointer<Int8>, _ floats: UnsafePointer<Float>,
        _ bounds: UnsafePointer<Bounds>
    ) {
        @inline(__always)
        func test(_ row: Int, _ search: UnsafeMutablePointer<Search>, _ product: Int32) {
            let bound = bounds[row]
            let square = search.pointee.square + bound.square - bound.twiceScale * search.pointee.step * Float(product)
            let reach = search.pointee.reach + bound.error
            // Where this is not a number, nothing is known.
            if square > reach * reach { return }
            search.pointee.measured += 1
            let near = Neighbour(
                row: row, distance: Self.distance(search.pointee.query, floats + row * width, width))
            if isBetter(near, than: search.pointee.best) { search.pointee.found(near) }
        }
        guard searchCount >= Self.manyQueries else {
            for query in 0..<searchCount {
                let x = queries + query * width
                for row in rows { test(row, searches + query, RoundedRow.dot(x, codes + row * width, width)) }
            }
            return
        }
        // A block of rows stays in the first-level cache, with codes as wide as those of the queries, which pass by it.
        let block = max(1, Self.codesInBlock / width)
        withUnsafeTemporaryAllocation(of: Int16.self, capacity: block * width) { wide in
            guard let wide = wide.baseAddress else { return }
            for start in stride(from: rows.lowerBound, to: rows.upperBound, by: block) {
                let present = min(block, rows.upperBound - start)
                widen(codes + start * width, present * width, to: wide)
                for query in 0..<searchCount {
                    let x = queries + query * width
                    for row in 0..<present {
                        test(start + row, searches + query, RoundedRow.dot(x, wide + row * width, width))
                    }
                }
            }
        }
    }
}

/// Makes codes as wide as those of queries. A function of its own, so that the loop is one of vectors.
@inline(never)
private func widen(_ codes: UnsafePointer<Int8>, _ count: Int, to wide: UnsafeMutablePointer<Int16>) {
    for k in 0..<count { wide[k] = Int16(codes[k]) }
}
