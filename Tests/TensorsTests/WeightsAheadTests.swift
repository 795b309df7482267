import Testing

@testable import Tensors

@Suite("Weights asked for ahead")
struct WeightsAheadTests {
    @Test("Over all passes each weight row of four is asked for once, and in order", arguments: 1...40)
    func everyRowOnce(passes: Int) {
        let ahead = WeightsAhead(distance: 512, passes: passes)
        #expect((0..<passes).flatMap { ahead.rows(pass: $0) } == [0, 1, 2, 3])
    }

    @Test("Two products that pass over the same weights share what is asked for", arguments: 1...8)
    func shared(tiles: Int) {
        let first = WeightsAhead(distance: 512, passes: 2 * tiles)
        let second = WeightsAhead(distance: 512, passes: 2 * tiles, firstPass: tiles)
        #expect((0..<tiles).flatMap { first.rows(pass: $0) } == [0, 1])
        #expect((0..<tiles).flatMap { second.rows(pass: $0) } == [2, 3])
    }

    @Test("Nothing is asked for where nothing comes")
    func nothing() {
        #expect(WeightsAhead(distance: 0, passes: 2).rows(pass: 1).isEmpty)
    }

    @Test("A pass asks for none, one, two or all four rows, which is what the products can do", arguments: 1...40)
    func counts(passes: Int) {
        let ahead = WeightsAhead(distance: 512, passes: passes)
        for pass in 0..<passes { #expect([0, 1, 2, 4].contains(ahead.rows(pass: pass).count)) }
    }
}
