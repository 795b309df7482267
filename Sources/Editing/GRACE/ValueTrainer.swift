import Autodiff
import Files
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
    /// What other runs trained.
    let cached: CachedRecords?

    package init(model: Model, site: EditSite, options: GRACEOptions, cached: CachedRecords? = nil) {
        self.model = model
        self.site = site
        self.options = options
        self.cached = cached
    }

    /// Takes `options.steps` Adam steps on every case, with moments of its own for each edit; or takes the outcome from
    /// the cache, or waits for it where another process is training it.
    package func train(_ cases: [Case]) -> [Result] { shared.map { $0(cases) } ?? run(cases) }

    /// As `train`, but without waiting: nil for what another process is training, and for what is left to others while they
    /// are there.
    func trainAhead(_ cases: [Case]) -> [Result?] { shared.map { $0.atHand(cases) } ?? run(cases) }

    /// What another run trained for the case.
    func cachedResult(of item: Case) -> Result? { shared?.kept(item) }

    /// Outcomes depend on the input, the label and the value that training starts from.
    private var shared: SharedValues<Case, Result, Never>? {
        cached.map { cached in
            SharedValues(
                records: cached,
                key: { item in
                    cached.key(item.prefix.input) {
                        $0.add(item.label)
                        $0.add(item.value.array)
                    }
                },
                decode: { Result(&$1, width: site.valueWidth) }, encode: { $0.encode(&$1) }, make: run)
        }
    }

    /// From how many cases for each thread on every thread trains its own. A batch of its own finds its activations in
    /// its processor's cache and never waits for the others; fewer cases are better off reading the weights together.
    private static var fewestForThread: Int { 8 }

    /// Trains many cases on all threads, each of which takes some of them from the first step to the last.
    private func run(_ cases: [Case]) -> [Result] {
        let shares = min(Parallel.threadCount, cases.count / Self.fewestForThread)
        guard shares > 1 else { return trainTogether(cases) }
        // Dealt out by their lengths, to and fro, so that all threads have about the same to do.
        var dealt = [[Int]](repeating: [], count: shares)
        for (n, index) in cases.indices.sorted(by: { cases[$0].lengths < cases[$1].lengths }).enumerated() {
            let (round, place) = n.quotientAndRemainder(dividingBy: shares)
            dealt[round.isMultiple(of: 2) ? place : shares - 1 - place].append(index)
        }
        let trained = Parallel.map(shares) { share in trainTogether(dealt[share].map { cases[$0] }) }
        let results = Dictionary(uniqueKeysWithValues: zip(dealt.joined(), trained.joined()))
        return cases.indices.compactMap { results[$0] }
    }

    /// Trains the cases as one batch.
    private func trainTogether(_ cases: [Case]) -> [Result] {
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

extension ValueTrainer.Case {
    /// Of the label and of the input, in tokens.
    fileprivate var lengths: (Int, Int) { (label.count, prefix.siteInput.rowCount) }
}

extension ValueTrainer.Result {
    fileprivate func encode(_ bytes: inout RecordBytes) {
        bytes.append([Int32(divergedAt ?? 0)])
        bytes.append([loss] + value.array)
    }

    /// A result that was kept; nil where it is not of the width.
    fileprivate init?(_ bytes: inout RecordReader, width: Int) {
        guard let diverged = bytes.next(Int32.self), diverged.count == 1,
            let numbers = bytes.next(Float.self), numbers.count == 1 + width
        else { return nil }
        divergedAt = diverged[0] == 0 ? nil : Int(diverged[0])
        loss = numbers[0]
        value = Tensor(Array(numbers[1...]), shape: [width])
    }
}
