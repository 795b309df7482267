import Autodiff
import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Models

/// Tests/Fixtures/mlp.
struct MLPFixture {
    static let folder = fixtures.appendingPathComponent("mlp")
    let file: SafetensorsFile
    let inputs: [ModelInput]
    let labels: [Int32]

    init() throws {
        file = try SafetensorsFile(Self.folder.appendingPathComponent("reference.safetensors"))
        let features = try file.tensor("features")
        inputs = (0..<features.rowCount).map { ModelInput(features: features.rows($0..<$0 + 1).array) }
        labels = try file.integers("labels").map(Int32.init)
    }

    func floats(_ name: String) throws -> [Float] { try file.tensor(name).array }

    /// All inputs `[rows, width]`.
    var table: Tensor { Tensor(inputs.flatMap(\.features), shape: [inputs.count, inputs[0].features.count]) }
}

/// Logits within 1e-4, losses within 1e-5, gradients within 1e-4 of the largest.
@Suite("The MLP computes what PyTorch computes")
struct MLPTests {
    let fixture: MLPFixture

    init() throws { fixture = try MLPFixture() }

    @Test("Logits and losses, and the gradient of each parameter")
    func parity() throws {
        let model = try MLPModel(folder: MLPFixture.folder, trainable: true)
        let tape = Tape()
        let logits = model.logits(Variable(fixture.table), tape)
        #expect(largestDifference(logits.value.array, try fixture.floats("logits")) <= 1e-4)
        let (total, each) = model.loss(logits: logits, labels: fixture.labels, tape)
        let losses = try fixture.floats("losses")
        #expect(largestDifference(each, losses) <= 1e-5)
        #expect(largestDifference([total.value.scalar], [losses.reduce(0, +)]) <= 1e-4)
        tape.backward(from: total)
        for (name, variable) in model.parameters {
            let gradient = try #require(variable.gradient, "\(name) has no gradient")
            #expect(relativeDifference(gradient.array, to: try fixture.floats("gradient.\(name)")) <= 1e-4, "\(name)")
        }
        #expect(model.parameters.map(\.name).first == "layers.0.weight" && model.parameters.count == 6)
    }

    @Test("What goes into each edit site, what comes out, and the gradient by it")
    func sites() throws {
        let model = try MLPModel(folder: MLPFixture.folder)
        #expect(model.editSites.map(\.path) == ["layers.0", "layers.1", "layers.2"])
        for site in model.editSites {
            let prefixes = model.prefixes(of: fixture.inputs, at: site)
            let given = prefixes.flatMap(\.siteInput.array), put = prefixes.flatMap(\.siteOutput.array)
            #expect(largestDifference(given, try fixture.floats("site_input.\(site.path)")) <= 1e-4)
            #expect(largestDifference(put, try fixture.floats("site_output.\(site.path)")) <= 1e-4)
            let output = Variable(Rows.concatenate(prefixes.map(\.siteOutput)), requiresGradient: true)
            let tape = Tape()
            tape.backward(
                from: model.loss(
                    of: prefixes, at: site, siteOutput: output, labels: fixture.labels.map { [$0] }, tape: tape
                ).total)
            let gradient = try #require(output.gradient)
            #expect(
                relativeDifference(gradient.array, to: try fixture.floats("site_gradient.\(site.path)")) <= 1e-4,
                "\(site.path)")
        }
    }

    @Test("The gradient by each site's output is that of finite differences")
    func finiteDifferences() throws {
        let model = try MLPModel(folder: MLPFixture.folder)
        let labels = fixture.labels.map { [$0] }
        for site in model.editSites {
            let prefixes = model.prefixes(of: fixture.inputs, at: site)
            let output = Rows.concatenate(prefixes.map(\.siteOutput))
            let variable = Variable(output.copy(), requiresGradient: true)
            let tape = Tape()
            tape.backward(
                from: model.loss(of: prefixes, at: site, siteOutput: variable, labels: labels, tape: tape).total)
            let gradient = try #require(variable.gradient).array
            func loss(_ i: Int, _ step: Float) -> Double {
                let moved = output.copy()
                moved.pointer[i] += step
                let each = model.loss(
                    of: prefixes, at: site, siteOutput: Variable(moved), labels: labels, tape: Tape(recording: false)
                ).each
                return each.reduce(0) { $0 + Double($1) }
            }
            let step: Float = 1 / 512
            // Where a step crosses the bend of a ReLU there is no derivative to compare with.
            let smooth = (0..<output.count).filter { site.path == "layers.2" || abs(output.pointer[$0]) > 2 * step }
            let differences = smooth.map { (loss($0, step) - loss($0, -step)) / Double(2 * step) }
            #expect(smooth.count > output.count / 2)
            #expect(largestDifference(smooth.map { gradient[$0] }, differences) <= 2e-3, "\(site.path)")
        }
    }

    @Test("The weights of a site give its output from its input")
    func siteLayers() throws {
        let model = try MLPModel(folder: MLPFixture.folder)
        for site in model.editSites {
            let prefixes = model.prefixes(of: fixture.inputs, at: site)
            let layer = model.layer(at: site)
            let output = Tape(recording: false).linear(
                Variable(Rows.concatenate(prefixes.map(\.siteInput))), weight: Variable(layer.weight),
                bias: layer.bias.map { Variable($0) })
            #expect(sameBits(output.value.array, prefixes.flatMap(\.siteOutput.array)), "\(site.path)")
        }
    }

    @Test("Class 1 lies above zero, and an input has the same bits alone and in any batch")
    func predictions() throws {
        let model = try MLPModel(folder: MLPFixture.folder)
        let expected = try fixture.floats("logits").map { [Int32($0 > 0 ? 1 : 0)] }
        #expect(Set(expected).count == 2)
        for site in model.editSites {
            let together = model.prefixes(of: fixture.inputs, at: site)
            let output = Rows.concatenate(together.map(\.siteOutput))
            #expect(try model.predict(together, at: site, siteOutput: output, maxNewTokens: 1) == expected)
            for (row, input) in fixture.inputs.enumerated() {
                let alone = model.prefixes(of: [input], at: site)[0]
                #expect(sameBits(alone.siteInput.array, together[row].siteInput.array))
                #expect(sameBits(alone.siteOutput.array, together[row].siteOutput.array))
            }
        }
        #expect(try MLPModel.classes(Tensor([0, -0.0, 1e-30, -1], shape: [4, 1])) == [0, 0, 1, 0])
        #expect(throws: ModelError.self) { try MLPModel.classes(Tensor([.nan], shape: [1, 1])) }
    }

    @Test("A model comes back as it was written, and a seed gives the same weights")
    func saving() throws {
        let folder = try TemporaryFolder()
        var config = MLPConfig()
        config.layerWidths = [2, 5, 1]
        config.id2label = ["0": "left", "1": "right"]
        let model = try MLPModel(config: config, seed: 3)
        try model.write(to: folder.url)
        let again = try ModelFolder.load(folder.url)
        #expect(again.task == .classification(labels: ["left", "right"]))
        #expect(again.inputKind == .features(width: 2))
        let read = try #require(again as? MLPModel)
        for (a, b) in zip(model.parameters, read.parameters) {
            #expect(a.name == b.name && sameBits(a.variable.value.array, b.variable.value.array))
        }
        let same = try MLPModel(config: config, seed: 3), other = try MLPModel(config: config, seed: 4)
        #expect(sameBits(same.parameters[0].variable.value.array, model.parameters[0].variable.value.array))
        #expect(!sameBits(other.parameters[0].variable.value.array, model.parameters[0].variable.value.array))
    }

    @Test(
        "A config.json that does not describe such a model is refused by its field",
        arguments: [
            (#"{"layer_widths": [2]}"#, "layer_widths is [2], expected two or more widths"),
            (#"{"layer_widths": [2, 0, 1]}"#, "layer_widths is [2, 0, 1], expected two or more widths"),
            (#"{"layer_widths": [2, 4, 3]}"#, "expected 1 as the last width"),
            (#"{"layer_widths": [2, 1], "id2label": {"0": "a"}}"#, "id2label is 1 classes, expected 2"),
            (#"{"layer_widths": [2, 1], "id2label": {"0": "a", "2": "b"}}"#, "id2label is without a class 1"),
            (#"{"layer_widths": [2, 1], "id2label": {"0": "a", "1": "a"}}"#, "id2label is 'a' for the classes 0 and 1"),
            (#"{"layer_widths": "wide"}"#, "key layer_widths"),
            (
                #"{"layer_widths": [3, 8, 6, 1]}"#,
                "tensor 'layers.0.weight' has shape [7, 3], but config.json asks for [8, 3]"
            ),
            (#"{"layer_widths": [3, 7, 6, 1, 1]}"#, "no tensor 'layers.3.weight'"),
        ])
    func badConfig(json: String, expected: String) throws {
        let folder = try TemporaryFolder()
        try folder.file("config.json", json)
        try folder.file(
            "model.safetensors", Data(contentsOf: MLPFixture.folder.appendingPathComponent("model.safetensors")))
        let text = message { _ = try MLPModel(folder: folder.url) }
        #expect(text.contains(expected), "\(text)")
    }
}
