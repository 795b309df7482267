import Autodiff
import Models
import Tensors

/// The memory network adaptor (paper, section 3.1): a soft codebook. Attention and values are trained on each error.
package final class MemoryEditor<Model: EditableModel>: AdaptorEditor {
    let options: AdaptorOptions
    private let trainer: AdaptorTrainer<Model>
    private let attention: TrainableLayer
    private let values: Variable
    private(set) var editCount: Int

    /// An editor that begins with random attention and values uniform in [0, 1), or goes on from a record.
    ///
    /// - Parameter size: how many values there are.
    package init(
        model: Model, site: EditSite, options: AdaptorOptions, size: Int = 100,
        record: AdaptorRecord = AdaptorRecord()
    ) throws {
        self.options = options
        trainer = try AdaptorTrainer(model: model, site: site, options: options)
        var random = RandomStream(seed: options.seed, purpose: .adaptorInitialisation)
        attention = try TrainableLayer("attention", inputs: site.keyWidth, outputs: size, record, &random)
        let shape = [site.valueWidth, size]
        values = Variable(try record.tensor("values", shape: shape) ?? random.uniform(shape), requiresGradient: true)
        editCount = record.editCount
    }

    /// What is trained.
    var named: [(name: String, variable: Variable)] { attention.named("attention") + [("values", values)] }

    var layer: MemoryAdaptor {
        MemoryAdaptor(attention: attention.frozen, values: values.value, replacement: options.replacement)
    }

    package func edit(_ request: EditRequest) throws -> EditOutcome {
        let input = EditedInput(request, query: options.query)
        let result = try trainer.train(
            named.map(\.variable), on: input,
            siteOutput: { self.recalled(input.view, $0) }, adaptor: { self.layer })
        editCount += 1
        return EditOutcome(action: "memory", loss: result.loss, steps: result.steps, success: result.success)
    }

    /// The layer's output in training: the weighted sum of the values at the tokens that are replaced.
    func recalled(_ view: SiteView, _ tape: Tape) -> Variable {
        let weights = tape.softmax(attention(Variable(view.query), tape))
        return tape.replaceRows(
            of: Variable(view.prefix.siteOutput), with: tape.linear(weights, weight: values),
            options.replacement.rows(of: view.prefix, replacedBy: 0))
    }
}
