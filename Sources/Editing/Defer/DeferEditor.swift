import Autodiff
import Models
import Tensors

/// The Defer adaptor (paper, section 3.1, after Mitchell et al. 2022b): gate and predictor are trained on each error, the
/// layer's output being the mixture `(1 - g) · frozen + g · prediction` with the gate's sigmoid g.
package final class DeferEditor<Model: EditableModel>: AdaptorEditor {
    let options: AdaptorOptions
    private let trainer: AdaptorTrainer<Model>
    private let gate: TrainableLayer
    private let predictor: TrainableLayer
    private(set) var editCount: Int

    /// An editor that begins with random layers, or goes on from a record.
    package init(
        model: Model, site: EditSite, options: AdaptorOptions, record: AdaptorRecord = AdaptorRecord()
    ) throws {
        self.options = options
        trainer = try AdaptorTrainer(model: model, site: site, options: options)
        var random = RandomStream(seed: options.seed, purpose: .adaptorInitialisation)
        gate = try TrainableLayer("gate", inputs: site.keyWidth, outputs: 1, record, &random)
        predictor = try TrainableLayer(
            "predictor", inputs: site.keyWidth, outputs: site.valueWidth, record, &random)
        editCount = record.editCount
    }

    /// What is trained.
    var named: [(name: String, variable: Variable)] { gate.named("gate") + predictor.named("predictor") }

    var layer: DeferAdaptor {
        DeferAdaptor(gate: gate.frozen, predictor: predictor.frozen, replacement: options.replacement)
    }

    package func edit(_ request: EditRequest) throws -> EditOutcome {
        let input = EditedInput(request, query: options.query)
        let result = try trainer.train(
            named.map(\.variable), on: input,
            siteOutput: { self.mixture(input.view, $0) }, adaptor: { self.layer })
        editCount += 1
        return EditOutcome(action: "defer", loss: result.loss, steps: result.steps, success: result.success)
    }

    /// The layer's output in training: `frozen + g · (prediction - frozen)` at the tokens that are replaced.
    func mixture(_ view: SiteView, _ tape: Tape) -> Variable {
        let query = Variable(view.query), frozen = view.prefix.siteOutput
        let prediction = tape.replaceRows(
            of: Variable(frozen), with: predictor(query, tape),
            options.replacement.rows(of: view.prefix, replacedBy: 0))
        let change = tape.add(prediction, Variable(Elementwise.scale(frozen, by: -1)))
        let share = tape.gather(
            tape.activation(gate(query, tape), .sigmoid), [Int32](repeating: 0, count: frozen.rowCount))
        // Each row's share, once for each of its columns.
        let ones = Variable(Tensor([Float](repeating: 1, count: frozen.rowWidth), shape: [frozen.rowWidth, 1]))
        return tape.add(Variable(frozen), tape.multiply(tape.linear(share, weight: ones), change))
    }
}
