import Models
import Tensors

/// Training ahead: a value depends on the frozen model, the input, the label and the value that training starts from. So
/// edits of different keys do not wait for each other, and their values are trained together.
extension GRACEEditor {
    /// Trains the value of the first request together with all others that can be known now. An edit uses one only where
    /// it started from the value in force by then.
    package func lookAhead(
        _ requests: [EditRequest], isError: (EditRequest, Tensor?) -> Bool
    ) -> [Int] {
        guard let present = requests.first, result(ofPresent: present) == nil else { return [] }
        trainedAhead = trainedAhead.filter { $0.key > present.step }
        let ready = readyCases(requests, isError: isError)
        guard ready.count > 1 else { return [] }
        return zip(ready, trainer.trainAhead(ready.map(\.item))).compactMap { ahead, trained in
            guard let trained else { return nil }
            trainedAhead[ahead.step] = (ahead.item.value, trained)
            return ahead.step
        }
    }

    private func result(ofPresent request: EditRequest) -> ValueTrainer<Model>.Result? {
        let decision = codebook.decide(
            query: options.query.query(of: request.prefix), label: request.label, initialRadius: options.radius)
        return knownResult(for: request, start: startValue(for: request, decision) { codebook.values[$0] })
    }

    /// The trained value of a request, if it is known: trained ahead from this start, or by another run.
    func knownResult(for request: EditRequest, start: Tensor) -> ValueTrainer<Model>.Result? {
        if let ahead = trainedAhead[request.step], ahead.start.array == start.array { return ahead.trained }
        guard let cached = trainer.cachedResult(of: trainingCase(request, start: start)) else { return nil }
        trainedAhead[request.step] = (start, cached)
        return cached
    }

    /// What training can begin with: the requests go by a draft of the codebook as the stream will have them go by, and
    /// those that are edits, with their start value known, are ready.
    private func readyCases(
        _ requests: [EditRequest], isError: (EditRequest, Tensor?) -> Bool
    ) -> [(step: Int, item: ValueTrainer<Model>.Case)] {
        let queries = requests.map { options.query.query(of: $0.prefix) }
        var ready: [(step: Int, item: ValueTrainer<Model>.Case)] = []
        var draft = CodebookDraft(codebook)
        // Keys whose value is not known before what is ready has been trained.
        var pending: Set<Int> = []
        for (n, near) in codebook.nearest(to: queries).enumerated() {
            let request = requests[n], query = queries[n]
            guard query.allSatisfy(\.isFinite) else { break }
            let near = draft.nearest(to: query, inCodebook: near)
            let covering = near.flatMap { $0.distance <= draft.radius(of: $0.key) ? $0.key : nil }
            if let key = covering, pending.contains(key) {
                // It probably gives its label.
                guard !draft.rules.sameLabel(draft.label(of: key), request.label) else { continue }
            } else {
                let output = covering.map {
                    options.replacement.siteOutput(of: request.prefix, with: draft.value(of: $0))
                }
                guard isError(request, output) else { continue }
            }
            let decision = draft.decide(nearest: near, label: request.label, initialRadius: options.radius)
            let start = startValue(for: request, decision, value: draft.value)
            let key = draft.apply(
                decision, query: query, label: request.label, initialRadius: options.radius, newValue: { start })
            guard !pending.contains(key) else { continue }
            if let known = knownResult(for: request, start: start) {
                draft.setValue(known.value, of: key)
            } else {
                ready.append((request.step, trainingCase(request, start: start)))
                pending.insert(key)
            }
        }
        return ready
    }
}
