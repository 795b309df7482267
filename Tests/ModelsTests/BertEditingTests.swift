import Autodiff
import Checkpoints
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite("BERT is cut at its edit sites")
struct BertEditingTests {
    /// Whether the site belongs to the last layer, after whose attention the classifier reads `[CLS]` alone.
    private func isLast(_ site: EditSite, _ model: BertModel) -> Bool {
        site.path.hasPrefix("bert.encoder.layer.\(model.config.numHiddenLayers - 1).")
    }

    @Test("The logits are those of the whole model at every site", arguments: BertFixture.all)
    func predictions(fixture: BertFixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let inputs = try reference.inputs()
        let classes = model.config.labels.count
        let logits = try reference.floats("logits")
        let expected = inputs.indices.map { n in
            [Int32(logits[n * classes..<(n + 1) * classes].enumerated().max { $0.element < $1.element }?.offset ?? -1)]
        }
        #expect(model.editSites.count == 2 * model.config.numHiddenLayers)
        for site in model.editSites {
            let prefixes = model.prefixes(of: inputs, at: site)
            let output = Rows.concatenate(prefixes.map(\.siteOutput))
            #expect(try model.predict(prefixes, at: site, siteOutput: output, maxNewTokens: 1) == expected)
            let loss = model.loss(
                of: prefixes, at: site, siteOutput: Variable(output), labels: try reference.labels().map { [$0] },
                tape: Tape(recording: false))
            #expect(largestDifference(loss.each, try reference.floats("losses")) <= 1e-5)
        }
    }

    @Test("The keys of every site, and the gradient of the loss by what the site puts out", arguments: BertFixture.all)
    func sites(fixture: BertFixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let inputs = try reference.inputs()
        let labels = try reference.labels().map { [$0] }
        for site in model.editSites {
            let prefixes = model.prefixes(of: inputs, at: site)
            let output = Variable(Rows.concatenate(prefixes.map(\.siteOutput)), requiresGradient: true)
            let tape = Tape()
            tape.backward(
                from: model.loss(of: prefixes, at: site, siteOutput: output, labels: labels, tape: tape).total)
            let gradient = try #require(output.gradient)
            let kept = RaggedLayout(lengths: prefixes.map(\.positions.count))
            for n in inputs.indices {
                let keys = try reference.tensor("site_input.\(site.path).\(n)")
                let keptKeys = Rows.gather(keys, prefixes[n].positions.map { Int32($0) })
                #expect(largestDifference(prefixes[n].siteInput.array, keptKeys.array) <= 1e-4)
                let mean = Rows.mean(keys, first: inputs[n].visible)
                #expect(largestDifference(prefixes[n].siteInputMean.array, mean.array) <= 1e-4)
                let whole = try reference.tensor("site_gradient.\(site.path).\(n)")
                let expected = Rows.gather(whole, prefixes[n].positions.map { Int32($0) })
                #expect(
                    relativeDifference(gradient.rows(kept.rows(of: n)).array, to: expected.array) <= 1e-4,
                    "\(site.path), example \(n)")
                let last = inputs[n].tokens.count - 1
                #expect(prefixes[n].positions == (isLast(site, model) ? [0, last] : Array(0...last)))
                // What is not kept has no gradient.
                let rest = (0...last).filter { !prefixes[n].positions.contains($0) }
                #expect(rest.allSatisfy { whole.rows($0..<$0 + 1).array.allSatisfy { $0 == 0 } })
            }
        }
    }

    @Test(
        "A value in place of a site's output: losses, gradients by the value, classes",
        arguments: BertFixture.all, ["all", "prompt", "last"])
    func edited(fixture: BertFixture, positions: String) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let inputs = try reference.inputs()
        let labels = try reference.labels().map { [$0] }
        let classes = model.config.labels.count
        for site in model.editSites.suffix(3) {
            let name = "edited.\(site.path)"
            let prefixes = model.prefixes(of: inputs, at: site)
            let value = try reference.tensor("\(name).value").reshaped([1, site.valueWidth])
            let values = Variable(Rows.concatenate(inputs.map { _ in value }), requiresGradient: true)
            let frozen = Variable(Rows.concatenate(prefixes.map(\.siteOutput)))
            let tape = Tape()
            let rows = prefixes.enumerated().flatMap { n, prefix in
                prefix.positions.map { position in
                    let isLast = position == inputs[n].tokens.count - 1
                    return positions == "all" || isLast == (positions == "last") ? Int32(n) : -1
                }
            }
            let output = tape.replaceRows(of: frozen, with: values, rows)
            let (total, each) = model.loss(of: prefixes, at: site, siteOutput: output, labels: labels, tape: tape)
            #expect(largestDifference(each, try reference.floats("\(name).\(positions).losses")) <= 1e-5)
            tape.backward(from: total)
            let gradients = try reference.tensor("\(name).\(positions).value_gradients")
            #expect(
                relativeDifference(try #require(values.gradient).array, to: gradients.array) <= 1e-4, "\(site.path)")
            let logits = try reference.floats("\(name).\(positions).logits")
            let expected = inputs.indices.map { n in
                [
                    Int32(
                        logits[n * classes..<(n + 1) * classes].enumerated().max { $0.element < $1.element }?.offset
                            ?? -1)
                ]
            }
            #expect(try model.predict(prefixes, at: site, siteOutput: output.value, maxNewTokens: 1) == expected)
        }
    }

    @Test(
        "All before and after a site has the same bits alone, in any batch, on one thread and on two",
        arguments: BertFixture.all)
    func invariance(fixture: BertFixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let inputs = try reference.inputs()
        let labels = try reference.labels().map { [$0] }
        let before = Parallel.threadCount
        defer { Parallel.threadCount = before }
        for site in model.editSites {
            Parallel.threadCount = 1
            let alone = inputs.map { model.prefixes(of: [$0], at: site)[0] }
            let after = try inputs.indices.map { try run(model, [alone[$0]], [labels[$0]], site) }
            for threads in 1...2 {
                Parallel.threadCount = threads
                for order in [Array(inputs.indices), inputs.indices.reversed(), [0, 0, 3], [3, 1]] {
                    let batch = model.prefixes(of: order.map { inputs[$0] }, at: site)
                    for (n, prefix) in zip(order, batch) {
                        #expect(sameBits(prefix.siteInput.array, alone[n].siteInput.array), "\(site.path)")
                        #expect(sameBits(prefix.siteInputMean.array, alone[n].siteInputMean.array), "\(site.path)")
                        #expect(sameBits(prefix.siteOutput.array, alone[n].siteOutput.array), "\(site.path)")
                        #expect(sameBits(prefix.residual.array, alone[n].residual.array), "\(site.path)")
                    }
                    let together = try run(model, batch, order.map { labels[$0] }, site)
                    #expect(sameBits(together.losses, order.flatMap { after[$0].losses }), "\(site.path)")
                    #expect(sameBits(together.gradient, order.flatMap { after[$0].gradient }), "\(site.path)")
                    #expect(together.classes == order.flatMap { after[$0].classes })
                }
            }
        }
    }

    private func run(
        _ model: BertModel, _ prefixes: [SitePrefix], _ labels: [[Int32]], _ site: EditSite
    ) throws -> (losses: [Float], gradient: [Float], classes: [[Int32]]) {
        let tape = Tape()
        let output = Variable(
            Rows.concatenate(prefixes.map { Elementwise.scale($0.siteOutput, by: 1.5) }), requiresGradient: true)
        let (total, each) = model.loss(of: prefixes, at: site, siteOutput: output, labels: labels, tape: tape)
        tape.backward(from: total)
        let classes = try model.predict(prefixes, at: site, siteOutput: output.value, maxNewTokens: 1)
        return (each, try #require(output.gradient).array, classes)
    }

    @Test("A NaN in any one weight is an error, not a class", arguments: BertFixture.small)
    func notANumber(fixture: BertFixture) throws {
        let model = try fixture.model(trainable: true)
        let inputs = try fixture.reference().inputs()
        let site = model.editSites[0]
        for (name, variable) in model.parameters {
            // The first row of each table of embeddings may be one that no input uses.
            let index = name.contains("word_embeddings") ? Int(inputs[0].tokens[0]) * variable.value.rowWidth : 0
            let clean = variable.value.pointer[index]
            variable.value.pointer[index] = .nan
            defer { variable.value.pointer[index] = clean }
            #expect(throws: ModelError.self, "\(name)") {
                let prefixes = model.prefixes(of: inputs, at: site)
                _ = try model.predict(
                    prefixes, at: site, siteOutput: Rows.concatenate(prefixes.map(\.siteOutput)), maxNewTokens: 1)
            }
        }
    }
}
