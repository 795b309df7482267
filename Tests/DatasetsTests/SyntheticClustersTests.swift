import Testing

@testable import Datasets

@Suite("Synthetic clusters")
struct SyntheticClustersTests {
    private func points(_ records: [PointRecord]) -> [PlanePoint] {
        records.map { PlanePoint(Double($0.features[0]), Double($0.features[1])) }
    }

    @Test("A line separates the clusters, half of the points are of each class", arguments: UInt64(0)..<5)
    func clusters(seed: UInt64) {
        let clusters = SyntheticClusters()
        let sets = clusters.sets(seed: seed)
        for (records, count) in [(sets.training, 400), (sets.upstream, 200)] {
            #expect(records.count == count && records.map(\.id) == Array(0..<count))
            #expect(records.count { $0.label == "left" } == count / 2)
            #expect(records.allSatisfy { ($0.label == "left") == ($0.features[0] < 0) })
        }
    }

    @Test("Edits lie in the circle with the other label, and a ball of 0.45 around any holds no upstream point")
    func circle() {
        let clusters = SyntheticClusters()
        let sets = clusters.sets(seed: 3)
        let edits = points(sets.edits)
        #expect(sets.edits.count == 50 && sets.edits.allSatisfy { $0.label == "right" })
        #expect(edits.allSatisfy { $0.distance(to: clusters.circle) <= 0.2 + 1e-6 })
        for edit in edits {
            #expect(edits.allSatisfy { $0.distance(to: edit) <= 0.45 })
            #expect(points(sets.upstream).allSatisfy { $0.distance(to: edit) > 0.45 })
        }
        #expect(points(sets.training).contains { $0.distance(to: clusters.circle) < 0.7 })
    }

    @Test("The cluster has the deviation that was asked for, up to its cut")
    func spread() {
        var clusters = SyntheticClusters()
        clusters.trainingCount = 40_000
        clusters.deviation = 0.5
        let left = clusters.sets(seed: 1).training.filter { $0.label == "left" }
        let mean = left.reduce(0) { $0 + Double($1.features[0]) } / Double(left.count)
        let variance = left.reduce(0) { $0 + (Double($1.features[0]) - mean) * (Double($1.features[0]) - mean) }
        #expect(abs(mean + 3) < 0.01)
        // Cut at 2.5 deviations, a normal in the plane keeps the variance 1 - r²/2 · e^(-r²/2) / (1 - e^(-r²/2)).
        #expect(abs(variance / Double(left.count) - 0.25 * (1 - 3.125 * 0.04394 / 0.95606)) < 0.005)
    }

    @Test("Points depend on the seed and their place alone")
    func seeds() {
        var longer = SyntheticClusters()
        longer.trainingCount = 500
        let sets = SyntheticClusters().sets(seed: 7)
        #expect(sets == SyntheticClusters().sets(seed: 7))
        #expect(sets != SyntheticClusters().sets(seed: 8))
        #expect(Array(longer.sets(seed: 7).training.prefix(400)) == sets.training)
        #expect(longer.sets(seed: 7).edits == sets.edits)
    }

    @Test("Draws are even, normal, and in proportion to weights")
    func distributions() {
        var generator = SeededGenerator(seed: 5, stream: "test")
        let uniform = (0..<20_000).map { _ in generator.uniform() }
        #expect(uniform.allSatisfy { (0..<1).contains($0) })
        #expect(abs(uniform.reduce(0, +) / 20_000 - 0.5) < 0.01)
        let normal = (0..<20_000).map { _ in generator.normal() }
        #expect(abs(normal.reduce(0, +) / 20_000) < 0.03)
        #expect(abs(normal.reduce(0) { $0 + $1 * $1 } / 20_000 - 1) < 0.04)
        let drawn = (0..<20_000).map { _ in generator.index(weighted: [1, 0, 3]) }
        #expect(!drawn.contains(1) && abs(Double(drawn.count { $0 == 2 }) / 20_000 - 0.75) < 0.02)
    }
}
