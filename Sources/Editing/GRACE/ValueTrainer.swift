import Autodiff
import Models
import Tensors

/// Trains values so that the frozen rest of the model gives the labels.
///
/// Cases are independent: each value meets only its own input and label, so any number may be trained together with
/// the result of training each alone. That is the place for lookahead: values of coming errors in one batch.
package struct ValueTrainer<Model: EditableModel> {
    package struct Case {
        package let prefix: SitePrefix
        package let label: [Int32]
        /// Where the value starts: `[valueWidth]`.
        package let value: Tensor

        package init(prefix: SitePrefix, label: [Int32], value: Tensor) {
            self.prefix = prefix
            self.label = label
            self.value = value
        }
    }

    package struct Result {
        /// The trained value, `[valueWidth]`.
        package let value: Tensor
        /// The loss that the last step lowered; NaN without steps.
        package let loss: Float
        /// The first step, from 1, whose loss was infinite or NaN; the last one when the value that it left is.
        package let divergedAt: Int?
    }

    let model: Model
    let site: EditSite
    let options: GRACEOptions

    package init(model: Model, site: EditSite, options: GRACEOptions) {
        self.model = model
        self.site = site
        self.options = options
    }

    /// Takes `options.steps` Adam steps on every case, with moments of its own for each edit.
    package func train(_ cases: [Case]) -> [Result] {
        let prefixes = cases.map(\.prefix), labels = cases.map(\.label)
        let values = Variable(
            Rows.concatenate(cases.map { $0.value.reshaped([1, site.valueWidth]) }), requiresGradient: true)
        let frozen = Variable(Rows.concatenate(prefixes.map(\.siteOutput)))
        let rows = prefixes.enumerated().flatMap { index, prefix in
            options.replacement.rows(of: prefix, replacedBy: Int32(index))
        }
        let adam = Adam(learningRate: options.learningRate)
        var losses = [Float](repeating: .nan, count: cases.count)
        var divergedAt = [Int?](repeating: nil, count: cases.count)
        for step in 0..<options.steps {
            let tape = Tape()
            let siteOutput = tape.replaceRows(of: frozen, with: values, rows)
            let (total, each) = model.loss(
                of: prefixes, at: site, siteOutput: siteOutput, labels: labels, tape: tape)
            for (index, loss) in each.enumerated() where !loss.isFinite && divergedAt[index] == nil {
                divergedAt[index] = step + 1
            }
            tape.backward(from: total)
            adam.step([values])
            losses = each
        }
        return cases.indices.map { index in
            let value = values.value.rows(index..<index + 1).copy().reshaped([site.valueWidth])
            let isFinite = value.array.allSatisfy(\.isFinite)
            return Result(
                value: value, loss: losses[index], divergedAt: divergedAt[index] ?? (isFinite ? nil : options.steps))
        }
    }
}
