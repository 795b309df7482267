import Autodiff
import Tensors

/// Edit sites of an MLP: each of its layers.
extension MLPModel: EditableModel {
    package var task: ModelTask { .classification(labels: labels) }

    package var inputKind: InputKind { .features(width: config.layerWidths[0]) }

    package var editSites: [EditSite] {
        layers.enumerated().map { index, layer in
            EditSite(path: "layers.\(index)", keyWidth: layer.weight.shape[1], valueWidth: layer.weight.shape[0])
        }
    }

    /// The first layer, whose input is the points themselves: a radius is then a distance between them.
    package var defaultSite: EditSite { editSites[0] }

    private func index(of site: EditSite) -> Int {
        guard let index = editSites.firstIndex(of: site) else {
            preconditionFailure("\(site.path) is of another model")
        }
        return index
    }

    package func layer(at site: EditSite) -> SiteLayer {
        let layer = layers[index(of: site)]
        return SiteLayer(weight: layer.weight.value, bias: layer.bias.value)
    }

    package func prefixes(of inputs: [ModelInput], at site: EditSite) -> [SitePrefix] {
        let tape = Tape(recording: false)
        let edited = index(of: site)
        var x = Variable(Tensor(inputs.flatMap(\.features), shape: [inputs.count, config.layerWidths[0]]))
        for layer in layers[..<edited] { x = tape.activation(layer(x, tape), .relu) }
        let output = layers[edited](x, tape)
        return inputs.enumerated().map { row, input in
            SitePrefix(
                input: input, siteInput: x.value.rows(row..<row + 1).copy(),
                siteOutput: output.value.rows(row..<row + 1).copy(), residual: Tensor(zeros: [0, site.valueWidth]))
        }
    }

    package func loss(
        of prefixes: [SitePrefix], at site: EditSite, siteOutput: Variable, labels: [[Int32]], tape: Tape
    ) -> (total: Variable, each: [Float]) {
        loss(logits: finish(siteOutput, after: index(of: site), tape), labels: labels.flatMap { $0 }, tape)
    }

    package func predict(
        _ prefixes: [SitePrefix], at site: EditSite, siteOutput: Tensor, maxNewTokens: Int
    ) throws(ModelError) -> [[Int32]] {
        let logits = finish(Variable(siteOutput), after: index(of: site), Tape(recording: false))
        return try Self.classes(logits.value).map { [$0] }
    }
}
