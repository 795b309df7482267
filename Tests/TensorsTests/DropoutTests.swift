import TestSupport
import Testing

@testable import Tensors

@Suite("Dropout")
struct DropoutTests {
    private func mask(_ dropout: Dropout, _ count: Int = 100_000) -> [Float] {
        dropout.apply(Tensor([Float](repeating: 1, count: count), shape: [count])).array
    }

    @Test("It drops the share that it is asked to and scales the rest", arguments: [0.1, 0.5, 0.9] as [Float])
    func share(probability: Float) {
        let found = mask(Dropout(probability: probability, seed: 1, step: 0, place: 0))
        let dropped = found.count { $0 == 0 }
        #expect(abs(Double(dropped) / 100_000 - Double(probability)) < 0.006)
        #expect(found.allSatisfy { $0 == 0 || $0 == 1 / (1 - probability) })
        // Neighbours fall away independently.
        let pairs = zip(found, found.dropFirst()).count { $0 == 0 && $1 == 0 }
        #expect(abs(Double(pairs) / 100_000 - Double(probability * probability)) < 0.006)
    }

    @Test("Seed, step, place and part each give a mask of their own, the same every time")
    func keys() {
        let make = { (seed: UInt64, step: Int, place: Int) in
            Dropout(probability: 0.5, seed: seed, step: step, place: place)
        }
        let all = [
            make(1, 1, 1), make(2, 1, 1), make(1, 2, 1), make(1, 1, 2), make(1, 1, 1).part(0), make(1, 1, 1).part(1),
        ]
        .map { mask($0, 1000) }
        #expect(Set(all).count == all.count)
        for (a, b) in zip(all, all.dropFirst()) {
            let same = zip(a, b).count { $0 == $1 }
            #expect((400...600).contains(same))
        }
        #expect(mask(make(1, 1, 1), 1000) == all[0])
    }

    @Test("An element's fate depends on its number alone, not on threads or on how many there are")
    func numbers() {
        let dropout = Dropout(probability: 0.3, seed: 7, step: 3, place: 1)
        let whole = mask(dropout)
        for threads in 1...3 { #expect(withThreads(threads) { mask(dropout) } == whole) }
        #expect(mask(dropout, 37) == Array(whole.prefix(37)))
    }
}
