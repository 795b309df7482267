import Algorithms
import Files
import Models
import Tensors

/// What the frozen model makes of an input: everything up to the edit site, and its answer.
package struct FrozenPass: Sendable {
    package let prefix: SitePrefix
    package let answer: [Int32]
}

/// Passes inputs through the frozen model, or takes the passes from a cache that runs share.
package struct FrozenPasses<Model: EditableModel> {
    package let model: Model
    package let site: EditSite
    package let maxNewTokens: Int
    private let cached: CachedRecords?

    /// - Throws: `FilesError` when the cache cannot be opened.
    package init(model: Model, site: EditSite, maxNewTokens: Int, cache: RunCache? = nil) throws {
        self.init(
            model: model, site: site, maxNewTokens: maxNewTokens,
            cached: try cache?.passes(at: site, maxNewTokens: maxNewTokens))
    }

    package init(model: Model, site: EditSite, maxNewTokens: Int, cached: CachedRecords?) {
        self.model = model
        self.site = site
        self.maxNewTokens = maxNewTokens
        self.cached = cached
    }

    /// How many inputs pass through the model together where there are many.
    package let batch = 64

    /// How many passes came from the cache; nil without one.
    package var hits: Int? { cached?.hits }
    /// Why passes could not be kept; nil where they could.
    package var failure: FilesError? { cached?.failure }

    /// The passes of the inputs, in order: kept ones, or made now, many together.
    package func callAsFunction(_ inputs: [ModelInput]) throws(ModelError) -> [FrozenPass] {
        guard let cached else { return try run(inputs) }
        let shared = SharedValues(
            records: cached, key: { cached.key($0) }, decode: { FrozenPass($0, site, &$1) },
            encode: { $0.encode(&$1) }, make: run)
        return try shared(inputs)
    }

    /// Calls `body` with the pass of each input, in order; of the passes no more than a batch is held.
    package func forEach(of inputs: [ModelInput], _ body: (FrozenPass) -> Void) throws(ModelError) {
        for part in inputs.chunks(ofCount: batch) { try self(Array(part)).forEach(body) }
    }

    /// The passes with no answers, for code that does not look at them; nothing of this is kept.
    package func withoutAnswers(_ inputs: [ModelInput]) -> [FrozenPass] {
        model.prefixes(of: inputs, at: site).map { FrozenPass(prefix: $0, answer: []) }
    }

    /// The model's answers where `siteOutput` (`[positions of all prefixes, valueWidth]`) stands in for the site's.
    package func predict(_ prefixes: [SitePrefix], siteOutput: Tensor) throws(ModelError) -> [[Int32]] {
        try model.predict(prefixes, at: site, siteOutput: siteOutput, maxNewTokens: maxNewTokens)
    }

    /// The model's answers to inputs of any number, each with what stands in for the site's output
    /// (`[positions, valueWidth]`); of these no more than a batch is asked for at a time.
    package func answers(
        _ inputs: some Collection<(SitePrefix, siteOutput: Tensor)>
    ) throws(ModelError) -> [[Int32]] {
        var answers: [[Int32]] = []
        for part in inputs.chunks(ofCount: batch) {
            let part = Array(part)
            answers += try predict(part.map(\.0), siteOutput: Rows.concatenate(part.map(\.siteOutput)))
        }
        return answers
    }

    private func run(_ inputs: [ModelInput]) throws(ModelError) -> [FrozenPass] {
        let prefixes = model.prefixes(of: inputs, at: site)
        let answers = try answers(prefixes.map { ($0, $0.siteOutput) })
        return zip(prefixes, answers).map { FrozenPass(prefix: $0, answer: $1) }
    }
}

extension FrozenPass {
    fileprivate func encode(_ bytes: inout RecordBytes) {
        bytes.append(answer)
        bytes.append(prefix.positions.map(Int32.init))
        for tensor in [prefix.siteInput, prefix.siteInputMean, prefix.siteOutput, prefix.residual] {
            bytes.append(UnsafeBufferPointer(start: tensor.pointer, count: tensor.count))
        }
    }

    /// A pass that was kept; nil where it does not fit the site.
    fileprivate init?(_ input: ModelInput, _ site: EditSite, _ bytes: inout RecordReader) {
        guard let answer = bytes.next(Int32.self), let positions = bytes.next(Int32.self),
            let siteInput = bytes.next(Float.self), siteInput.count == positions.count * site.keyWidth,
            let mean = bytes.next(Float.self), mean.count == site.keyWidth,
            let siteOutput = bytes.next(Float.self), siteOutput.count == positions.count * site.valueWidth,
            let residual = bytes.next(Float.self)
        else { return nil }
        self.answer = answer
        prefix = SitePrefix(
            input: input, siteInput: Tensor(siteInput, shape: [positions.count, site.keyWidth]),
            siteInputMean: Tensor(mean, shape: [site.keyWidth]),
            siteOutput: Tensor(siteOutput, shape: [positions.count, site.valueWidth]),
            residual: Self.residual(residual, positions: positions.count, site),
            positions: positions.map(Int.init))
    }

    /// An MLP has no residual connection, and an inner layer's is as wide as the layer's input.
    private static func residual(_ values: [Float], positions: Int, _ site: EditSite) -> Tensor {
        values.isEmpty
            ? Tensor(zeros: [0, site.valueWidth]) : Tensor(values, shape: [positions, values.count / positions])
    }
}
