import Checkpoints
import Models
import Tensors
import TestSupport
import Testing

@testable import Editing

/// Lookahead on the three tasks: few steps at a small rate leave answers wrong, so that edits hit balls as well.
@Suite("Looking ahead has the results of the plain path")
struct LookaheadTests {
    private struct Run<Model: EditableModel> {
        let editor: GRACEEditor<Model>
        var rows: [String] = []
        var actions: Set<String> = []
        var lastStep = 0
    }

    private func run<Model: EditableModel>(
        _ model: Model, _ site: EditSite, _ items: [TokenizedSet.Item], _ options: GRACEOptions, lookahead: Int,
        editsLeft: Int = .max, after start: Run<Model>? = nil
    ) throws -> Run<Model> {
        var run = Run(
            editor: GRACEEditor(model: model, site: site, options: options, history: start?.editor.record),
            rows: start?.rows ?? [], actions: start?.actions ?? [])
        let passes = FrozenPasses(model: model, site: site, maxNewTokens: 6, cached: nil)
        try EditStream(items, through: passes, lookahead: lookahead)
            .run(after: start?.lastStep ?? 0, editsLeft: editsLeft, editor: run.editor) { row in
                let edit = row.outcome.map { "\($0.action) \($0.key ?? -1) \($0.distance) \($0.radius) \($0.loss)" }
                run.rows.append("\(row.step) \(edit ?? "-") \(row.key ?? -1) \(row.distance) \(row.radius)")
                if let action = row.outcome?.action { run.actions.insert(action) }
                run.lastStep = row.step
            }
        return run
    }

    /// Expects the same rows and the same bits for several radii, among which every action occurs, in one go and
    /// stopped and resumed.
    private func expectSameAsPlain(
        _ model: some EditableModel, _ site: EditSite, _ items: [TokenizedSet.Item], radii: [Float]
    ) throws {
        var actions: Set<String> = []
        for radius in radii {
            var options = GRACEOptions(radius: radius)
            options.steps = 3
            options.learningRate = 0.01
            let plain = try run(model, site, items, options, lookahead: 1)
            actions.formUnion(plain.actions)
            for lookahead in [3, 16, 64] {
                let whole = try run(model, site, items, options, lookahead: lookahead)
                #expect(whole.rows == plain.rows, "radius \(radius), lookahead \(lookahead)")
                expectSame(whole.editor.codebook, plain.editor.codebook, "radius \(radius), lookahead \(lookahead)")
                var part = try run(model, site, items, options, lookahead: lookahead, editsLeft: 5)
                part = try run(model, site, items, options, lookahead: 1, editsLeft: 6, after: part)
                part = try run(model, site, items, options, lookahead: lookahead, after: part)
                #expect(part.rows == plain.rows, "radius \(radius), lookahead \(lookahead), resumed")
                expectSame(part.editor.codebook, plain.editor.codebook, "radius \(radius), resumed")
            }
        }
        #expect(actions == ["add", "expand", "split", "train"])
    }

    /// Distances between the queries of inputs, from the smallest that is none of an input from itself.
    private func distances(_ model: some EditableModel, _ site: EditSite, _ items: [TokenizedSet.Item]) -> [Float] {
        let queries = model.prefixes(of: items.map { ModelInput($0) }, at: site).map(QueryToken.last.query)
        var distances: [Float] = []
        for (index, query) in queries.enumerated() {
            for other in queries[..<index] {
                distances.append(zip(query, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot())
            }
        }
        return distances.filter { $0 > 0 }.sorted()
    }

    private func radii(_ model: some EditableModel, _ site: EditSite, _ items: [TokenizedSet.Item]) -> [Float] {
        let sorted = distances(model, site, items)
        return [0.02, 0.2, 0.5].map { sorted[Int(Float(sorted.count) * $0)] * 0.6 }
    }

    /// A stream in which 9 inputs come again and again, mostly with the label that they had.
    private func items(_ count: Int, classes: Int, input: (Int) -> TokenizedSet.Item) -> [TokenizedSet.Item] {
        (0..<count).map { n in
            var item = input(n * 4 % 9)
            item.id = n
            if classes > 0 { item.label = [Int32((n * 4 % 9 / 3 + (n % 5 == 4 ? 1 : 0)) % classes)] }
            return item
        }
    }

    private func questions(_ scene: Scene) -> [TokenizedSet.Item] {
        let inputs = scene.inputs(9, seed: 11)
        var items = items(36, classes: 0) {
            TokenizedSet.Item(id: 0, question: 0, group: 0, input: inputs[$0], label: [Int32(30 + $0 / 3), 1])
        }
        for n in stride(from: 4, to: 36, by: 5) { items[n].label = [90, 1] }
        return items
    }

    @Test("Questions for a T5")
    func questions() throws {
        let scene = try Scene("v1_0", block: 1)
        let items = questions(scene)
        try expectSameAsPlain(scene.model, scene.site, items, radii: radii(scene.model, scene.site, items))
    }

    @Test("Edits of different keys are trained together, however far their keys have come, and none in vain")
    func batches() throws {
        let scene = try Scene("v1_0", block: 1)
        let items = questions(scene)
        for radius in radii(scene.model, scene.site, items) {
            var options = GRACEOptions(radius: radius)
            options.steps = 3
            options.learningRate = 0.01
            let editor = ObservedEditor(GRACEEditor(model: scene.model, site: scene.site, options: options))
            let passes = FrozenPasses(model: scene.model, site: scene.site, maxNewTokens: 6, cached: nil)
            var edits: [(step: Int, key: Int)] = []
            try EditStream(items, through: passes, lookahead: 64).run(after: 0, editsLeft: .max, editor: editor) {
                row in
                if let key = row.outcome?.key { edits.append((row.step, key)) }
            }
            let longest = Dictionary(grouping: edits, by: \.key).values.map(\.count).max() ?? 0
            let prepared = editor.prepared.flatMap { $0 }, steps = Set(edits.map(\.step))
            #expect(Set(prepared).isSubset(of: steps), "radius \(radius)")
            #expect(editor.prepared.count <= longest, "radius \(radius)")
            // The last edit of a chain may be left to itself.
            #expect(prepared.count >= edits.count - 1, "radius \(radius)")
        }
    }

    @Test("Texts for a BERT")
    func texts() throws {
        let model = try BertModel(folder: fixtures.appendingPathComponent("bert/classifier"))
        var random = RandomStream(seed: 12, purpose: .test)
        let inputs = (0..<9).map { _ in
            let length = Int.random(in: 3...40, using: &random)
            return [2] + (0..<length).map { _ in Int32.random(in: 4..<Int32(model.config.vocabSize), using: &random) }
                + [3]
        }
        let items = items(36, classes: model.config.labels.count) {
            TokenizedSet.Item(id: 0, question: 0, group: 0, input: inputs[$0], label: [])
        }
        for path in ["bert.encoder.layer.2.output.dense", "bert.encoder.layer.1.output.dense"] {
            let site = try model.site(path)
            try expectSameAsPlain(model, site, items, radii: radii(model, site, items))
        }
    }

    @Test("Points for an MLP")
    func points() throws {
        let model = try MLPModel(folder: fixtures.appendingPathComponent("mlp"))
        var random = RandomStream(seed: 13, purpose: .test)
        let points = (0..<9).map { index in
            (0..<model.config.layerWidths[0]).map { _ in Float(index / 3) + Float.random(in: -0.5...0.5, using: &random)
            }
        }
        guard case .classification(let labels) = model.task else { return }
        let items = items(36, classes: labels.count) {
            TokenizedSet.Item(id: 0, question: 0, group: 0, features: points[$0], label: [])
        }
        try expectSameAsPlain(model, model.editSites[0], items, radii: radii(model, model.editSites[0], items))
    }
}

/// Passes everything on, and keeps what was prepared.
private final class ObservedEditor<Model: EditableModel>: Editor {
    private let editor: GRACEEditor<Model>
    private(set) var prepared: [[Int]] = []

    init(_ editor: GRACEEditor<Model>) { self.editor = editor }

    var record: CodebookHistory { editor.record }
    var summary: String { editor.summary }
    func apply(to prefix: SitePrefix) -> Retrieval { editor.apply(to: prefix) }
    func edit(_ request: EditRequest) throws -> EditOutcome { try editor.edit(request) }

    func lookAhead(_ requests: [EditRequest], isError: (EditRequest, Tensor?) -> Bool) -> [Int] {
        let steps = editor.lookAhead(requests, isError: isError)
        if !steps.isEmpty { prepared.append(steps) }
        return steps
    }
}
