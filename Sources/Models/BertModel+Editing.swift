import Autodiff
import Tensors

/// Edit sites of BERT: both feed-forward layers of each encoder layer.
extension BertModel: EditableModel {
    package var task: ModelTask { .classification(labels: config.labels) }

    package var inputKind: InputKind {
        .tokens(vocabulary: config.vocabSize, longest: config.maxPositionEmbeddings)
    }

    package var editSites: [EditSite] {
        (0..<config.numHiddenLayers).flatMap { index in
            let (width, inner) = (config.hiddenSize, config.intermediateSize)
            return [
                EditSite(path: "bert.encoder.layer.\(index).intermediate.dense", keyWidth: width, valueWidth: inner),
                EditSite(path: "bert.encoder.layer.\(index).output.dense", keyWidth: inner, valueWidth: width),
            ]
        }
    }

    /// The encoder layer of a site, and which of its feed-forward layers the site is.
    private func place(of site: EditSite) -> (layer: Int, isOutput: Bool) {
        guard let index = editSites.firstIndex(of: site) else {
            preconditionFailure("\(site.path) is of another model")
        }
        return (index / 2, index % 2 == 1)
    }

    package func layer(at site: EditSite) -> SiteLayer {
        let (index, isOutput) = place(of: site)
        let layer = isOutput ? layers[index].output : layers[index].intermediate
        return SiteLayer(weight: layer.weight.value, bias: layer.bias.value)
    }

    /// Of the states after the last layer's attention only those of `[CLS]` are read; there, input, output and residual
    /// are kept for it and, since queries and values may come from it, for the last token. At other sites they are kept
    /// for all tokens.
    package func prefixes(of inputs: [ModelInput], at site: EditSite) -> [SitePrefix] {
        ModelInput.groups(inputs).flatMap { prefixes(ofGroup: Array($0), at: site) }
    }

    private func prefixes(ofGroup inputs: [ModelInput], at site: EditSite) -> [SitePrefix] {
        let (index, isOutput) = place(of: site)
        let layer = layers[index]
        let pass = BertPass(tape: Tape(recording: false), training: nil)
        let layout = ModelInput.layout(inputs)
        let all = BertRows.all(layout)
        let x = layers[..<index].reduce(embeddings(inputs, pass)) { $1($0, layout, all, pass) }
        let attended = layer.attend(x, layout, all, pass)
        let siteInput =
            isOutput
            ? layer.activate(layer.intermediate(attended, layout, pass.tape), pass) : attended
        let positions = inputs.map { input in
            let last = input.tokens.count - 1
            return index < layers.count - 1 ? Array(0...last) : last == 0 ? [0] : [0, last]
        }
        let kept = BertRows.positions(positions, of: layout)
        let keptInput = kept.select(siteInput, pass.tape)
        let siteOutput = (isOutput ? layer.output : layer.intermediate)(keptInput, kept.layout, pass.tape)
        let residual = kept.select(attended, pass.tape)
        return inputs.indices.map { n in
            let rows = kept.layout.rows(of: n)
            return SitePrefix(
                input: inputs[n], siteInput: keptInput.value.rows(rows).copy(),
                siteInputMean: Rows.mean(siteInput.value.rows(layout.rows(of: n)), first: inputs[n].visible),
                siteOutput: siteOutput.value.rows(rows).copy(), residual: residual.value.rows(rows).copy(),
                positions: positions[n])
        }
    }

    /// The classifier's logits `[inputs, classes]` from what the site puts out, computing only what they read.
    private func logits(
        _ prefixes: [SitePrefix], at site: EditSite, siteOutput: Variable, _ tape: Tape
    ) -> Variable {
        let (index, isOutput) = place(of: site)
        let layer = layers[index]
        let isLast = index == layers.count - 1
        let pass = BertPass(tape: tape, training: nil)
        let layout = RaggedLayout(
            lengths: prefixes.map(\.positions.count), visible: isLast ? nil : prefixes.map(\.input.visible))
        let rows = isLast ? BertRows.first(of: layout) : .all(layout)
        let residual = rows.select(Variable(Rows.concatenate(prefixes.map(\.residual))), tape)
        var output = rows.select(siteOutput, tape)
        if !isOutput { output = layer.output(layer.activate(output, pass), rows.layout, tape) }
        let closed = layer.close(output, residual: residual, pass)
        let first = isLast ? closed : finish(closed, fromLayer: index + 1, layout, firstOnly: true, pass)
        return classify(first, pass)
    }

    package func loss(
        of prefixes: [SitePrefix], at site: EditSite, siteOutput: Variable, labels: [[Int32]], tape: Tape
    ) -> (total: Variable, each: [Float]) {
        loss(logits(prefixes, at: site, siteOutput: siteOutput, tape), labels: labels.flatMap { $0 }, tape)
    }

    package func predict(
        _ prefixes: [SitePrefix], at site: EditSite, siteOutput: Tensor, maxNewTokens: Int
    ) throws(ModelError) -> [[Int32]] {
        let logits = logits(prefixes, at: site, siteOutput: Variable(siteOutput), Tape(recording: false))
        return try Self.classes(logits.value).map { [$0] }
    }
}
