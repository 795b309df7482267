import Autodiff
import Models
import Tensors

/// Continual finetuning of one layer (paper, section 3.1): Adam on the layer's weights for each error, until the
/// prediction is right.
package final class FinetuneEditor<Model: EditableModel>: AdaptorEditor {
    let options: AdaptorOptions
    private let variant: FinetuneOptions
    private let trainer: AdaptorTrainer<Model>
    private let weight: Variable
    private let bias: Variable?
    private(set) var editCount: Int
    private var edits: [EditedInput] = []

    /// An editor that starts with the frozen layer, or goes on from a record.
    ///
    /// - Parameter edits: what was edited so far, as far as the variant needs it.
    package init(
        model: Model, site: EditSite, options: AdaptorOptions, variant: FinetuneOptions = FinetuneOptions(),
        record: AdaptorRecord = AdaptorRecord(), edits: [EditRequest] = []
    ) throws {
        self.options = options
        self.variant = variant
        trainer = try AdaptorTrainer(model: model, site: site, options: options)
        let layer = model.layer(at: site)
        weight = Variable(
            try record.tensor("weight", shape: layer.weight.shape) ?? layer.weight.copy(), requiresGradient: true)
        bias = try layer.bias.map { bias in
            Variable(try record.tensor("bias", shape: bias.shape) ?? bias.copy(), requiresGradient: true)
        }
        editCount = record.editCount
        self.edits = edits.map { EditedInput($0, query: options.query) }
    }

    private var parameters: [Variable] { [weight] + (bias.map { [$0] } ?? []) }

    var layer: LinearAdaptor { LinearAdaptor(weight: weight.value, bias: bias?.value) }

    package func edit(_ request: EditRequest) throws -> EditOutcome {
        let input = EditedInput(request, query: options.query)
        let anchor = ElasticAnchor(
            parameters, weight: variant.ewc,
            gradients: variant.ewc > 0 ? edits.suffix(variant.ewcEdits).map(gradients) : [])
        let result = try trainer.train(
            parameters, on: input, siteOutput: { self.siteOutput(of: input.view, $0) }, adaptor: { self.layer },
            regularise: { anchor?.addGradients(to: self.parameters) })
        editCount += 1
        if variant.historyNeeded > 0 {
            edits.append(input)
            if edits.count > variant.historyNeeded { edits.removeFirst() }
        }
        var success = result.success
        if variant.retrainEvery > 0, editCount.isMultiple(of: variant.retrainEvery) {
            retrain(step: request.step)
            success = try trainer.gives(input, layer)
        }
        return EditOutcome(action: "finetune", loss: result.loss, steps: result.steps, success: success)
    }

    private func siteOutput(of view: SiteView, _ tape: Tape) -> Variable {
        tape.linear(Variable(view.rows), weight: weight, bias: bias)
    }

    /// Trains on batches of all edits so far, which (seed, stream step) draws.
    private func retrain(step: Int) {
        var random = RandomStream(seed: options.seed, purpose: .replay, index: UInt64(step))
        let before = parameters.map { $0.value.copy() }
        let adam = Adam(learningRate: options.learningRate)
        for _ in 0..<variant.retrainSteps {
            let batch = random.permutation(edits.count).prefix(Self.batch).map { edits[$0] }
            addGradients(of: batch[...], 1 / Float(batch.count))
            adam.step(parameters)
        }
        if !parameters.allSatisfy({ Reduction.sumOfSquares($0.value).isFinite }) {
            AdaptorTrainer<Model>.putBack(parameters, to: before)
        }
    }

    private static var batch: Int { 16 }

    /// The gradients of one input's loss.
    private func gradients(of input: EditedInput) -> [Tensor] {
        addGradients(of: [input], 1)
        defer { for parameter in parameters { parameter.clearGradient() } }
        return parameters.map { $0.gradient ?? Tensor(zeros: $0.shape) }
    }

    /// Adds the gradients of the inputs' losses, each by `factor`, to the parameters.
    private func addGradients(of inputs: ArraySlice<EditedInput>, _ factor: Float) {
        guard !inputs.isEmpty else { return }
        let tape = Tape()
        let rows = Variable(Rows.concatenate(inputs.map(\.view.rows)))
        let (total, _) = trainer.model.loss(
            of: inputs.map(\.view.prefix), at: trainer.site,
            siteOutput: tape.linear(rows, weight: weight, bias: bias), labels: inputs.map(\.label), tape: tape)
        tape.backward(from: tape.scale(total, by: factor))
    }
}
