import Editing
import Models
import Tensors

/// The predictions of a model for one evaluation set, with one adaptor after another in the place of a layer.
package final class AdaptedSet<Model: EditableModel>: PredictedSet {
    private let passes: FrozenPasses<Model>
    private let views: [SiteView]
    private let frozenAnswers: [[Int32]]
    package private(set) var answers: [[Int32]]
    /// Whether the adaptor answers each input, and not the frozen layer.
    package private(set) var isAdapted: [Bool]
    /// How many inputs pass through the model together.
    private static var batch: Int { 64 }

    /// Runs the frozen model over all inputs.
    package init(_ inputs: [ModelInput], through passes: FrozenPasses<Model>, query: QueryToken) throws {
        self.passes = passes
        var views: [SiteView] = [], answers: [[Int32]] = []
        for start in stride(from: 0, to: inputs.count, by: Self.batch) {
            for pass in try passes(Array(inputs[start..<min(start + Self.batch, inputs.count)])) {
                answers.append(pass.answer)
                views.append(SiteView(pass.prefix, query: query))
            }
        }
        self.views = views
        self.answers = answers
        frozenAnswers = answers
        isAdapted = Array(repeating: false, count: inputs.count)
    }

    package var count: Int { views.count }

    /// Puts an adaptor in force. Returns the inputs whose answers were computed anew or fell back to the frozen model's.
    @discardableResult
    package func apply(_ adaptor: any Adaptor) throws -> [Int] {
        let outputs = views.map(adaptor.siteOutput)
        let rerun = outputs.indices.filter { outputs[$0] != nil }
        let changed = outputs.indices.filter { outputs[$0] != nil || isAdapted[$0] }
        for i in changed where outputs[i] == nil { answers[i] = frozenAnswers[i] }
        isAdapted = outputs.map { $0 != nil }
        for start in stride(from: 0, to: rerun.count, by: Self.batch) {
            let part = rerun[start..<min(start + Self.batch, rerun.count)]
            let fresh = try passes.predict(
                part.map { views[$0].prefix }, siteOutput: Rows.concatenate(part.compactMap { outputs[$0] }))
            for (i, answer) in zip(part, fresh) { answers[i] = answer }
        }
        return changed
    }
}
