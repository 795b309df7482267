import Checkpoints
import Foundation
import Models
import Tensors
import TestSupport
import Testing

@testable import Editing

/// A small T5 with an edit site, and inputs to edit it with. Version 1.1's logits are wide enough for a value to bring
/// it to most short answers, although its weights are random.
struct Scene {
    let model: T5Model
    let site: EditSite

    /// - Parameter block: the encoder block whose feed-forward output layer is edited.
    init(_ version: String = "v1_1", block: Int = 0, trainable: Bool = false) throws {
        model = try T5Model(folder: fixtures.appendingPathComponent("t5/\(version)"), trainable: trainable)
        site = model.editSites[block]
    }

    /// Inputs of 3 to 9 random tokens, the last of them `</s>`.
    func inputs(_ count: Int, seed: UInt64 = 1) -> [[Int32]] {
        var random = RandomStream(seed: seed, purpose: .test)
        return (0..<count).map { _ in
            let length = Int.random(in: 2...8, using: &random)
            return (0..<length).map { _ in Int32.random(in: 2..<Int32(model.config.vocabSize), using: &random) } + [1]
        }
    }

    var passes: FrozenPasses<T5Model> {
        FrozenPasses(model: model, site: site, maxNewTokens: 20, cached: nil)
    }

    func prefix(_ tokens: [Int32]) -> SitePrefix { model.prefixes(of: [ModelInput(tokens)], at: site)[0] }

    func request(_ step: Int, _ tokens: [Int32], label: [Int32], id: Int = 0) -> EditRequest {
        EditRequest(step: step, id: id, prefix: prefix(tokens), label: label)
    }

    func editor(_ options: GRACEOptions, history: CodebookHistory? = nil) -> GRACEEditor<T5Model> {
        GRACEEditor(model: model, site: site, options: options, history: history)
    }

    /// What the edited model answers.
    func answer(_ tokens: [Int32], _ editor: GRACEEditor<T5Model>) throws -> [Int32] {
        let prefix = prefix(tokens)
        return try answer(prefix, output: editor.apply(to: prefix).siteOutput)
    }

    /// What the model answers with a codebook, by the plain path.
    func answer(_ tokens: [Int32], _ codebook: Codebook, _ options: GRACEOptions) throws -> [Int32] {
        let prefix = prefix(tokens)
        let key = codebook.retrieve(options.query.query(of: prefix))
        return try answer(
            prefix, output: key.map { options.replacement.siteOutput(of: prefix, with: codebook.values[$0]) })
    }

    func frozenAnswer(_ tokens: [Int32]) throws -> [Int32] { try answer(prefix(tokens), output: nil) }

    private func answer(_ prefix: SitePrefix, output: Tensor?) throws -> [Int32] {
        try model.predict([prefix], at: site, siteOutput: output ?? prefix.siteOutput, maxNewTokens: 20)[0]
    }

    /// The distance between the queries of two inputs.
    func distance(_ a: [Int32], _ b: [Int32]) -> Float {
        var codebook = Codebook(keyWidth: site.keyWidth, rules: .paper)
        codebook.add(
            key: QueryToken.last.query(of: prefix(a)), value: Tensor(zeros: [site.valueWidth]), radius: 0, label: [1])
        return codebook.nearest(to: QueryToken.last.query(of: prefix(b)))?.distance ?? .nan
    }
}

/// Options with few training steps, for tests of everything but training.
func quick(radius: Float, steps: Int = 0, _ change: (inout GRACEOptions) -> Void = { _ in }) -> GRACEOptions {
    var options = GRACEOptions(radius: radius)
    options.steps = steps
    change(&options)
    return options
}

/// Expects two codebooks to have the same bits.
func expectSame(
    _ a: Codebook, _ b: Codebook, _ place: Comment, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(a.count == b.count && a.keyWidth == b.keyWidth, place, sourceLocation: sourceLocation)
    #expect(sameBits(a.keys, b.keys), place, sourceLocation: sourceLocation)
    #expect(sameBits(a.values.flatMap(\.array), b.values.flatMap(\.array)), place, sourceLocation: sourceLocation)
    #expect(sameBits(a.radii, b.radii), place, sourceLocation: sourceLocation)
    #expect(a.labels == b.labels, place, sourceLocation: sourceLocation)
}

/// The text of the error that `body` throws.
func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "no error"
    } catch {
        return "\(error)"
    }
}
