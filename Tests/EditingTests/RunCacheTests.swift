import Checkpoints
import Files
import Foundation
import Models
import Tensors
import TestSupport
import Testing

@testable import Editing

@Suite("What runs share")
struct RunCacheTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func cache(build: String = "a build", model: String = "a model") -> RunCache {
        RunCache(folder: folder.url("cache"), build: build, model: model)
    }

    /// A run over 24 inputs with expand, split and in-ball edits.
    private struct Outcome {
        var rows: [String] = []
        let editor: GRACEEditor<T5Model>
        var passes: Int?, values: Int?
    }

    private func items(_ scene: Scene) throws -> [TokenizedSet.Item] {
        let inputs = scene.inputs(7, seed: 6)
        return try (0..<24).map { n in
            let input = inputs[n * 5 % 7]
            let label = n % 7 == 3 ? try scene.frozenAnswer(input) : [Int32(20 + n * 5 % 7 / 3), Int32(10 + n / 12), 1]
            return TokenizedSet.Item(id: n, question: n, group: n * 5 % 7, input: input, label: label)
        }
    }

    private func run(
        _ scene: Scene, _ cache: RunCache?, radius: Float = 0.6, lookahead: Int = 5, editsLeft: Int = .max,
        _ change: (inout GRACEOptions) -> Void = { _ in }
    ) throws -> Outcome {
        let inputs = scene.inputs(7, seed: 6)
        let options = quick(radius: scene.distance(inputs[0], inputs[1]) * radius, steps: 30, change)
        let passes = try FrozenPasses(model: scene.model, site: scene.site, maxNewTokens: 20, cache: cache)
        let values = try cache?.values(at: scene.site, options: options)
        var outcome = Outcome(
            editor: GRACEEditor(model: scene.model, site: scene.site, options: options, cached: values))
        try EditStream(try items(scene), through: passes, lookahead: lookahead)
            .run(after: 0, editsLeft: editsLeft, editor: outcome.editor) { row in
                let edit = row.outcome.map { "\($0.action) \($0.key ?? -1) \($0.radius) \($0.loss)" } ?? "-"
                outcome.rows.append("\(row.step) \(edit) \(row.key ?? -1) \(row.distance)")
            }
        outcome.passes = passes.hits
        outcome.values = values?.hits
        return outcome
    }

    private func expectSame(_ a: Outcome, _ b: Outcome, _ place: Comment) {
        #expect(a.rows == b.rows, place)
        EditingTests.expectSame(a.editor.codebook, b.editor.codebook, place)
    }

    @Test("A run with a cache, empty or full, has the bits of one without", arguments: [1, 5])
    func same(lookahead: Int) throws {
        let scene = try Scene()
        let plain = try run(scene, nil)
        let first = try run(scene, cache(), lookahead: lookahead)
        expectSame(first, plain, "empty")
        // Questions come again in the stream, and a value may have been trained ahead already.
        let again = try run(scene, cache(), lookahead: lookahead)
        expectSame(again, plain, "full")
        #expect(again.passes == 24)
        #expect(try #require(again.values) >= plain.editor.record.editCount)
    }

    @Test("Runs with other radii train only the values that no run before them trained")
    func radii() throws {
        let scene = try Scene()
        _ = try run(scene, cache(), radius: 0.1)
        let other = try run(scene, cache(), radius: 0.6)
        expectSame(other, try run(scene, nil, radius: 0.6), "another radius")
        #expect(try #require(other.values) > 0 && other.passes == 24)
    }

    @Test("Runs at the same time have the bits of runs without a cache, and divide what they train", arguments: [1, 5])
    func together(lookahead: Int) throws {
        let scene = try Scene(), radii: [Float] = [0.1, 0.6, 0.1]
        nonisolated(unsafe) let run = { try self.run(scene, $0, radius: $1, lookahead: lookahead) }
        nonisolated(unsafe) var outcomes: [Int: Outcome] = [:]
        let cache = cache(), lock = NSLock()
        DispatchQueue.concurrentPerform(iterations: radii.count) { n in
            do {
                let outcome = try run(cache, radii[n])
                lock.withLock { outcomes[n] = outcome }
            } catch {
                Issue.record(error)
            }
        }
        for (n, radius) in radii.enumerated() {
            expectSame(try #require(outcomes[n]), try run(nil, radius), "run \(n)")
        }
        // Each pass and each value was made by one of them: the files hold no key twice.
        for file in try recordFiles() {
            let keys = try recordKeys(file)
            #expect(Set(keys).count == keys.count && !keys.isEmpty, "\(file.lastPathComponent)")
        }
    }

    private func recordFiles() throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder.url("cache"), includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "records" }
    }

    /// The keys of a file of records, from the first to the last.
    private func recordKeys(_ file: URL) throws -> [Data] {
        var keys: [Data] = [], rest = try Data(contentsOf: file).dropFirst(16)
        while rest.count >= 72 {
            keys.append(Data(rest.prefix(32)))
            let length = rest.dropFirst(32).prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(72 + length)
        }
        #expect(rest.isEmpty)
        return keys
    }

    @Test("A run that was stopped leaves what it trained to the one that goes on")
    func stopped() throws {
        let scene = try Scene()
        let part = try run(scene, cache(), lookahead: 1, editsLeft: 6)
        #expect(part.editor.record.editCount == 6)
        let whole = try run(scene, cache(), lookahead: 1)
        #expect(try #require(whole.values) >= 6)
        expectSame(whole, try run(scene, nil), "after one that was stopped")
    }

    @Test("Nothing is taken from another model, build, site, or from other options")
    func others() throws {
        let scene = try Scene()
        _ = try run(scene, cache())
        for other in [cache(build: "another"), cache(model: "another")] {
            let found = try run(scene, other, editsLeft: 1)
            #expect(found.passes == 0 && found.values == 0)
        }
        for change: (inout GRACEOptions) -> Void in [
            { $0.steps = 29 }, { $0.learningRate = 0.9 }, { $0.replacement = .prompt }, { $0.seed = 7 },
        ] {
            let found = try run(scene, cache(), lookahead: 1, editsLeft: 1, change)
            #expect(found.values == 0 && found.passes == 1)
            expectSame(found, try run(scene, nil, lookahead: 1, editsLeft: 1, change), "other options")
        }
        let below = try Scene(block: 1)
        #expect(try run(below, cache(), editsLeft: 1).passes == 0)
    }

    @Test("Whatever happens to the files, a run has the bits of one without a cache")
    func damaged() throws {
        let scene = try Scene()
        let plain = try run(scene, nil)
        _ = try run(scene, cache())
        let files = try recordFiles()
        #expect(files.count == 2)
        var random = RandomStream(seed: 3, purpose: .test)
        for round in 0..<4 {
            for file in files {
                var data = try Data(contentsOf: file)
                for _ in 0..<20 { data[Int.random(in: 16..<data.count, using: &random)] ^= 4 }
                if round == 3 { data = data.prefix(data.count / 2) }
                try data.write(to: file)
            }
            expectSame(try run(scene, cache()), plain, "round \(round)")
        }
    }

    @Test("A pass of each kind of model comes back bit for bit, at every site")
    func passes() throws {
        let t5 = try T5Model(folder: fixtures.appendingPathComponent("t5/v1_0"))
        let padded = ModelInput([4, 1], paddedTo: 6, with: 0)
        try expectPasses(t5, [[5, 9, 1], [1], [7, 7, 8, 1]].map { ModelInput($0) } + [padded])
        let bert = try BertModel(folder: fixtures.appendingPathComponent("bert/classifier"))
        try expectPasses(bert, [[2, 9, 11, 3], [2, 3], [2, 5, 6, 7, 8, 3]].map { ModelInput($0) })
        let mlp = try MLPModel(folder: fixtures.appendingPathComponent("mlp"))
        guard case .features(let width) = mlp.inputKind else { throw MLPReadsTokens() }
        try expectPasses(
            mlp, [Float(-0.5), 2].map { ModelInput(features: [Float](repeating: $0, count: width)) })
    }

    private struct MLPReadsTokens: Error {}

    private func expectPasses(_ model: some EditableModel, _ inputs: [ModelInput]) throws {
        for site in model.editSites {
            let plain = try FrozenPasses(model: model, site: site, maxNewTokens: 5)(inputs)
            for hits in [0, inputs.count] {
                let passes = try FrozenPasses(model: model, site: site, maxNewTokens: 5, cache: cache())
                for (found, expected) in zip(try passes(inputs), plain) {
                    #expect(found.answer == expected.answer && found.prefix.positions == expected.prefix.positions)
                    #expect(found.prefix.input == expected.prefix.input)
                    for part in [\SitePrefix.siteInput, \.siteInputMean, \.siteOutput, \.residual] {
                        let (a, b) = (found.prefix[keyPath: part], expected.prefix[keyPath: part])
                        #expect(a.shape == b.shape && sameBits(a.array, b.array), "\(site.path)")
                    }
                }
                #expect(passes.hits == hits, "\(site.path)")
            }
        }
    }
}
