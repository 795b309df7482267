import Autodiff
import Models
import Tensors

/// MEND (Mitchell et al. 2022a), adapted to a stream that has nothing but errors (paper, section 3.1): a hypernetwork turns
/// the factors of the layer's finetuning gradient into those of an update of its weights. It is trained on each error until
/// its update corrects the model; the update is then applied, and the hypernetwork goes on from there.
///
/// The error serves as inner and as outer example. Locality is that of an earlier edit, drawn by (seed, step): the loss on
/// what the model says of it before the update, in place of the divergence from the whole distribution.
package final class MENDEditor<Model: EditableModel>: AdaptorEditor {
    let options: AdaptorOptions
    private let variant: MENDOptions
    private let trainer: AdaptorTrainer<Model>
    private var weight: Tensor
    private let bias: Tensor?
    private let network: Hypernetwork
    /// The learned step size of the layer, `[1]`.
    private let rate: Variable
    private let networkOptimiser: AdamW
    private let rateOptimiser: AdamW
    private var inputMoments: RunningMoments
    private var gradientMoments: RunningMoments
    private(set) var editCount: Int
    private var edits: [EditedInput]

    /// An editor that starts with the frozen layer and an untrained hypernetwork, or goes on from a record.
    ///
    /// - Parameter edits: everything that was edited so far.
    package init(
        model: Model, site: EditSite, options: AdaptorOptions, variant: MENDOptions = MENDOptions(),
        record: AdaptorRecord = AdaptorRecord(), edits: [EditRequest] = []
    ) throws {
        self.options = options
        self.variant = variant
        trainer = try AdaptorTrainer(model: model, site: site, options: options)
        let layer = model.layer(at: site)
        weight = try record.tensor("weight", shape: layer.weight.shape) ?? layer.weight.copy()
        bias = layer.bias
        network = try Hypernetwork(
            inputs: site.keyWidth, outputs: site.valueWidth, rank: variant.rank, seed: options.seed, record)
        rate = Variable(
            try record.tensor("rate", shape: [1]) ?? Tensor([variant.editRate], shape: [1]), requiresGradient: true)
        networkOptimiser = try AdamW(network.parameters, record)
        rateOptimiser = try AdamW([("rate", rate)], record)
        inputMoments = try RunningMoments("input", width: site.keyWidth, record)
        gradientMoments = try RunningMoments("gradient", width: site.valueWidth, record)
        editCount = record.editCount
        self.edits = edits.map { EditedInput($0, query: options.query) }
    }

    /// What is trained.
    var named: [(name: String, variable: Variable)] { network.parameters + [("rate", rate)] }

    var layer: LinearAdaptor { LinearAdaptor(weight: weight, bias: bias) }

    package var record: AdaptorRecord {
        var tensors = ["weight": weight]
        for (name, variable) in named { tensors[name] = variable.value }
        for part in [
            networkOptimiser.tensors, rateOptimiser.tensors, inputMoments.tensors("input"),
            gradientMoments.tensors("gradient"),
        ] { tensors.merge(part) { $1 } }
        return AdaptorRecord(tensors: tensors.mapValues { $0.copy() }, editCount: editCount)
    }

    package func edit(_ request: EditRequest) throws -> EditOutcome {
        let input = EditedInput(request, query: options.query)
        defer {
            editCount += 1
            edits.append(input)
        }
        let (factors, innerLoss) = gradientFactors(of: input)
        guard factors.u.rowCount > 0 else {
            return EditOutcome(action: "mend", loss: innerLoss, steps: 0, success: false)
        }
        inputMoments.add(factors.u)
        gradientMoments.add(factors.v)
        let normalised = (u: inputMoments.normalised(factors.u), v: gradientMoments.normalised(factors.v))
        var random = RandomStream(seed: options.seed, purpose: .replay, index: UInt64(request.step))
        let earlier = edits.isEmpty ? nil : try kept(edits[Int.random(in: 0..<edits.count, using: &random)])
        var (loss, steps, success) = (innerLoss, 0, false)
        while steps < options.steps, !success {
            guard let found = trainStep(normalised, input, earlier) else { break }
            (loss, steps) = (found, steps + 1)
            success = try trainer.gives(input, updated(normalised))
        }
        let update = updated(normalised).weight
        if Reduction.sumOfSquares(update).isFinite { weight = update }
        return EditOutcome(action: "mend", loss: loss, steps: steps, success: try trainer.gives(input, layer))
    }

    /// The rows of the layer's input and of the gradient at its output, without those that are zero, and the loss.
    func gradientFactors(of input: EditedInput) -> (factors: (u: Tensor, v: Tensor), loss: Float) {
        let tape = Tape()
        let output = Variable(
            layer.siteOutput(of: input.view) ?? input.view.prefix.siteOutput, requiresGradient: true)
        let (total, each) = trainer.model.loss(
            of: [input.view.prefix], at: trainer.site, siteOutput: output, labels: [input.label], tape: tape)
        tape.backward(from: total)
        let gradient = output.gradient ?? Tensor(zeros: output.shape)
        let kept = (0..<gradient.rowCount).filter { row in
            [gradient, input.view.rows].allSatisfy { Reduction.sumOfSquares($0.rows(row..<row + 1)) > 0 }
        }.map(Int32.init)
        return ((Rows.gather(input.view.rows, kept), Rows.gather(gradient, kept)), each[0])
    }

    /// An earlier input with what the model says of it now.
    private func kept(_ input: EditedInput) throws -> EditedInput {
        try EditedInput(view: input.view, label: trainer.answer(to: input, layer, maxNewTokens: input.label.count))
    }

    /// The layer's weights after the update that the hypernetwork makes of the factors.
    private func updatedWeight(_ factors: (u: Tensor, v: Tensor), _ tape: Tape) -> Variable {
        let (u, v) = network(u: factors.u, v: factors.v, tape)
        return tape.descend(weight, rate: rate, along: tape.sumOfOuterProducts(v, u))
    }

    private func updated(_ factors: (u: Tensor, v: Tensor)) -> LinearAdaptor {
        LinearAdaptor(weight: updatedWeight(factors, Tape(recording: false)).value, bias: bias)
    }

    /// The outer loss: of the edit, and of an earlier input, with the updated weights.
    func outerLoss(
        _ factors: (u: Tensor, v: Tensor), _ input: EditedInput, _ earlier: EditedInput?, _ tape: Tape
    ) -> (total: Variable, edit: Float) {
        let weight = updatedWeight(factors, tape)
        func loss(_ input: EditedInput) -> (total: Variable, each: [Float]) {
            trainer.model.loss(
                of: [input.view.prefix], at: trainer.site,
                siteOutput: tape.linear(Variable(input.view.rows), weight: weight, bias: bias.map { Variable($0) }),
                labels: [input.label], tape: tape)
        }
        let edit = loss(input)
        var total = tape.scale(edit.total, by: variant.editWeight)
        if let earlier { total = tape.add(total, tape.scale(loss(earlier).total, by: variant.localityWeight)) }
        return (total, edit.each[0])
    }

    /// One step of the hypernetwork; returns the edit's loss before it, nil where there is no step to take because a
    /// number is infinite or NaN.
    private func trainStep(
        _ factors: (u: Tensor, v: Tensor), _ input: EditedInput, _ earlier: EditedInput?
    ) -> Float? {
        let tape = Tape()
        let (total, loss) = outerLoss(factors, input, earlier, tape)
        guard total.value.scalar.isFinite else { return nil }
        tape.backward(from: total)
        let parameters = named.map(\.variable)
        guard parameters.allSatisfy({ $0.gradient.map { Reduction.sumOfSquares($0).isFinite } ?? true }) else {
            for parameter in parameters { parameter.clearGradient() }
            return nil
        }
        networkOptimiser.step(learningRate: options.learningRate, clip: variant.clip)
        rateOptimiser.step(learningRate: variant.editRateLearningRate, clip: variant.clip)
        return loss
    }
}

extension AdamW {
    /// An optimiser without decay whose moments and steps are those of the record, where it has them.
    fileprivate convenience init(
        _ parameters: [(name: String, variable: Variable)], _ record: AdaptorRecord
    ) throws {
        self.init(
            parameters.map { Parameter(name: $0.name, variable: $0.variable, decays: false) }, weightDecay: 0)
        for (parameter, moment) in zip(self.parameters, moments) {
            for (name, target) in [("first_moment", moment.first), ("second_moment", moment.second)] {
                guard let saved = try record.tensor("\(name).\(parameter.name)", shape: target.shape) else { continue }
                target.pointer.update(from: saved.pointer, count: saved.count)
            }
            steps = try record.count("steps.\(parameter.name)")
        }
    }

    /// Moments and steps as tensors of a record.
    fileprivate var tensors: [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (parameter, moment) in zip(parameters, moments) {
            tensors["first_moment.\(parameter.name)"] = moment.first
            tensors["second_moment.\(parameter.name)"] = moment.second
            tensors["steps.\(parameter.name)"] = Tensor([Float(steps)], shape: [1])
        }
        return tensors
    }
}
