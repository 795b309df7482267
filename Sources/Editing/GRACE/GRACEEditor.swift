import Models
import Tensors

/// GRACE: General Retrieval Adaptors for Continual Editing (paper, section 2.2).
package final class GRACEEditor<Model: EditableModel>: Editor {
    package let site: EditSite
    package let options: GRACEOptions
    package private(set) var codebook: Codebook
    package private(set) var history: CodebookHistory
    private let trainer: ValueTrainer<Model>

    /// An editor that starts with an empty codebook, or goes on where `history` ended.
    package init(model: Model, site: EditSite, options: GRACEOptions, history: CodebookHistory? = nil) {
        self.site = site
        self.options = options
        trainer = ValueTrainer(model: model, site: site, options: options)
        self.history = history ?? CodebookHistory(keyWidth: site.keyWidth, valueWidth: site.valueWidth)
        codebook = self.history.codebook(at: .max, rules: options.rules)
    }

    package func retrieve(_ prefix: SitePrefix) -> Retrieval {
        guard let near = codebook.nearest(to: options.query.query(of: prefix)) else {
            return Retrieval(siteOutput: nil, key: nil, distance: .nan, radius: .nan)
        }
        let output = codebook.covers(near)
            ? options.replacement.siteOutput(of: prefix, with: codebook.values[near.key]) : nil
        return Retrieval(
            siteOutput: output, key: near.key, distance: near.distance, radius: codebook.radii[near.key])
    }

    package func edit(_ request: EditRequest) throws -> EditOutcome {
        let query = options.query.query(of: request.prefix)
        guard query.allSatisfy(\.isFinite) else { throw EditingError.queryNotFinite(step: request.step, id: request.id) }
        let decision = codebook.decide(query: query, label: request.label, initialRadius: options.radius)
        let key = codebook.apply(decision, query: query, label: request.label, initialRadius: options.radius) {
            initialValue(for: request)
        }
        let start = ValueTrainer<Model>.Case(
            prefix: request.prefix, label: request.label, value: codebook.values[key])
        let trained = trainer.train([start])[0]
        if let step = trained.divergedAt {
            throw EditingError.editDiverged(step: request.step, id: request.id, at: step)
        }
        codebook.setValue(trained.value, of: key)
        history.record(decision, key: key, of: codebook, request)
        return EditOutcome(
            action: decision.name, key: key, distance: decision.nearest?.distance ?? .nan,
            radius: codebook.radii[key], loss: trained.loss, steps: options.steps)
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
