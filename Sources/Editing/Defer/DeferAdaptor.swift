import Models
import Tensors

/// The Defer adaptor at inference (paper, section 3.1): a gate decides between the frozen layer and a linear prediction
/// of its output.
package struct DeferAdaptor: Adaptor {
    /// Scores a query, `[1, keyWidth]`.
    package let gate: SiteLayer
    /// Predicts the layer's output from a query, `[valueWidth, keyWidth]`.
    package let predictor: SiteLayer
    /// The tokens whose output the prediction replaces.
    package let replacement: Replacement

    package init(gate: SiteLayer, predictor: SiteLayer, replacement: Replacement) {
        self.gate = gate
        self.predictor = predictor
        self.replacement = replacement
    }

    package var tensors: [String: Tensor] {
        gate.named("gate").merging(predictor.named("predictor")) { $1 }
    }

    /// Takes the prediction where the gate's sigmoid is at least 0.5.
    package func siteOutput(of view: SiteView) -> Tensor? {
        guard gate(view.query).scalar >= 0 else { return nil }
        let value = predictor(view.query)
        return replacement.siteOutput(of: view.prefix, with: value.reshaped([value.count]))
    }
}
