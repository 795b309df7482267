import Autodiff
import Tensors

/// Edit sites of T5: the feed-forward output layer `wo` of each encoder block.
extension T5Model: EditableModel {
    package var task: ModelTask { .generation(endTokens: config.endTokenIDs, padToken: config.padTokenID) }

    package var inputKind: InputKind { .tokens(vocabulary: config.vocabSize, longest: nil) }

    package var editSites: [EditSite] {
        (0..<config.numLayers).map {
            EditSite(
                path: "encoder.block.\($0).layer.1.DenseReluDense.wo", keyWidth: config.dFF, valueWidth: config.dModel)
        }
    }

    private func block(of site: EditSite) -> Int {
        guard let block = editSites.firstIndex(of: site) else {
            preconditionFailure("\(site.path) is of another model")
        }
        return block
    }

    package func layer(at site: EditSite) -> SiteLayer {
        SiteLayer(weight: encoder.blocks[block(of: site)].feedForward.wo.value, bias: nil)
    }

    package func prefixes(of inputs: [ModelInput], at site: EditSite) -> [SitePrefix] {
        ModelInput.groups(inputs).flatMap { prefixes(ofGroup: Array($0), at: site) }
    }

    private func prefixes(ofGroup inputs: [ModelInput], at site: EditSite) -> [SitePrefix] {
        let tape = Tape(recording: false)
        let layout = ModelInput.layout(inputs)
        let bias = encoder.bias(layout, tape)
        let last = block(of: site)
        var x = tape.gather(shared, inputs.flatMap(\.tokens))
        for block in encoder.blocks[..<last] { x = block(x, layout, bias, tape) }
        let edited = encoder.blocks[last]
        let residual = edited.attend(x, layout, bias, tape)
        let siteInput = edited.feedForward.inner(edited.feedForwardNorm(residual, tape), tape)
        let siteOutput = tape.linear(siteInput, weight: edited.feedForward.wo)
        return inputs.enumerated().map { index, input in
            let rows = layout.rows(of: index)
            return SitePrefix(
                input: input, siteInput: siteInput.value.rows(rows).copy(),
                siteOutput: siteOutput.value.rows(rows).copy(),
                residual: residual.value.rows(rows).copy())
        }
    }

    /// The encoder after the site.
    private func encodeOn(
        _ prefixes: [SitePrefix], at site: EditSite, siteOutput: Variable, _ tape: Tape
    ) -> (hidden: Variable, layout: RaggedLayout) {
        let layout = ModelInput.layout(prefixes.map(\.input))
        let residual = Variable(Rows.concatenate(prefixes.map(\.residual)))
        let hidden = encoder.finish(
            tape.add(residual, siteOutput), fromBlock: block(of: site) + 1, layout, encoder.bias(layout, tape), tape)
        return (hidden, layout)
    }

    package func loss(
        of prefixes: [SitePrefix], at site: EditSite, siteOutput: Variable, labels: [[Int32]], tape: Tape
    ) -> (total: Variable, each: [Float]) {
        let (hidden, layout) = encodeOn(prefixes, at: site, siteOutput: siteOutput, tape)
        return loss(encoded: hidden, layout, labels: labels, tape)
    }

    package func predict(
        _ prefixes: [SitePrefix], at site: EditSite, siteOutput: Tensor, maxNewTokens: Int
    ) throws(ModelError) -> [[Int32]] {
        let (hidden, layout) = encodeOn(
            prefixes, at: site, siteOutput: Variable(siteOutput), Tape(recording: false))
        return try generate(encoded: hidden.value, layout, maxNewTokens: maxNewTokens)
    }
}
