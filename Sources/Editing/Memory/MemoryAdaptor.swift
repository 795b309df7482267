import Autodiff
import Models
import Tensors

/// The memory network adaptor (paper, section 3.1): attention over learned values, whose weighted sum replaces the layer's
/// output.
package struct MemoryAdaptor: Adaptor {
    /// Scores each value for a query, `[values, keyWidth]`.
    package let attention: SiteLayer
    /// `[valueWidth, values]`: one value a column.
    package let values: Tensor
    /// The tokens whose output the weighted sum replaces.
    package let replacement: Replacement

    package init(attention: SiteLayer, values: Tensor, replacement: Replacement) {
        self.attention = attention
        self.values = values
        self.replacement = replacement
    }

    package var tensors: [String: Tensor] {
        attention.named("attention").merging(["values": values]) { $1 }
    }

    package func siteOutput(of view: SiteView) -> Tensor? {
        let weights = SoftmaxRows.forward(attention(view.query))
        let value = SiteLayer(weight: values, bias: nil)(weights)
        return replacement.siteOutput(of: view.prefix, with: value.reshaped([value.count]))
    }
}
