import TestSupport
import Testing

@testable import Tensors

@Suite("Attention")
struct AttentionTests {
    private let tolerance = 2e-6

    @Test(
        "It is the definition, for every head width, biased or not", arguments: [1, 8, 15, 16, 17, 32, 64],
        [false, true])
    func definition(headWidth: Int, biased: Bool) {
        let layout = RaggedLayout(lengths: [1, 2, 15, 16, 17, 33])
        let one = AttentionCase(heads: 3, headWidth: headWidth, queries: layout, keys: layout, biased: biased)
        #expect(largestDifference(one.output.array, one.plain) <= tolerance)
    }

    @Test("A causal query sees its own position and those before", arguments: [false, true])
    func causal(biased: Bool) {
        let layout = RaggedLayout(lengths: [5, 1, 20])
        let one = AttentionCase(heads: 2, headWidth: 16, causal: true, queries: layout, keys: layout, biased: biased)
        #expect(largestDifference(one.output.array, one.plain) <= tolerance)
    }

    @Test("Keys beyond the visible ones are not looked at")
    func visible() {
        let layout = RaggedLayout(lengths: [5, 7, 18], visible: [5, 2, 17])
        let one = AttentionCase(heads: 2, headWidth: 8, queries: layout, keys: layout, biased: true)
        #expect(largestDifference(one.output.array, one.plain) <= tolerance)
    }

    @Test("Queries may attend to sequences of other lengths, with a scale")
    func cross() {
        let one = AttentionCase(
            heads: 2, headWidth: 24, scale: 0.25, queries: RaggedLayout(lengths: [3, 1, 9]),
            keys: RaggedLayout(lengths: [1, 30, 4], visible: [1, 28, 4]), biased: false)
        #expect(largestDifference(one.output.array, one.plain) <= tolerance)
    }

    @Test("Long sequences, shared out over threads, are the definition too", arguments: 1...2)
    func long(threads: Int) {
        let layout = RaggedLayout(lengths: [150, 40])
        let one = AttentionCase(heads: 4, headWidth: 16, queries: layout, keys: layout, biased: true)
        #expect(withThreads(threads) { largestDifference(one.output.array, one.plain) } <= tolerance)
    }

    @Test("Probabilities of a query sum to one and are zero where it does not look")
    func probabilities() {
        let layout = RaggedLayout(lengths: [4])
        let one = AttentionCase(heads: 1, headWidth: 8, causal: true, queries: layout, keys: layout, biased: false)
        let p = one.attention.forward(q: one.q, k: one.k, v: one.v, queries: layout, keys: layout).probabilities.array
        for i in 0..<4 {
            let row = p[i * 4..<i * 4 + 4]
            #expect(abs(row.reduce(0, +) - 1) <= 1e-6)
            #expect(row.suffix(3 - i).allSatisfy { $0 == 0 })
        }
    }

    @Test("Very large scores do not overflow")
    func largeScores() {
        let layout = RaggedLayout(lengths: [6])
        var one = AttentionCase(heads: 1, headWidth: 4, queries: layout, keys: layout, biased: false)
        one.q = Elementwise.scale(one.q, by: 1000)
        #expect(one.output.array.allSatisfy { $0.isFinite })
        #expect(largestDifference(one.output.array, one.plain) <= 1e-3)
    }

    @Test("A NaN in a visible key reaches every query of its sequence")
    func notANumber() {
        let layout = RaggedLayout(lengths: [3, 20])
        let one = AttentionCase(heads: 1, headWidth: 16, queries: layout, keys: layout, biased: false)
        one.k.pointer[(3 + 19) * 16] = .nan
        let output = one.output.array
        #expect(output.prefix(3 * 16).allSatisfy { $0.isFinite })
        #expect(output.suffix(20 * 16).allSatisfy { $0.isNaN })
    }
}
