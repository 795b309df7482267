import Autodiff
import Models
import Tensors

/// Trains what an editor changes until the edited model gives the label of an error (paper, section 2.2: "until its
/// prediction is accurate"), for at most so many Adam steps, with moments of their own for each edit.
struct AdaptorTrainer<Model: EditableModel> {
    let model: Model
    let site: EditSite
    let learningRate: Float
    let steps: Int

    /// - Throws: `BLAS.Unavailable`: trained weights go through OpenBLAS.
    init(model: Model, site: EditSite, options: AdaptorOptions) throws {
        try BLAS.load()
        self.model = model
        self.site = site
        learningRate = options.learningRate
        steps = options.steps
    }

    struct Result {
        /// The loss that the last step lowered; NaN without steps.
        let loss: Float
        /// Steps taken.
        let steps: Int
        /// Whether the edited model gives the label.
        let success: Bool
    }

    /// Takes Adam steps on the parameters. Where a loss becomes infinite or NaN they are put back to what they were, and
    /// the edit has failed: a learning rate that is too high fails its edits, and does not end the run.
    ///
    /// - Parameters:
    ///   - siteOutput: the layer's output as training sees it, `[positions, valueWidth]`.
    ///   - adaptor: the layer as inference sees it, with the parameters as they are when it is called.
    ///   - regularise: called between the gradients and the step; may add to the gradients.
    func train(
        _ parameters: [Variable], on input: EditedInput, siteOutput: (Tape) -> Variable, adaptor: () -> any Adaptor,
        regularise: () -> Void = {}
    ) throws -> Result {
        let before = parameters.map { $0.value.copy() }
        let adam = Adam(learningRate: learningRate)
        var loss = Float.nan
        for step in 0..<steps {
            let tape = Tape()
            let (total, each) = model.loss(
                of: [input.view.prefix], at: site, siteOutput: siteOutput(tape), labels: [input.label], tape: tape)
            loss = each[0]
            guard loss.isFinite else { return putBack(parameters, to: before, loss: loss, steps: step) }
            tape.backward(from: total)
            regularise()
            adam.step(parameters)
            guard parameters.allSatisfy({ Reduction.sumOfSquares($0.value).isFinite }) else {
                return putBack(parameters, to: before, loss: loss, steps: step + 1)
            }
            if try gives(input, adaptor()) { return Result(loss: loss, steps: step + 1, success: true) }
        }
        return Result(loss: loss, steps: steps, success: try gives(input, adaptor()))
    }

    /// Whether the model gives the label with the adaptor in force. A wrong first token tells, and a token after as many
    /// as the label has would tell nothing more.
    func gives(_ input: EditedInput, _ adaptor: any Adaptor) throws -> Bool {
        func begins(with count: Int) throws -> Bool {
            try answer(to: input, adaptor, maxNewTokens: count) == Array(input.label.prefix(count))
        }
        guard try begins(with: 1) else { return false }
        return input.label.count == 1 ? true : try begins(with: input.label.count)
    }

    /// What the model says with the adaptor in force.
    func answer(to input: EditedInput, _ adaptor: any Adaptor, maxNewTokens: Int) throws -> [Int32] {
        let prefix = input.view.prefix
        return try model.predict(
            [prefix], at: site, siteOutput: adaptor.siteOutput(of: input.view) ?? prefix.siteOutput,
            maxNewTokens: maxNewTokens)[0]
    }

    private func putBack(_ parameters: [Variable], to before: [Tensor], loss: Float, steps: Int) -> Result {
        Self.putBack(parameters, to: before)
        return Result(loss: loss, steps: steps, success: false)
    }

    /// Gives the parameters the values that they had before.
    static func putBack(_ parameters: [Variable], to before: [Tensor]) {
        for (parameter, old) in zip(parameters, before) {
            parameter.value.pointer.update(from: old.pointer, count: old.count)
            parameter.clearGradient()
        }
    }
}
