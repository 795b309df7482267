import Models
import Tensors

/// The edited layer with weights of its own: what finetuning and MEND leave.
package struct LinearAdaptor: Adaptor {
    /// `[valueWidth, keyWidth]`.
    package let weight: Tensor
    /// `[valueWidth]`; nil for a layer without one.
    package let bias: Tensor?

    package init(weight: Tensor, bias: Tensor?) {
        self.weight = weight
        self.bias = bias
    }

    package var tensors: [String: Tensor] {
        var tensors = ["weight": weight]
        tensors["bias"] = bias
        return tensors
    }

    package func siteOutput(of view: SiteView) -> Tensor? { SiteLayer(weight: weight, bias: bias)(view.rows) }
}
