import Checkpoints
import Models
import Tensors
import TestSupport
import Testing

@testable import Editing

@Suite("The cases that decide whether edits can be trusted")
struct TrustTests {
    @Test("An input edited again to a new answer ends with the new answer, as often as it is edited", arguments: 0..<2)
    func newAnswer(block: Int) throws {
        let scene = try Scene(block: block)
        let input = scene.inputs(1)[0]
        let editor = scene.editor(GRACEOptions(radius: 3))
        let answers: [[Int32]] = [[7, 1], [42, 1], [7, 1], [99, 1]]
        for (step, label) in answers.enumerated() {
            let outcome = try editor.edit(scene.request(step + 1, input, label: label))
            #expect(try scene.answer(input, editor) == label, "edit \(step + 1)")
            #expect(step == 0 || (outcome.action == "split" && outcome.distance == 0), "edit \(step + 1)")
        }
        #expect(editor.codebook.count == 4)
    }

    @Test("The published code loses such an edit and the one before it")
    func officialLosesIt() throws {
        let scene = try Scene()
        let input = scene.inputs(1)[0]
        var options = GRACEOptions(radius: 3)
        options.rules = .official
        let editor = scene.editor(options)
        _ = try editor.edit(scene.request(1, input, label: [7, 1]))
        #expect(try scene.answer(input, editor) == [7, 1])
        _ = try editor.edit(scene.request(2, input, label: [42, 1]))
        #expect(editor.codebook.radii == [-1e-5, 0])
        #expect(try scene.answer(input, editor) == scene.frozenAnswer(input))
    }

    /// Two inputs and a radius such that editing both with one label expands the first ball to reach the second.
    private func pair(_ scene: Scene) throws -> (a: [Int32], b: [Int32], radius: Float) {
        let inputs = scene.inputs(2)
        return (inputs[0], inputs[1], scene.distance(inputs[0], inputs[1]) * 0.6)
    }

    @Test(
        "An expanded edit is inside its ball alone and in every batch, on one thread and on two",
        arguments: ["v1_0", "v1_1"])
    func borderInEveryBatch(version: String) throws {
        let scene = try Scene(version)
        let (a, b, radius) = try pair(scene)
        let editor = scene.editor(quick(radius: radius))
        _ = try editor.edit(scene.request(1, a, label: [7, 1]))
        let outcome = try editor.edit(scene.request(2, b, label: [7, 1]))
        #expect(outcome.action == "expand" && outcome.radius == outcome.distance)
        let others = scene.inputs(40, seed: 2)
        let before = Parallel.threadCount
        defer { Parallel.threadCount = before }
        for threads in 1...2 {
            Parallel.threadCount = threads
            for size in [1, 2, 3, 4, 5, 8, 17, 40] {
                for place in Set([0, size / 2, size - 1]) {
                    var batch = Array(others.prefix(size))
                    batch[place] = b
                    let prefix = scene.model.prefixes(of: batch.map { ModelInput($0) }, at: scene.site)[place]
                    let retrieval = editor.apply(to: prefix)
                    #expect(retrieval.siteOutput != nil, "place \(place) of \(size), \(threads) threads")
                    #expect(retrieval.key == 0 && retrieval.distance == outcome.distance)
                }
            }
        }
    }

    @Test("An expanded edit is inside its ball at every size of the codebook")
    func borderAtEverySize() throws {
        let scene = try Scene()
        let (a, b, radius) = try pair(scene)
        let (x, y) = (QueryToken.last.query(of: scene.prefix(a)), QueryToken.last.query(of: scene.prefix(b)))
        let value = Tensor(zeros: [scene.site.valueWidth])
        var codebook = Codebook(keyWidth: scene.site.keyWidth, rules: .paper)
        for query in [x, y] {
            let decision = codebook.decide(query: query, label: [7, 1], initialRadius: radius)
            _ = codebook.apply(decision, query: query, label: [7, 1], initialRadius: radius) { value }
        }
        #expect(codebook.count == 1)
        var random = RandomStream(seed: 5, purpose: .test)
        for _ in 0..<300 {
            #expect(codebook.retrieve(y) == 0, "\(codebook.count) keys")
            let far = x.map { $0 + 100 + random.normal() }
            codebook.add(key: far, value: value, radius: radius, label: [9, 1])
        }
    }

    @Test(
        "What an input retrieves does not depend on how long the other inputs of its file are",
        arguments: QueryToken.allCases)
    func padding(query: QueryToken) throws {
        let scene = try Scene()
        let folder = try TemporaryFolder()
        let input = scene.inputs(1)[0]
        let editor = scene.editor(quick(radius: 1) { $0.query = query })
        _ = try editor.edit(scene.request(1, input, label: [7, 1]))
        let item = { (id: Int, tokens: [Int32]) in
            TokenizedSet.Item(id: id, question: id, group: id, input: tokens, label: [7, 1])
        }
        for longer in [0, 1, 11] {
            let set = TokenizedSet(
                items: [
                    item(0, [Int32](repeating: 5, count: input.count + longer)), item(1, input), item(2, [3]),
                ], metadata: [:])
            let file = folder.url("\(longer).safetensors")
            try set.write(to: file)
            let read = try TokenizedSet(contentsOf: file).items.map { ModelInput($0.input) }
            let retrieval = editor.apply(to: scene.model.prefixes(of: read, at: scene.site)[1])
            #expect(retrieval.key == 0 && retrieval.distance == 0 && retrieval.siteOutput != nil)
        }
    }

    @Test("Rows of padding do not change the first or the mean query; the last is then the padding's, as published")
    func paddedRows() throws {
        let scene = try Scene()
        let input = scene.inputs(1)[0]
        let bare = scene.prefix(input)
        let padded = scene.model.prefixes(
            of: [ModelInput(input, paddedTo: input.count + 4, with: 0)], at: scene.site)[0]
        #expect(sameBits(QueryToken.first.query(of: bare), QueryToken.first.query(of: padded)))
        #expect(sameBits(QueryToken.mean.query(of: bare), QueryToken.mean.query(of: padded)))
        #expect(!sameBits(QueryToken.last.query(of: bare), QueryToken.last.query(of: padded)))
    }
}
