import Autodiff
import Tensors

/// A linear layer that may be edited, by its Hugging Face path.
package struct EditSite: Sendable, Equatable {
    /// Such as `encoder.block.4.layer.1.DenseReluDense.wo`.
    package let path: String
    /// Width of the layer's input: of queries and keys.
    package let keyWidth: Int
    /// Width of the layer's output: of values.
    package let valueWidth: Int
}

/// What the frozen model knows of one input up to an edit site: all that editing and scoring need, computed once.
package struct SitePrefix: Sendable {
    package let input: ModelInput
    /// The layer's input `[positions, keyWidth]`, for the tokens that are kept.
    package let siteInput: Tensor
    /// The mean of the layer's input over all visible tokens, `[keyWidth]`.
    package let siteInputMean: Tensor
    /// The frozen layer's output `[positions, valueWidth]`, for the tokens that are kept.
    package let siteOutput: Tensor
    /// What the residual connection around the layer brings, `[positions, width]`, for the same tokens.
    package let residual: Tensor
    /// The tokens that are kept, by their positions: those that the rest of the model reads, and the first and the last
    /// one, at which queries are taken.
    package let positions: [Int]

    /// - Parameters:
    ///   - siteInputMean: computed from `siteInput` where that has all tokens.
    ///   - positions: all tokens where it is not given.
    package init(
        input: ModelInput, siteInput: Tensor, siteInputMean: Tensor? = nil, siteOutput: Tensor, residual: Tensor,
        positions: [Int]? = nil
    ) {
        self.input = input
        self.siteInput = siteInput
        self.siteInputMean = siteInputMean ?? Rows.mean(siteInput, first: input.visible)
        self.siteOutput = siteOutput
        self.residual = residual
        self.positions = positions ?? Array(0..<input.rowCount)
    }

    /// The same without the layer's input, for those who have taken their query from it.
    package var withoutSiteInput: SitePrefix {
        SitePrefix(
            input: input, siteInput: Tensor(zeros: [0, siteInput.rowWidth]), siteInputMean: siteInputMean,
            siteOutput: siteOutput, residual: residual, positions: positions)
    }
}

/// The frozen weights of an edit site, for editors that change a copy of them.
package struct SiteLayer: Sendable {
    /// `[valueWidth, keyWidth]`.
    package let weight: Tensor
    /// `[valueWidth]`; nil for a layer without one.
    package let bias: Tensor?

    package init(weight: Tensor, bias: Tensor?) {
        self.weight = weight
        self.bias = bias
    }
}

/// A frozen model that can be cut at an edit site. It knows layers, not editors.
package protocol EditableModel: AnyObject {
    /// Whether it generates answers or names classes.
    var task: ModelTask { get }

    /// What it reads.
    var inputKind: InputKind { get }

    /// Parameters that the checkpoint lacks and that were initialised instead.
    var initialised: [String] { get }

    /// The weights of a layer that may be edited.
    func layer(at site: EditSite) -> SiteLayer

    /// All layers that may be edited, in order of depth.
    var editSites: [EditSite] { get }

    /// The layer that is edited where none is named.
    var defaultSite: EditSite { get }

    /// Runs the frozen model up to and including the site. Results for an input do not depend on the others.
    func prefixes(of inputs: [ModelInput], at site: EditSite) -> [SitePrefix]

    /// The loss of each input against its label when `siteOutput` (`[positions of all prefixes, valueWidth]`, in order)
    /// stands in for the layer's output; `total` is their sum and carries the gradient.
    func loss(
        of prefixes: [SitePrefix], at site: EditSite, siteOutput: Variable, labels: [[Int32]], tape: Tape
    ) -> (total: Variable, each: [Float])

    /// The predictions when `siteOutput` stands in for the layer's output: generated tokens with the end token, or
    /// the one class of a classifier.
    func predict(
        _ prefixes: [SitePrefix], at site: EditSite, siteOutput: Tensor, maxNewTokens: Int
    ) throws(ModelError) -> [[Int32]]
}

extension EditableModel {
    package var initialised: [String] { [] }

    /// The last one: the feed-forward output of the last encoder layer (paper, section 3.2).
    package var defaultSite: EditSite { editSites[editSites.count - 1] }

    /// The site of the given path; the error for an unknown path names those there are.
    package func site(_ path: String) throws(ModelError) -> EditSite {
        let sites = editSites
        guard let site = sites.first(where: { $0.path == path }) else {
            throw .unknownSite(path: path, known: sites.map(\.path))
        }
        return site
    }
}
