import Checkpoints
import Editing
import Models
import Tensors

/// The predictions of an edited model for one evaluation set, kept up to date edit by edit.
///
/// For each input: its query, the nearest key so far with its distance, and the current answer. An edit brings at most
/// one new key, so one distance per input finds the new nearest key; only inputs that now get another value, or whose
/// value was trained, pass through the model again.
package final class ReplayedSet<Model: EditableModel>: PredictedSet {
    private let passes: FrozenPasses<Model>
    private let options: GRACEOptions
    private let prefixes: [SitePrefix]
    private let queries: [[Float]]
    private let frozenAnswers: [[Int32]]
    private var nearest: [Codebook.Neighbour?]
    /// The key whose value answers each input; nil where the frozen layer does.
    private var keyInForce: [Int?]
    package private(set) var answers: [[Int32]]

    /// Runs the frozen model over all inputs. `nearest` starts from an empty codebook.
    package init(_ inputs: [ModelInput], through passes: FrozenPasses<Model>, options: GRACEOptions) throws {
        self.passes = passes
        self.options = options
        var prefixes: [SitePrefix] = [], answers: [[Int32]] = [], queries: [[Float]] = []
        try passes.forEach(of: inputs) { pass in
            answers.append(pass.answer)
            queries.append(options.query.query(of: pass.prefix))
            prefixes.append(pass.prefix.withoutSiteInput)
        }
        self.prefixes = prefixes
        self.queries = queries
        self.answers = answers
        frozenAnswers = answers
        nearest = Array(repeating: nil, count: inputs.count)
        keyInForce = Array(repeating: nil, count: inputs.count)
    }

    package var count: Int { prefixes.count }

    /// Follows an edit that left `codebook` as it is, brought the keys `newKeys`, and trained the value of `trained`.
    /// Returns the inputs whose answers were computed anew or fell back to the frozen model's.
    @discardableResult
    package func follow(_ codebook: Codebook, newKeys: Range<Int>, trained: Int?) throws -> [Int] {
        var changed: [Int] = [], rerun: [Int] = []
        for i in 0..<count {
            for key in newKeys { meet(key, i, codebook) }
            let now = nearest[i].flatMap { codebook.covers($0) ? $0.key : nil }
            guard now != keyInForce[i] || (now != nil && now == trained) else { continue }
            keyInForce[i] = now
            changed.append(i)
            if now == nil { answers[i] = frozenAnswers[i] } else { rerun.append(i) }
        }
        let fresh = try passes.answers(rerun.lazy.map { self.withValueInForce($0, codebook) })
        for (i, answer) in zip(rerun, fresh) { answers[i] = answer }
        return changed
    }

    /// Compares input i with a key it has not met.
    private func meet(_ key: Int, _ i: Int, _ codebook: Codebook) {
        let distance = queries[i].withUnsafeBufferPointer { query in
            query.baseAddress.map { codebook.distance(from: $0, to: key) } ?? .infinity
        }
        if nearest[i].map({ codebook.isNearer(distance, than: $0.distance) }) ?? true {
            nearest[i] = Codebook.Neighbour(key: key, distance: distance)
        }
    }

    /// Input i, and what the edited layer puts out for it.
    private func withValueInForce(_ i: Int, _ codebook: Codebook) -> (SitePrefix, siteOutput: Tensor) {
        let value = keyInForce[i].map { options.replacement.siteOutput(of: prefixes[i], with: codebook.values[$0]) }
        return (prefixes[i], value ?? prefixes[i].siteOutput)
    }
}
