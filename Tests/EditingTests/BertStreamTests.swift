import Checkpoints
import Foundation
import Models
import Tensors
import TestSupport
import Testing

@testable import Editing

@Suite("GRACE edits a BERT classifier")
struct BertStreamTests {
    private let model: BertModel
    private let classes: Int

    init() throws {
        model = try BertModel(folder: fixtures.appendingPathComponent("bert/classifier"))
        classes = model.config.labels.count
    }

    /// Texts of 5 to 45 random tokens, with a random class each.
    private func items(_ count: Int) -> [TokenizedSet.Item] {
        var random = RandomStream(seed: 5, purpose: .test)
        return (0..<count).map { row in
            let length = Int.random(in: 3...43, using: &random)
            let body = (0..<length).map { _ in Int32.random(in: 4..<Int32(model.config.vocabSize), using: &random) }
            return TokenizedSet.Item(
                id: row, question: row, group: row, input: [2] + body + [3],
                label: [Int32.random(in: 0..<Int32(classes), using: &random)])
        }
    }

    private func run(
        _ items: [TokenizedSet.Item], _ site: EditSite, _ options: GRACEOptions, lookahead: Int
    ) throws -> (rows: [StreamRow], editor: GRACEEditor<BertModel>) {
        let editor = GRACEEditor(model: model, site: site, options: options)
        let stream = EditStream(
            items, through: FrozenPasses(model: model, site: site, maxNewTokens: 1, cached: nil), lookahead: lookahead)
        var rows: [StreamRow] = []
        try stream.run(after: 0, editsLeft: .max, editor: editor) { rows.append($0) }
        return (rows, editor)
    }

    @Test(
        "Every error is corrected at once, at both kinds of sites of the last layers, from a cold start and a warm one",
        arguments: [
            "bert.encoder.layer.2.output.dense", "bert.encoder.layer.2.intermediate.dense",
            "bert.encoder.layer.1.output.dense",
        ], ValueInitialisation.allCases)
    func corrections(path: String, initialisation: ValueInitialisation) throws {
        let site = try model.site(path)
        var options = GRACEOptions(radius: 0.01)
        options.initialisation = initialisation
        let items = items(24)
        let (rows, editor) = try run(items, site, options, lookahead: 8)
        #expect(rows.count { $0.isError } >= 12)
        for (item, row) in zip(items, rows) where row.isError {
            let prefix = model.prefixes(of: [ModelInput(item.input)], at: site)[0]
            let output = editor.apply(to: prefix).siteOutput ?? prefix.siteOutput
            let answer = try model.predict([prefix], at: site, siteOutput: output, maxNewTokens: 1)[0]
            #expect(answer == item.label, "step \(row.step)")
        }
    }

    @Test("Lookahead changes no decision, no value and no loss", arguments: QueryToken.allCases)
    func lookahead(query: QueryToken) throws {
        let site = try model.site("bert.encoder.layer.2.output.dense")
        var options = GRACEOptions(radius: 0.5)
        options.query = query
        options.steps = 20
        let items = items(20)
        let (plain, one) = try run(items, site, options, lookahead: 1)
        let (ahead, many) = try run(items, site, options, lookahead: 7)
        #expect(plain.map { $0.outcome?.action } == ahead.map { $0.outcome?.action })
        #expect(sameBits(plain.compactMap { $0.outcome?.loss }, ahead.compactMap { $0.outcome?.loss }))
        #expect(one.codebook.count == many.codebook.count && one.codebook.count > 0)
        for key in 0..<one.codebook.count {
            #expect(sameBits(one.codebook.values[key].array, many.codebook.values[key].array))
        }
    }
}
