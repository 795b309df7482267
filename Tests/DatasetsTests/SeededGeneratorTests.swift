import Testing

@testable import Datasets

@Suite("Seeded random numbers")
struct SeededGeneratorTests {
    @Test("Draws are what they were when published: a change here changes every stream of edits")
    func pinned() {
        var order = Array(0..<10)
        var generator = SeededGenerator(seed: 0, stream: "zsre.order")
        generator.shuffle(&order)
        #expect(order == [6, 9, 8, 5, 1, 0, 3, 4, 7, 2])
        var other = SeededGenerator(seed: 42, stream: "nq.sample", index: 3)
        #expect(other.sample(5, of: 1_000) == [313, 436, 523, 525, 583])
    }

    @Test("The numbers are those of SplitMix64's reference implementation")
    func reference() {
        var generator = SeededGenerator(state: 1_234_567)
        let numbers = (0..<5).map { _ in generator.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test("Seed, stream and index each give other numbers")
    func streams() {
        var draws = Set<UInt64>()
        for seed in UInt64(0)..<10 {
            for stream in ["a", "b", "ab", "ba"] {
                for index in 0..<10 {
                    var generator = SeededGenerator(seed: seed, stream: stream, index: index)
                    draws.insert(generator.next())
                }
            }
        }
        #expect(draws.count == 400)
    }

    @Test("Every outcome below a bound comes up equally often")
    func fairness() {
        var generator = SeededGenerator(seed: 1, stream: "test")
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[generator.next(below: 7)] += 1 }
        // Five standard deviations of a binomial count of 10,000.
        #expect(counts.allSatisfy { abs($0 - 10_000) < 470 }, "\(counts)")
    }

    @Test("Every order of three is drawn equally often")
    func orders() {
        var counts: [[Int]: Int] = [:]
        var generator = SeededGenerator(seed: 2, stream: "test")
        for _ in 0..<60_000 {
            var order = [0, 1, 2]
            generator.shuffle(&order)
            counts[order, default: 0] += 1
        }
        #expect(counts.count == 6)
        #expect(counts.values.allSatisfy { abs($0 - 10_000) < 470 }, "\(counts)")
    }

    @Test("A sample has no element twice, and can be empty or everything")
    func samples() {
        var generator = SeededGenerator(seed: 3, stream: "test")
        let sample = generator.sample(50, of: 60)
        #expect(Set(sample).count == 50 && sample == sample.sorted())
        #expect(generator.sample(0, of: 5).isEmpty)
        #expect(generator.sample(5, of: 5) == [0, 1, 2, 3, 4])
    }
}
