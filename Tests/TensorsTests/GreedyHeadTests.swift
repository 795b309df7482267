import Testing

@testable import Tensors

@Suite("The largest output, found through a copy in 8 bits")
struct GreedyHeadTests {
    /// Holds the answers against the whole product, in batches of every size, on one thread and on two; says whether
    /// bounds decided the first row.
    @discardableResult
    private func expectPlain(_ x: Tensor, _ weight: Tensor, _ place: Comment) -> Bool {
        let head = GreedyHead(weight: weight, leastCount: 0)
        let expected = GreedyHead.plain(x, weight: weight)
        for threads in 1...2 {
            for batch in 1...x.rowCount {
                let found = withThreads(threads) {
                    stride(from: 0, to: x.rowCount, by: batch).flatMap {
                        head.argmax(x.rows($0..<min(x.rowCount, $0 + batch)))
                    }
                }
                #expect(found == expected, place)
            }
        }
        return RoundedRows(weight)?.candidates(x.rows(0..<1)) != nil
    }

    private func scaled(_ x: Tensor, _ factor: Float) -> Tensor { Elementwise.scale(x, by: factor) }

    @Test(
        "It is that of the whole product, at every tail",
        arguments: [1, 2, 15, 16, 17, 31, 48, 64, 65, 130, 512, 1100])
    func tails(width: Int) {
        for (n, outputs) in [1, 2, 17, 300, 4099].enumerated() {
            let x = random([6, width], UInt64(n))
            expectPlain(x, random([outputs, width], UInt64(100 + n)), "\(width) to \(outputs)")
        }
    }

    @Test("Bounds leave few candidates of a random weight, among them the largest, and hold for all others")
    func candidates() throws {
        let weight = random([8000, 512], 1)
        let rounded = try #require(RoundedRows(weight))
        for n in 0..<20 {
            let x = random([1, 512], UInt64(10 + n))
            let candidates = try #require(rounded.candidates(x))
            #expect(candidates.count < 80)
            #expect(candidates == candidates.sorted())
            #expect(GreedyHead.plain(x, weight: weight)[0].map { candidates.contains(Int32($0)) } == true)
        }
    }

    @Test("Of equal outputs the lowest wins, among near ties the largest by its last bit")
    func ties() {
        let x = random([3, 64], 1)
        for seed in 0..<20 as Range<UInt64> {
            let weight = random([400, 64], 50 + seed)
            guard let best = GreedyHead.plain(x, weight: weight)[0] else { continue }
            // The best row again above and below, then off by one unit in the last place of one weight or the other.
            for (n, row) in [(best + 37) % 400, (best + 211) % 400, (best + 303) % 400].enumerated() {
                let copy = weight.copy()
                (copy.pointer + row * 64).update(from: copy.pointer + best * 64, count: 64)
                #expect(expectPlain(x, copy, "tie \(n) of \(seed)"))
                for column in 0..<8 {
                    copy.pointer[row * 64 + column] = copy.pointer[row * 64 + column].nextUp
                    #expect(expectPlain(x, copy, "near tie \(n) of \(seed)"))
                }
            }
        }
    }

    @Test("Rows that nearly all agree, zero rows and a zero state are answered through the whole product")
    func undecided() {
        let x = random([2, 48], 1)
        let same = Tensor(zeros: [300, 48])
        for row in 0..<300 { (same.pointer + row * 48).update(from: x.pointer, count: 48) }
        #expect(!expectPlain(x, same, "equal rows"))
        for row in 0..<300 { same.pointer[row * 48 + row % 48] += Float(row % 7) * 1e-6 }
        #expect(!expectPlain(x, same, "nearly equal rows"))
        #expect(!expectPlain(x, Tensor(zeros: [300, 48]), "zero rows"))
        #expect(!expectPlain(Tensor(zeros: [2, 48]), random([300, 48], 2), "a zero state"))
    }

    @Test("Rows and states of any magnitude", arguments: [-44, -38, -30, -20, -10, 0, 10, 18, 30, 37] as [Int])
    func magnitudes(exponent: Int) {
        let factor = exponent < -37 ? Float.leastNonzeroMagnitude * Float(exponent + 50) : power(10, exponent)
        let x = random([3, 80], 1), weight = random([500, 80], 2)
        expectPlain(scaled(x, factor), weight, "states")
        expectPlain(x, scaled(weight, factor), "weights")
        expectPlain(scaled(x, factor), scaled(weight, factor), "both")
        expectPlain(scaled(x, factor), scaled(weight, 1 / factor), "one the inverse of the other")
        // Rows of every magnitude in one weight, and one number that dwarfs the others of its row.
        let mixed = weight.copy()
        for row in 0..<500 where row % 3 == 0 {
            for column in 0..<80 { mixed.pointer[row * 80 + column] *= factor }
        }
        for row in 0..<500 where row % 5 == 0 { mixed.pointer[row * 80 + row % 80] *= 1000 }
        expectPlain(x, mixed, "some rows")
    }

    private func power(_ base: Float, _ exponent: Int) -> Float {
        (0..<abs(exponent)).reduce(1) { result, _ in exponent < 0 ? result / base : result * base }
    }

    @Test("A NaN or an infinite number anywhere gives what the whole product gives", arguments: [64, 70])
    func notFinite(width: Int) {
        let x = random([2, width], 1), weight = random([300, width], 2)
        for bad in [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude] {
            for place in [0, 1, width - 1] {
                let state = x.copy(), head = weight.copy(), both = Tensor(zeros: [300, width])
                state.pointer[place] = bad
                expectPlain(state, weight, "\(bad) at \(place) of a state")
                head.pointer[7 * width + place] = bad
                expectPlain(x, head, "\(bad) at \(place) of a row")
                both.pointer[7 * width + place] = bad
                expectPlain(x, both, "\(bad) at \(place) of a row among zeros")
                if bad.isNaN { #expect(GreedyHead(weight: head, leastCount: 0).argmax(x) == [nil, nil]) }
            }
        }
    }

    @Test("Bounds are wide enough when every rounding of a weight leans away from the state")
    func worstWeights() {
        let width = 257
        let x = Tensor(zeros: [1, width]), weight = Tensor(zeros: [100, width])
        for column in 1..<width {
            let sign: Float = column % 3 == 0 ? -1 : 1
            x.pointer[column] = sign
            // Row 70 has the codes of 10 by its first weight; row 30, a little smaller, is exact as 127 equal steps.
            weight.pointer[70 * width + column] = sign * 10.499
            weight.pointer[30 * width + column] = sign * 10.49
        }
        weight.pointer[70 * width] = 127
        #expect(expectPlain(x, weight, "rounding against the largest"))
        #expect(GreedyHead(weight: weight, leastCount: 0).argmax(x) == [70])
    }

    @Test("Bounds are wide enough when every rounding of the state leans away from a weight")
    func worstState() {
        let width = 256
        let x = Tensor(zeros: [1, width]), weight = Tensor(zeros: [100, width])
        for column in 1..<width {
            // Codes of zero, beside the first.
            x.pointer[column] = 0.499
            weight.pointer[70 * width + column] = 1
        }
        x.pointer[0] = Float(Int16.max)
        weight.pointer[30 * width] = 0.498 * 255 / Float(Int16.max)
        #expect(expectPlain(x, weight, "rounding against the largest"))
        #expect(GreedyHead(weight: weight, leastCount: 0).argmax(x) == [70])
    }

    @Test("No states give no answers, and a small weight needs no copy")
    func small() {
        let weight = random([300, 40], 1), x = random([3, 40], 2)
        #expect(GreedyHead(weight: weight, leastCount: 0).argmax(x.rows(0..<0)).isEmpty)
        #expect(GreedyHead(weight: weight).argmax(x) == GreedyHead.plain(x, weight: weight))
    }
}
