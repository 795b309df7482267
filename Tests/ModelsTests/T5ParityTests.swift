import Autodiff
import Checkpoints
import Tensors
import TestSupport
import Testing

@testable import Models

/// Hidden states and logits within 1e-4, losses within 1e-5, gradients within 1e-4 of the largest, answers identical.
@Suite("T5 computes what transformers computes")
struct T5ParityTests {
    @Test("The encoder's hidden states", arguments: T5Fixture.all)
    func encoder(fixture: T5Fixture) throws {
        let reference = try fixture.reference()
        let inputs = try reference.inputs()
        let (hidden, layout) = try fixture.model().encode(inputs, Tape(recording: false))
        #expect(layout.rowCount == inputs.reduce(0) { $0 + $1.tokens.count })
        let expected = try reference.ragged("encoder_last_hidden_state", lengths: inputs.map(\.tokens.count))
        #expect(largestDifference(hidden.value.array, expected) <= 1e-4)
    }

    @Test("The logits of every label position, those behind a label's end too", arguments: T5Fixture.all)
    func logits(fixture: T5Fixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let tape = Tape(recording: false)
        let (encoded, layout) = model.encode(try reference.inputs(), tape)
        let logits = model.logits(encoded: encoded, layout, labels: try reference.paddedLabels(), tape)
        #expect(largestDifference(logits.value.array, try reference.floats("logits")) <= 1e-4)
    }

    @Test("The loss of each example alone and in a batch, its labels padded or not", arguments: T5Fixture.all)
    func losses(fixture: T5Fixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let tape = Tape(recording: false)
        let inputs = try reference.inputs()
        let expected = try reference.floats("losses")
        for labels in [try reference.labels(), try reference.paddedLabels()] {
            let (encoded, layout) = model.encode(inputs, tape)
            let (total, each) = model.loss(encoded: encoded, layout, labels: labels, tape)
            #expect(largestDifference(each, expected) <= 1e-5)
            #expect(abs(total.value.scalar - expected.reduce(0, +)) <= 1e-4)
        }
        let labels = try reference.labels()
        for (n, input) in inputs.enumerated() {
            let (encoded, layout) = model.encode([input], tape)
            let alone = model.loss(encoded: encoded, layout, labels: [labels[n]], tape).each
            #expect(largestDifference(alone, [expected[n]]) <= 1e-5)
        }
    }

    @Test("The answers, cut at every site and not cut at all", arguments: T5Fixture.all)
    func answers(fixture: T5Fixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let inputs = try reference.inputs()
        let expected = try reference.answers("generated")
        let (encoded, layout) = model.encode(inputs, Tape(recording: false))
        #expect(try model.generate(encoded: encoded.value, layout, maxNewTokens: 20) == expected)
        for site in model.editSites {
            let prefixes = model.prefixes(of: inputs, at: site)
            let output = Rows.concatenate(prefixes.map(\.siteOutput))
            #expect(try model.predict(prefixes, at: site, siteOutput: output, maxNewTokens: 20) == expected)
        }
    }

    @Test("The keys of every site, and the gradient of the loss by what the site puts out", arguments: T5Fixture.all)
    func sites(fixture: T5Fixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let inputs = try reference.inputs()
        let labels = try reference.labels()
        #expect(model.editSites.count == model.config.numLayers)
        for site in model.editSites {
            let prefixes = model.prefixes(of: inputs, at: site)
            let output = Variable(Rows.concatenate(prefixes.map(\.siteOutput)), requiresGradient: true)
            let tape = Tape()
            tape.backward(
                from: model.loss(of: prefixes, at: site, siteOutput: output, labels: labels, tape: tape).total)
            let gradient = try #require(output.gradient)
            let layout = ModelInput.layout(inputs)
            for n in inputs.indices {
                let keys = try reference.tensor("site_input.\(site.path).\(n)")
                #expect(prefixes[n].siteInput.shape == keys.shape)
                #expect(largestDifference(prefixes[n].siteInput.array, keys.array) <= 1e-4)
                let expected = try reference.floats("site_gradient.\(site.path).\(n)")
                let found = gradient.rows(layout.rows(of: n)).array
                #expect(relativeDifference(found, to: expected) <= 1e-4, "\(site.path), example \(n)")
            }
        }
    }

    @Test("The gradient of the batch loss by every parameter", arguments: T5Fixture.all)
    func parameters(fixture: T5Fixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model(trainable: true)
        let labels = try reference.paddedLabels().flatMap { $0 }
        let tape = Tape()
        let (encoded, layout) = model.encode(try reference.inputs(), tape)
        let logits = model.logits(encoded: encoded, layout, labels: try reference.paddedLabels(), tape)
        let weight = 1 / Float(labels.count { $0 != -100 })
        let loss = tape.crossEntropy(
            logits, labels: labels, weights: [Float](repeating: weight, count: labels.count)
        ).loss
        #expect(largestDifference([loss.value.scalar], try reference.floats("loss")) <= 1e-5)
        tape.backward(from: loss)

        let probe = try reference.floats("probe").map(Double.init)
        for (name, variable) in model.parameters {
            let gradient = try #require(variable.gradient, "\(name) has no gradient")
            let g = gradient.array.map(Double.init)
            if gradient.shape.count == 1 {
                #expect(relativeDifference(g, to: try reference.floats("gradient.\(name)")) <= 1e-4, "\(name)")
                continue
            }
            let (rows, columns) = (gradient.shape[0], gradient.shape[1])
            let byRow = (0..<rows).map { i in (0..<columns).reduce(0) { $0 + g[i * columns + $1] * probe[$1] } }
            let byColumn = (0..<columns).map { j in (0..<rows).reduce(0) { $0 + g[$1 * columns + j] * probe[$1] } }
            #expect(relativeDifference(byRow, to: try reference.floats("gradient_rows.\(name)")) <= 1e-4, "\(name)")
            #expect(
                relativeDifference(byColumn, to: try reference.floats("gradient_columns.\(name)")) <= 1e-4, "\(name)")
        }
        let named = Set(
            reference.file.names.compactMap { name -> String? in
                for start in ["gradient.", "gradient_rows."] where name.hasPrefix(start) {
                    return String(name.dropFirst(start.count))
                }
                return nil
            })
        #expect(Set(model.parameters.map(\.name)) == named)
    }

    @Test(
        "A value in place of a site's output: losses, gradients by the value, answers",
        arguments: T5Fixture.all, ["all", "prompt", "last"])
    func edited(fixture: T5Fixture, positions: String) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let inputs = try reference.inputs()
        let labels = try reference.labels()
        let site = try #require(model.editSites.dropFirst().first)
        let prefixes = model.prefixes(of: inputs, at: site)
        let value = try reference.tensor("edited.value").reshaped([1, site.valueWidth])
        // A value of its own for each example, so that each has its own gradient.
        let values = Variable(Rows.concatenate(inputs.map { _ in value }), requiresGradient: true)
        let frozen = Variable(Rows.concatenate(prefixes.map(\.siteOutput)))
        let tape = Tape()
        let output = tape.replaceRows(of: frozen, with: values, replacedRows(inputs, positions) { Int32($0) })
        let (total, each) = model.loss(of: prefixes, at: site, siteOutput: output, labels: labels, tape: tape)
        #expect(largestDifference(each, try reference.floats("edited.\(positions).losses")) <= 1e-5)
        tape.backward(from: total)
        let gradients = try reference.tensor("edited.\(positions).value_gradients")
        for n in inputs.indices {
            let found = try #require(values.gradient).rows(n..<n + 1).array
            #expect(relativeDifference(found, to: gradients.rows(n..<n + 1).array) <= 1e-4, "example \(n)")
        }
        let answers = try model.predict(prefixes, at: site, siteOutput: output.value, maxNewTokens: 20)
        #expect(try answers == reference.answers("edited.\(positions).generated"))
    }

    @Test("An input and a label of 150 tokens, which reach the last relative bucket", arguments: T5Fixture.all)
    func long(fixture: T5Fixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model(trainable: true)
        let tape = Tape()
        let input = ModelInput(try reference.file.integers("long.input_ids").map { Int32($0) })
        let labels = try reference.file.integers("long.labels").map { Int32($0) }
        let positions = try reference.file.integers("long.positions").map { Int32($0) }
        let (encoded, layout) = model.encode([input], tape)
        let logits = model.logits(encoded: encoded, layout, labels: [labels], tape)
        let states = Rows.gather(encoded.value, positions).array
        #expect(largestDifference(states, try reference.floats("long.encoder_last_hidden_state")) <= 1e-4)
        #expect(
            largestDifference(Rows.gather(logits.value, positions).array, try reference.floats("long.logits")) <= 1e-4)
        let weights = [Float](repeating: 1 / Float(labels.count), count: labels.count)
        let loss = tape.crossEntropy(logits, labels: labels, weights: weights).loss
        #expect(largestDifference([loss.value.scalar], try reference.floats("long.loss")) <= 1e-5)
        tape.backward(from: loss)
        for stack in ["encoder", "decoder"] {
            let name = "\(stack).block.0.layer.0.SelfAttention.relative_attention_bias.weight"
            let table = try #require(model.parameters.first { $0.name == name }?.variable.gradient)
            #expect(
                relativeDifference(table.array, to: try reference.floats("long.gradient.\(name)")) <= 1e-4, "\(name)")
        }
    }

    @Test("The bucket of every relative position from -160 to 160", arguments: T5Fixture.all)
    func buckets(fixture: T5Fixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let distances = try reference.file.integers("buckets.relative_positions")
        #expect(
            distances.map(model.encoder.biasTable.positions.bucket) == (try reference.file.integers("buckets.encoder")))
        #expect(
            distances.map(model.decoder.biasTable.positions.bucket) == (try reference.file.integers("buckets.decoder")))
    }

    @Test("No tensor of the reference is left unchecked", arguments: T5Fixture.all)
    func complete(fixture: T5Fixture) throws {
        let checked = [
            "input_ids", "attention_mask", "labels", "encoder_last_hidden_state", "logits", "loss", "losses",
            "generated_ids", "generated_lengths", "probe", "edited.value", "long.input_ids", "long.labels",
            "long.positions", "long.encoder_last_hidden_state", "long.logits", "long.loss",
            "buckets.relative_positions", "buckets.encoder", "buckets.decoder",
        ]
        let families = [
            "site_input.", "site_gradient.", "gradient.", "gradient_rows.", "gradient_columns.", "long.gradient.",
            "edited.all.", "edited.prompt.", "edited.last.",
        ]
        let left = try fixture.reference().file.names.filter { name in
            !checked.contains(name) && !families.contains { name.hasPrefix($0) }
        }
        #expect(left.isEmpty)
    }
}
