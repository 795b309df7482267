import Foundation
import Tensors
import TestSupport
import Testing

@testable import Editing

@Suite("Decisions of the codebook")
struct CodebookDecisionTests {
    /// `Tests/Fixtures/grace/decisions.json`: what an independent model decides.
    private struct Fixture: Decodable {
        var streams: [Stream]

        struct Stream: Decodable {
            var name: String
            var width: Int
            var initial_radius: Float
            var probes: [[Float]]
            var runs: [Run]
        }

        struct Run: Decodable {
            var mode: String
            var steps: [Step]
            var labels: [[Int32]]
        }

        struct Step: Decodable {
            var query: [Float]
            var label: [Int32]
            var action: String
            var nearest: Int?
            var distance: Float?
            var key: Int
            var radii: [Float]
            var retrieved: [Int]
        }
    }

    private static let streams: [Fixture.Stream] = {
        let url = fixtures.appendingPathComponent("grace/decisions.json")
        return (try? JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url)).streams) ?? []
    }()

    @Test(
        "Actions, keys, distances, radii, labels and every retrieval are those of the independent model",
        arguments: CodebookRules.allCases, 0..<7)
    func streams(rules: CodebookRules, index: Int) throws {
        try #require(Self.streams.count == 7)
        let stream = Self.streams[index]
        let run = try #require(stream.runs.first { $0.mode == rules.rawValue })
        var codebook = Codebook(keyWidth: stream.width, rules: rules)
        for (number, step) in run.steps.enumerated() {
            let place: Comment = "\(stream.name), \(rules), step \(number)"
            let decision = codebook.decide(
                query: step.query, label: step.label, initialRadius: stream.initial_radius)
            #expect(decision.name == (step.action == "none" ? "train" : step.action), place)
            #expect(decision.nearest?.key == step.nearest, place)
            #expect(decision.nearest?.distance == step.distance, place)
            let before = codebook.count
            let key = codebook.apply(
                decision, query: step.query, label: step.label, initialRadius: stream.initial_radius
            ) { Tensor([Float(number)], shape: [1]) }
            #expect(key == step.key, place)
            #expect(codebook.count == before + (["add", "split"].contains(decision.name) ? 1 : 0), place)
            #expect(codebook.radii == step.radii, place)
            #expect(stream.probes.map { codebook.retrieve($0) ?? -1 } == step.retrieved, place)
        }
        #expect(codebook.labels == run.labels)
    }

    private func codebook(_ rules: CodebookRules, keys: [[Float]], radius: Float = 1, label: [Int32] = [7, 1])
        -> Codebook
    {
        var codebook = Codebook(keyWidth: keys[0].count, rules: rules)
        for key in keys { codebook.add(key: key, value: Tensor(zeros: [1]), radius: radius, label: label) }
        return codebook
    }

    @Test("An empty codebook retrieves nothing and adds")
    func empty() {
        let codebook = Codebook(keyWidth: 2, rules: .paper)
        #expect(codebook.retrieve([1, 2]) == nil && codebook.nearest(to: [1, 2]) == nil)
        #expect(codebook.decide(query: [1, 2], label: [1], initialRadius: 3) == .add(nearest: nil))
    }

    @Test("Queries together find what each finds alone, and of equally near keys the one that the rules name")
    func together() {
        let keys = (0..<9).map { [Float($0 % 4), Float($0 / 4)] }, queries = keys + [[0.5, 0.5], [9, 9]]
        for rules in CodebookRules.allCases {
            let codebook = codebook(rules, keys: keys + keys)
            let found = codebook.nearest(to: queries)
            #expect(found == queries.map { codebook.nearest(to: $0) })
            #expect(found[4] == .init(key: rules == .paper ? 13 : 4, distance: 0))
            #expect(codebook.nearest(to: [[Float]]()).isEmpty)
        }
        #expect(Codebook(keyWidth: 2, rules: .paper).nearest(to: queries).allSatisfy { $0 == nil })
    }

    @Test("A radius of zero covers the key itself and nothing else", arguments: CodebookRules.allCases)
    func zeroRadius(rules: CodebookRules) {
        let codebook = codebook(rules, keys: [[1, 2]], radius: 0)
        #expect(codebook.retrieve([1, 2]) == 0)
        #expect(codebook.retrieve([1, Float(2).nextUp]) == nil)
        #expect(codebook.decide(query: [1, 2], label: [7, 1], initialRadius: 0) == .train(.init(key: 0, distance: 0)))
    }

    @Test("The border of a ball belongs to it, and the next float beyond does not")
    func border() {
        var codebook = codebook(.paper, keys: [[0, 0]], radius: 5)
        #expect(codebook.retrieve([3, 4]) == 0)
        codebook.setRadius(Float(5).nextDown, of: 0)
        #expect(codebook.retrieve([3, 4]) == nil)
    }

    @Test("Labels are the same by tokens on paper, and by their mean in the published code")
    func labels() {
        #expect(!CodebookRules.paper.sameLabel([7, 9, 1], [9, 7, 1]))
        #expect(CodebookRules.official.sameLabel([7, 9, 1], [9, 7, 1]))
        #expect(!CodebookRules.paper.sameLabel([4], [3, 5]) && CodebookRules.official.sameLabel([4], [3, 5]))
        #expect(CodebookRules.paper.sameLabel([5, 1], [5, 1]) && !CodebookRules.paper.sameLabel([5, 1], [5]))
    }

    @Test("Of keys at one place the newest counts on paper, the oldest in the published code")
    func ties() {
        let keys: [[Float]] = [[1, 1], [1, 1], [9, 9], [1, 1]]
        #expect(codebook(.paper, keys: keys).retrieve([1, 2]) == 3)
        #expect(codebook(.official, keys: keys).retrieve([1, 2]) == 0)
    }

    @Test("Only the nearest key is asked: a wide ball behind it does not answer", arguments: CodebookRules.allCases)
    func nearestOnly(rules: CodebookRules) {
        var codebook = codebook(rules, keys: [[0, 0], [3, 0]], radius: 1)
        codebook.setRadius(100, of: 0)
        #expect(codebook.retrieve([5, 0]) == nil)
        #expect(codebook.retrieve([1, 0]) == 0)
    }

    @Test("A query too far away for a number becomes a key, whatever the radii")
    func tooFar() {
        let codebook = codebook(.paper, keys: [[1e30, 0]], radius: 3e38)
        let decision = codebook.decide(query: [-1e30, 0], label: codebook.labels[0], initialRadius: 3e38)
        #expect(decision == .add(nearest: Codebook.Neighbour(key: 0, distance: .infinity)))
        #expect(codebook.retrieve([-1e30, 0]) == nil)
    }

    @Test("A query that is not finite retrieves nothing", arguments: [Float.nan, .infinity])
    func notFinite(bad: Float) {
        #expect(codebook(.paper, keys: [[0, 0], [1, 1]]).retrieve([bad, 0]) == nil)
    }
}
