import TestSupport
import Testing

@testable import Tensors

@Suite("Random streams")
struct RandomStreamTests {
    private func stream(_ seed: UInt64 = 1, _ purpose: RandomPurpose = .test, _ index: UInt64 = 0) -> RandomStream {
        RandomStream(seed: seed, purpose: purpose, index: index)
    }

    private func first(_ count: Int, _ stream: RandomStream) -> [UInt64] {
        var stream = stream
        return (0..<count).map { _ in stream.next() }
    }

    @Test("The same seed, purpose and index give the same numbers")
    func reproducible() {
        #expect(first(100, stream(7, .batchOrder, 3)) == first(100, stream(7, .batchOrder, 3)))
    }

    @Test("The numbers are these for ever, since edit logs rely on them: SplitMix64, computed elsewhere")
    func pinned() {
        #expect(
            first(3, stream(0, .valueInitialisation, 1))
                == [0x5AFA_8CB3_6FDA_4044, 0x03AF_A4D5_DC31_67C8, 0x4FEE_5BCE_AEA6_9FF6])
        #expect(
            first(3, stream(42, .valueInitialisation, 1000))
                == [0x9429_701B_5FBC_F309, 0x9F13_28D7_DB2B_DDF8, 0x4801_0D27_8F78_3BA5])
        #expect(first(1, stream(.max, .weightInitialisation)) == [0x0EA6_C902_D2D3_3003])
        var random = stream(0, .valueInitialisation, 1)
        #expect(random.uniform() == 0.35538554191589355)
    }

    @Test("Another seed, purpose or index gives other numbers, none of them shared")
    func different() {
        let purposes: [RandomPurpose] = [.weightInitialisation, .valueInitialisation, .batchOrder, .dropout, .test]
        var all: [UInt64] = []
        for seed in [0, 1, 2, UInt64.max] {
            for purpose in purposes {
                for index in [0, 1, 2, 1_000_000, UInt64.max] { all += first(50, stream(seed, purpose, index)) }
            }
        }
        #expect(Set(all).count == all.count)
    }

    @Test("Streams of neighbouring indices are not correlated")
    func uncorrelated() {
        var a = stream(1, .valueInitialisation, 10)
        var b = stream(1, .valueInitialisation, 11)
        let n = 20_000
        let covariance = (0..<n).reduce(0.0) { sum, _ in sum + Double(a.normal()) * Double(b.normal()) } / Double(n)
        #expect(abs(covariance) < 4 / Double(n).squareRoot())
    }

    @Test("Uniform numbers lie in [0, 1) and have the moments of a uniform distribution")
    func uniform() {
        var random = stream()
        let x = random.uniform([200_000]).array
        #expect(x.allSatisfy { $0 >= 0 && $0 < 1 })
        let mean = x.reduce(0.0) { $0 + Double($1) } / 200_000
        let variance = x.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 200_000
        #expect(abs(mean - 0.5) < 0.003)
        #expect(abs(variance - 1.0 / 12) < 0.001)
        let bins = x.reduce(into: [Int](repeating: 0, count: 16)) { $0[Int($1 * 16)] += 1 }
        #expect(bins.allSatisfy { abs($0 - 12_500) < 600 })
    }

    @Test("Normal numbers have the moments of a normal distribution, times the deviation")
    func normal() {
        var random = stream()
        let x = random.normal([200_000], deviation: 2).array.map { Double($0) / 2 }
        let moment = { (n: Int) in
            x.reduce(0.0) { sum, x in sum + (0..<n).reduce(1.0) { power, _ in power * x } } / 200_000
        }
        #expect(abs(moment(1)) < 0.01)
        #expect(abs(moment(2) - 1) < 0.02)
        #expect(abs(moment(3)) < 0.04)
        #expect(abs(moment(4) - 3) < 0.15)
        #expect(x.allSatisfy { $0.isFinite })
    }

    @Test("A permutation holds each number once, and any order may come out")
    func permutation() {
        var random = stream()
        #expect(random.permutation(1000).sorted() == Array(0..<1000))
        #expect(random.permutation(0).isEmpty)
        let orders = Set((0..<1000).map { _ in random.permutation(4) })
        #expect(orders.count == 24)
    }
}
