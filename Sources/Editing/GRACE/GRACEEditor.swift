import Models
import Tensors

/// GRACE: General Retrieval Adaptors for Continual Editing (paper, section 2.2).
package final class GRACEEditor<Model: EditableModel>: Editor {
    package let site: EditSite
    package let options: GRACEOptions
    package private(set) var codebook: Codebook
    /// The record of every edit.
    package private(set) var record: CodebookHistory
    private let trainer: ValueTrainer<Model>
    /// Values trained ahead of need, by the step of their edit.
    private var trainedAhead: [Int: ValueTrainer<Model>.Result] = [:]

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

    /// Trains the values that the requests would give new keys, together. A new key's trained value depends on the
    /// frozen model, the input, the label and (seed, step), never on the codebook, so it can be made ahead of need.
    package func lookAhead(_ requests: [EditRequest]) {
        let likely = requests.filter { request in
            let query = options.query.query(of: request.prefix)
            return codebook.decide(query: query, label: request.label, initialRadius: options.radius).addsKey
        }
        trainedAhead.removeAll()
        guard likely.count > 1 else { return }
        for (request, trained) in zip(likely, trainer.train(likely.map { newCase($0, value: initialValue(for: $0)) })) {
            trainedAhead[request.step] = trained
        }
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

    /// The value in force for the request after its edit: that of a new key, perhaps trained ahead, or that of the
    /// nearest key, trained on.
    private func trainedValue(
        for request: EditRequest, _ decision: Codebook.Decision
    ) -> ValueTrainer<Model>.Result {
        let ahead = trainedAhead.removeValue(forKey: request.step)
        let start: Tensor
        switch decision {
        case .add, .split:
            if let ahead { return ahead }
            start = initialValue(for: request)
        case .expand(let near), .train(let near): start = codebook.values[near.key]
        }
        return trainer.train([newCase(request, value: start)])[0]
    }

    private func newCase(_ request: EditRequest, value: Tensor) -> ValueTrainer<Model>.Case {
        ValueTrainer<Model>.Case(prefix: request.prefix, label: request.label, value: value)
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
