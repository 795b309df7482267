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

    /// Runs the frozen model over all inputs.
    package init(_ inputs: [ModelInput], through passes: FrozenPasses<Model>, query: QueryToken) throws {
        self.passes = passes
        var views: [SiteView] = [], answers: [[Int32]] = []
        try passes.forEach(of: inputs) { pass in
            answers.append(pass.answer)
            views.append(SiteView(pass.prefix, query: query))
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
        let fresh = try passes.answers(rerun.map { (views[$0].prefix, outputs[$0] ?? views[$0].prefix.siteOutput) })
        for (i, answer) in zip(rerun, fresh) { answers[i] = answer }
        return changed
    }
}
