import Testing

@testable import Tensors

@Suite("The nearest row, found through copies in 8 bits")
struct NearestRowsTests {
    /// Holds what is found against `plain`: alone and in batches, on one thread and on several, whichever wins at ties.
    private func expectPlain(_ rows: [[Float]], _ queries: [[Float]], _ place: Comment) {
        for lastWins in [false, true] {
            var found = NearestRows(width: queries[0].count, lastWins: lastWins, leastFloats: 0)
            for row in rows { found.append(row) }
            let flat = queries.flatMap { $0 }
            flat.withUnsafeBufferPointer { flat in
                guard let base = flat.baseAddress else { return }
                let pointers = queries.indices.map { base + $0 * found.width }
                let expected = pointers.map { bits(found.plain($0)) }
                for threads in [1, 2, 3] {
                    withThreads(threads) {
                        #expect(found.nearest(to: pointers).map(bits) == expected, place)
                        #expect(pointers.map { bits(found.nearest(to: [$0])[0]) } == expected, place)
                    }
                }
            }
        }
    }

    /// A neighbour whose distance may be no number, to be compared.
    private func bits(_ found: NearestRows.Neighbour?) -> [Int] {
        found.map { [$0.row, $0.distance.isNaN ? -1 : Int($0.distance.bitPattern)] } ?? []
    }

    private func rows(_ count: Int, _ width: Int, _ seed: UInt64, scale: Float = 1) -> [[Float]] {
        let all = random([count, width], seed)
        return (0..<count).map { all.rows($0..<$0 + 1).array.map { $0 * scale } }
    }

    @Test(
        "It is that of all distances, at every tail", arguments: [1, 2, 15, 16, 17, 33, 64, 130, 512, 1100])
    func tails(width: Int) {
        for (n, count) in [1, 2, 17, 300, 1033].enumerated() {
            expectPlain(rows(count, width, UInt64(n)), rows(5, width, UInt64(100 + n)), "\(count) rows of \(width)")
        }
    }

    @Test("Queries close to a row, on a row, and halfway between two")
    func close() {
        let keys = rows(400, 96, 1)
        let noise = rows(20, 96, 2)
        for size in [0, 1e-7, 1e-4, 1e-2, 1] as [Float] {
            let queries = noise.indices.map { n in zip(keys[n * 17], noise[n]).map { $0 + size * $1 } }
            expectPlain(keys, queries, "off by \(size)")
        }
        expectPlain(keys, (0..<20).map { n in zip(keys[n], keys[n + 200]).map { ($0 + $1) / 2 } }, "halfway")
    }

    @Test("Of equal rows the first or the last wins, among near ties the nearest by its last bit")
    func ties() {
        let queries = rows(3, 64, 1)
        for seed in 0..<10 as Range<UInt64> {
            var keys = rows(400, 64, 50 + seed)
            for place in [3, 37, 211, 399] { keys[place] = queries[0].map { $0 + 0.01 } }
            expectPlain(keys, queries, "ties, \(seed)")
            for column in 0..<4 {
                keys[211][column] = keys[211][column].nextUp
                expectPlain(keys, queries, "near ties, \(seed)")
            }
        }
        let same = [[Float]](repeating: queries[0], count: 100)
        expectPlain(same, queries, "one row again and again")
    }

    @Test("Rows and queries of any magnitude", arguments: [-44, -38, -30, -20, -10, 0, 10, 18, 30, 37] as [Int])
    func magnitudes(exponent: Int) {
        let factor = exponent < -37 ? Float.leastNonzeroMagnitude * Float(exponent + 50) : power(10, exponent)
        let keys = rows(300, 80, 1), queries = rows(4, 80, 2)
        let large = keys.map { $0.map { $0 * factor } }, largeQueries = queries.map { $0.map { $0 * factor } }
        expectPlain(keys, largeQueries, "queries")
        expectPlain(large, queries, "rows")
        expectPlain(large, largeQueries, "both")
        let some = keys.indices.map { $0 % 3 == 0 ? large[$0] : keys[$0] }
        expectPlain(some, queries, "some rows")
        // One float that dwarfs the others of its row.
        let skewed = keys.indices.map { row in keys[row].indices.map { keys[row][$0] * ($0 == row % 80 ? factor : 1) } }
        expectPlain(skewed, queries, "one float of each row")
    }

    private func power(_ base: Float, _ exponent: Int) -> Float {
        (0..<abs(exponent)).reduce(1) { result, _ in exponent < 0 ? result / base : result * base }
    }

    @Test("A NaN or an infinite number anywhere, zero rows and a zero query give what all distances give")
    func notFinite() {
        let keys = rows(100, 40, 1), queries = rows(3, 40, 2)
        for bad in [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude] {
            for row in [0, 1, 57, 99] {
                var other = keys, query = queries
                other[row][row % 40] = bad
                expectPlain(other, queries, "\(bad) in row \(row)")
                query[1][row % 40] = bad
                expectPlain(keys, query, "\(bad) in a query")
                expectPlain(other, query, "\(bad) in both")
            }
        }
        let zero = [[Float]](repeating: [Float](repeating: 0, count: 40), count: 50)
        expectPlain(zero, queries, "zero rows")
        expectPlain(zero + keys, zero, "zero queries")
    }

    @Test("Bounds are wide enough when every rounding leans towards the query")
    func worstRoundings() {
        let width = 257
        // All floats but the first are rounded by nearly half a step, away from the query.
        var far = [Float](repeating: 10.499, count: width), near = [Float](repeating: 10.499, count: width)
        far[0] = 127
        near[0] = 127
        var query = [Float](repeating: 10.9, count: width)
        query[0] = 127
        near[5] = 10.5
        expectPlain([far, near, far, [Float](repeating: 0, count: width)], [query], "rounded down")
        expectPlain([near, far], [query.map { 2 * $0 }, query.map { -$0 }], "other queries")
    }

    @Test("Rows that are farther beyond doubt are not looked at, and fewer rows than are in cache are all looked at")
    func skipped() {
        let keys = rows(2000, 256, 1)
        for leastFloats in [0, 1 << 20] {
            var found = NearestRows(width: 256, lastWins: false, leastFloats: leastFloats)
            for key in keys { found.append(key) }
            for row in [0, 999, 1999] {
                let near = keys[row].map { $0 + 0.01 }.withUnsafeBufferPointer { query in
                    query.baseAddress.map { found.search([$0])[0] }
                }
                #expect(near?.neighbour?.row == row)
                // The first row of each part, those that were the nearest so far, and the few that bounds leave.
                #expect(leastFloats == 0 ? (near?.measured ?? 0) < 60 : near?.measured == 2000)
            }
        }
    }
}
