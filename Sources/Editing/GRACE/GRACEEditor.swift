import Models
import Tensors

/// GRACE: General Retrieval Adaptors for Continual Editing (paper, section 2.2).
package final class GRACEEditor<Model: EditableModel>: Editor {
    package let site: EditSite
    package let options: GRACEOptions
    package private(set) var codebook: Codebook
    /// The record of every edit.
    package private(set) var record: CodebookHistory
    let trainer: ValueTrainer<Model>
    /// Values trained ahead of need, each with the one that it started from, by the step of their edit.
    var trainedAhead: [Int: (start: Tensor, trained: ValueTrainer<Model>.Result)] = [:]

    /// An editor that starts with an empty codebook, or goes on where `history` ended.
    ///
    /// - Parameter cached: values that other runs trained.
    package init(
        model: Model, site: EditSite, options: GRACEOptions, history: CodebookHistory? = nil,
        cached: CachedRecords? = nil
    ) {
        self.site = site
        self.options = options
        trainer = ValueTrainer(model: model, site: site, options: options, cached: cached)
        record = history ?? CodebookHistory(keyWidth: site.keyWidth, valueWidth: site.valueWidth)
        codebook = record.codebook(at: .max, rules: options.rules)
    }

    package var summary: String { "\(record.editCount) edits, \(codebook.count) keys" }

    package func apply(to prefix: SitePrefix) -> Retrieval {
        guard let near = codebook.nearest(to: options.query.query(of: prefix)) else {
            return Retrieval(siteOutput: nil)
        }
        let output =
            codebook.covers(near)
            ? options.replacement.siteOutput(of: prefix, with: codebook.values[near.key]) : nil
        return Retrieval(
            siteOutput: output, key: near.key, distance: near.distance, radius: codebook.radii[near.key])
    }

    package func edit(_ request: EditRequest) throws -> EditOutcome {
        let query = options.query.query(of: request.prefix)
        guard query.allSatisfy(\.isFinite) else {
            throw EditingError.queryNotFinite(step: request.step, id: request.id)
        }
        let decision = codebook.decide(query: query, label: request.label, initialRadius: options.radius)
        let trained = trainedValue(for: request, decision)
        if let step = trained.divergedAt {
            throw EditingError.editDiverged(step: request.step, id: request.id, at: step)
        }
        // The codebook changes only now, so that an edit that fails leaves no trace.
        let key = codebook.apply(decision, query: query, label: request.label, initialRadius: options.radius) {
            trained.value
        }
        codebook.setValue(trained.value, of: key)
        record.record(decision, key: key, of: codebook, request)
        return EditOutcome(
            action: decision.name, key: key, distance: decision.nearest?.distance ?? .nan,
            radius: codebook.radii[key], loss: trained.loss, steps: options.steps)
    }

    /// The value in force for the request after its edit, perhaps trained ahead.
    private func trainedValue(for request: EditRequest, _ decision: Codebook.Decision) -> ValueTrainer<Model>.Result {
        let start = startValue(for: request, decision) { codebook.values[$0] }
        let known = knownResult(for: request, start: start)
        trainedAhead[request.step] = nil
        return known ?? trainer.train([trainingCase(request, start: start)])[0]
    }

    /// What a decision trains: the value of a new key, or that of the nearest one, on from where it is.
    func startValue(for request: EditRequest, _ decision: Codebook.Decision, value: (Int) -> Tensor) -> Tensor {
        switch decision {
        case .add, .split: initialValue(for: request)
        case .expand(let near), .train(let near): value(near.key)
        }
    }

    func trainingCase(_ request: EditRequest, start: Tensor) -> ValueTrainer<Model>.Case {
        ValueTrainer<Model>.Case(prefix: request.prefix, label: request.label, value: start)
    }

    /// The value that a new key starts from.
    private func initialValue(for request: EditRequest) -> Tensor {
        switch options.initialisation {
        case .cold:
            var random = RandomStream(
                seed: options.seed, purpose: .valueInitialisation, index: UInt64(request.step))
            return random.uniform([site.valueWidth])
        case .warm:
            let output = request.prefix.siteOutput
            let row = options.query == .first ? 0 : output.rowCount - 1
            return output.rows(row..<row + 1).copy().reshaped([site.valueWidth])
        }
    }
}
