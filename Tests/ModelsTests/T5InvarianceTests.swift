import Autodiff
import Checkpoints
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite("T5 does not depend on the batch")
struct T5InvarianceTests {
    private func expectSame(_ a: SitePrefix, _ b: SitePrefix, _ place: Comment) {
        #expect(sameBits(a.siteInput.array, b.siteInput.array), place)
        #expect(sameBits(a.siteOutput.array, b.siteOutput.array), place)
        #expect(sameBits(a.residual.array, b.residual.array), place)
    }

    @Test(
        "What comes before a site has the same bits alone, in any batch and order, on one thread and on two",
        arguments: T5Fixture.all)
    func prefixes(fixture: T5Fixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let inputs = try reference.inputs()
        let before = Parallel.threadCount
        defer { Parallel.threadCount = before }
        for site in model.editSites {
            Parallel.threadCount = 1
            let alone = inputs.map { model.prefixes(of: [$0], at: site)[0] }
            for threads in 1...2 {
                Parallel.threadCount = threads
                for order in [Array(inputs.indices), inputs.indices.reversed(), [0, 0, 3], [4, 1]] {
                    for (n, prefix) in zip(order, model.prefixes(of: order.map { inputs[$0] }, at: site)) {
                        expectSame(prefix, alone[n], "\(site.path), input \(n) of \(order), \(threads) threads")
                    }
                }
            }
        }
    }

    @Test("Padding behind an input changes no bit of the rows before it, and no answer", arguments: T5Fixture.all)
    func padding(fixture: T5Fixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let inputs = try reference.inputs()
        let padded = inputs.map { ModelInput($0.tokens, paddedTo: 24, with: 0) }
        for site in model.editSites {
            let bare = model.prefixes(of: inputs, at: site)
            let wide = model.prefixes(of: padded, at: site)
            for (n, input) in inputs.enumerated() {
                #expect(wide[n].siteInput.rowCount == 24)
                let rows = 0..<input.tokens.count
                let cut = SitePrefix(
                    input: input, siteInput: wide[n].siteInput.rows(rows), siteOutput: wide[n].siteOutput.rows(rows),
                    residual: wide[n].residual.rows(rows))
                expectSame(cut, bare[n], "\(site.path), input \(n)")
            }
            let output = Rows.concatenate(wide.map(\.siteOutput))
            let answers = try model.predict(wide, at: site, siteOutput: output, maxNewTokens: 20)
            #expect(try answers == reference.answers("generated"))
        }
    }

    @Test(
        "Losses, their gradients and answers of an edit have the same bits alone and in a batch",
        arguments: T5Fixture.all)
    func edits(fixture: T5Fixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let inputs = try reference.inputs()
        let labels = try reference.labels()
        let site = model.editSites[0]
        let prefixes = model.prefixes(of: inputs, at: site)
        let outputs = prefixes.map { Elementwise.scale($0.siteOutput, by: 1.5) }
        let run = { (which: [Int]) in
            let tape = Tape()
            let output = Variable(Rows.concatenate(which.map { outputs[$0] }), requiresGradient: true)
            let chosen = which.map { prefixes[$0] }
            let (total, each) = model.loss(
                of: chosen, at: site, siteOutput: output, labels: which.map { labels[$0] }, tape: tape)
            tape.backward(from: total)
            let answers = try model.predict(chosen, at: site, siteOutput: output.value, maxNewTokens: 20)
            return (each, output.gradient?.array ?? [], answers)
        }
        let together = try run(Array(inputs.indices))
        let alone = try inputs.indices.map { try run([$0]) }
        #expect(sameBits(together.0, alone.flatMap(\.0)))
        #expect(sameBits(together.1, alone.flatMap(\.1)))
        #expect(together.2 == alone.flatMap(\.2))
    }

    @Test(
        "Losses and gradients of a frozen model, whose short targets attend without keys and values, are those of a trained one",
        arguments: T5Fixture.all)
    func folding(fixture: T5Fixture) throws {
        let reference = try fixture.reference()
        let inputs = try reference.inputs(), labels = try reference.labels()
        let frozen = try fixture.model(), trained = try fixture.model(trainable: true)
        let attention = frozen.decoder.blocks[0].crossAttention.attention
        let folds = zip(inputs, labels).map { attention.foldingPays(queries: $1.count, keys: $0.tokens.count) }
        #expect(Set(folds).count == 2, "both ways occur in the batch")
        let site = frozen.editSites[0]
        let run = { (model: T5Model) in
            let prefixes = model.prefixes(of: inputs, at: site), tape = Tape()
            let output = Variable(Rows.concatenate(prefixes.map(\.siteOutput)), requiresGradient: true)
            let (total, each) = model.loss(of: prefixes, at: site, siteOutput: output, labels: labels, tape: tape)
            tape.backward(from: total)
            return (each, output.gradient?.array ?? [])
        }
        let (losses, gradient) = run(frozen), (expected, expectedGradient) = run(trained)
        #expect(relativeDifference(losses, to: expected) <= 1e-6)
        #expect(relativeDifference(gradient, to: expectedGradient) <= 5e-6)
        #expect(!sameBits(gradient, expectedGradient), "two ways of adding")
    }

    @Test("Decoding with the cache chooses what teacher forcing would choose", arguments: T5Fixture.all)
    func cache(fixture: T5Fixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let tape = Tape(recording: false)
        let (encoded, layout) = model.encode(try reference.inputs(), tape)
        let answers = try model.generate(encoded: encoded.value, layout, maxNewTokens: 20)
        let logits = model.logits(encoded: encoded, layout, labels: answers, tape).value
        let chosen = (0..<logits.rowCount).map {
            Reduction.argmax(logits.pointer + $0 * logits.rowWidth, logits.rowWidth).map { Int32($0) }
        }
        #expect(chosen == answers.flatMap { $0 })
    }

    @Test(
        "A vocabulary that is searched through its copy in 8 bits gives the tokens of all logits",
        arguments: [false, true])
    func largeVocabulary(tied: Bool) throws {
        var config = T5Config()
        (config.vocabSize, config.dModel, config.dKV, config.dFF) = (9000, 64, 16, 96)
        (config.numLayers, config.numDecoderLayers, config.numHeads) = (1, 2, 4)
        config.tieWordEmbeddings = tied
        let frozen = try T5Model(config, WeightStore(.random(seed: 1), trainable: false))
        // The same weights: a head that may change is never copied.
        let trained = try T5Model(config, WeightStore(.random(seed: 1), trainable: true))
        let inputs = (0..<6).map { n in ModelInput((0...n).map { Int32(17 + 131 * n + 977 * $0) }) }
        let answers = { (model: T5Model, inputs: [ModelInput]) in
            let (encoded, layout) = model.encode(inputs, Tape(recording: false))
            return try model.generate(encoded: encoded.value, layout, maxNewTokens: 12)
        }
        let expected = try answers(trained, inputs)
        for batch in [1, 2, 4, 6] {
            let found = try stride(from: 0, to: 6, by: batch).flatMap {
                try answers(frozen, Array(inputs[$0..<min(6, $0 + batch)]))
            }
            #expect(found == expected, "\(batch) at a time")
        }
        #expect(Set(expected).count > 1)
    }

    @Test("A lower limit cuts answers short and changes nothing else", arguments: T5Fixture.small)
    func limits(fixture: T5Fixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let (encoded, layout) = model.encode(try reference.inputs(), Tape(recording: false))
        let full = try reference.answers("generated")
        for limit in [0, 1, 2, 7, 19] {
            let answers = try model.generate(encoded: encoded.value, layout, maxNewTokens: limit)
            #expect(answers == full.map { Array($0.prefix(limit)) })
        }
    }
}
