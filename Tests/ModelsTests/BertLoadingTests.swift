import Autodiff
import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite("BERT folders")
struct BertLoadingTests {
    /// The text of the error that `body` throws.
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    /// A copy of the classifier fixture under other names or without some tensors, and fields of its config replaced.
    private func folder(
        config changes: [String: Any?] = [:], rename: (String) -> String? = { $0 }
    ) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let source = BertFixture.classifier.folder
        let weights = try SafetensorsFile(source.appendingPathComponent("model.safetensors"))
        var writer = SafetensorsWriter()
        for name in weights.names {
            if let newName = rename(name) { writer.add(newName, try weights.tensor(name)) }
        }
        try writer.write(to: folder.url("model.safetensors"))
        let data = try Data(contentsOf: source.appendingPathComponent("config.json"))
        var fields = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        for (field, value) in changes { fields[field] = value }
        try folder.file("config.json", try JSONSerialization.data(withJSONObject: fields))
        return folder
    }

    private func logits(_ model: BertModel) throws -> [Float] {
        model.logits(try BertFixture.classifier.reference().inputs(), Tape(recording: false)).value.array
    }

    @Test("A classifier and a bare encoder are loaded whole, under the names of a classifier")
    func names() throws {
        let classifier = try BertModel(folder: BertFixture.classifier.folder)
        let source = try CheckpointFolder.openWeights(in: BertFixture.classifier.folder)
        #expect(Set(classifier.parameters.map(\.name)) == Set(source.names))
        #expect(classifier.initialised.isEmpty)
        #expect(classifier.config.labels == ["Privacy", "Unions", "Due Process", "Federalism", "Attorneys"])
        for (name, variable) in classifier.parameters {
            #expect(sameBits(variable.value.array, try source.tensor(name).array), "\(name)")
            #expect(!variable.requiresGradient)
        }
        let bare = try BertModel(folder: BertFixture.bare.folder)
        #expect(bare.initialised == ["classifier.weight", "classifier.bias"])
        #expect(bare.parameters.allSatisfy { $0.name.hasPrefix("bert.") || $0.name.hasPrefix("classifier.") })
    }

    @Test("Weights are found with or without the prefix, with the norms' new names or their old ones")
    func otherNames() throws {
        let expected = try logits(BertModel(folder: BertFixture.classifier.folder))
        let old = { (name: String) in
            name.replacingOccurrences(of: "LayerNorm.weight", with: "LayerNorm.gamma")
                .replacingOccurrences(of: "LayerNorm.bias", with: "LayerNorm.beta")
        }
        let bare = { (name: String) in name.hasPrefix("bert.") ? String(name.dropFirst(5)) : name }
        for rename in [old, bare, { old(bare($0)) }] {
            let folder = try folder(rename: rename)
            #expect(sameBits(try logits(BertModel(folder: folder.url)), expected))
        }
    }

    @Test("A missing head or pooler is initialised from the seed and named; anything else that is missing is an error")
    func missing() throws {
        let headless = try folder(rename: { $0.contains("pooler") || $0.contains("classifier") ? nil : $0 })
        let labels = (0..<14).map { "area \($0)" }
        let (a, b, c) = (
            try BertModel(folder: headless.url, labels: labels, seed: 1),
            try BertModel(folder: headless.url, labels: labels, seed: 1),
            try BertModel(folder: headless.url, labels: labels, seed: 2)
        )
        #expect(
            a.initialised == [
                "bert.pooler.dense.weight", "bert.pooler.dense.bias", "classifier.weight", "classifier.bias",
            ])
        #expect(a.config.labels == labels && a.classifier.weight.shape == [14, 32])
        #expect(sameBits(a.classifier.weight.value.array, b.classifier.weight.value.array))
        #expect(!sameBits(a.classifier.weight.value.array, c.classifier.weight.value.array))
        let spread = a.classifier.weight.value.array.reduce(0) { $0 + $1 * $1 } / Float(14 * 32)
        #expect(abs(spread.squareRoot() - 0.02) < 0.003)
        #expect(a.classifier.bias.value.array.allSatisfy { $0 == 0 })

        let gap = try folder(rename: { $0.hasSuffix("layer.1.output.dense.bias") ? nil : $0 })
        #expect(message { _ = try BertModel(folder: gap.url) }.contains("'bert.encoder.layer.1.output.dense.bias'"))
        let other = message { _ = try BertModel(folder: BertFixture.classifier.folder, labels: labels) }
        #expect(other.contains("head has 5 classes, expected the 14 classes of the data"), "\(other)")
        let turned = ["Unions", "Privacy", "Due Process", "Federalism", "Attorneys"]
        let order = message { _ = try BertModel(folder: BertFixture.classifier.folder, labels: turned) }
        #expect(
            order.contains("head has class 0 'Privacy', expected 'Unions'") && order.contains("--new-head"), "\(order)")
        let fresh = try BertModel(folder: BertFixture.classifier.folder, labels: labels, newHead: true)
        #expect(fresh.initialised == ["classifier.weight", "classifier.bias"])
        #expect(fresh.classifier.weight.shape == [14, 32])
    }

    @Test("A model that is written and loaded again is the same model", arguments: BertFixture.small)
    func roundTrip(fixture: BertFixture) throws {
        let folder = try TemporaryFolder()
        let model = try fixture.model()
        try model.write(to: folder.url)
        let again = try BertModel(folder: folder.url)
        var config = model.config
        config.problemType = "single_label_classification"
        #expect(again.config == config)
        #expect(again.initialised.isEmpty)
        for (a, b) in zip(model.parameters, again.parameters) {
            #expect(a.name == b.name && sameBits(a.variable.value.array, b.variable.value.array), "\(a.name)")
        }
    }

    @Test("Random weights depend on the seed alone; norms begin at one, biases at zero")
    func random() throws {
        var config = BertConfig()
        (config.hiddenSize, config.intermediateSize, config.vocabSize) = (24, 32, 50)
        (config.numHiddenLayers, config.numAttentionHeads) = (2, 2)
        let (a, b) = (try BertModel(config: config, seed: 1), try BertModel(config: config, seed: 1))
        for (x, y) in zip(a.parameters, b.parameters) {
            #expect(sameBits(x.variable.value.array, y.variable.value.array) && x.variable.requiresGradient)
            guard x.variable.shape.count == 1 else { continue }
            let constant: Float = x.name.hasSuffix("LayerNorm.weight") ? 1 : 0
            #expect(x.variable.value.array.allSatisfy { $0 == constant }, "\(x.name)")
        }
        let matrices = a.parameters.filter { $0.variable.shape.count == 2 }.map { $0.variable.value.array.prefix(8) }
        #expect(Set(matrices).count == matrices.count)
    }

    @Test("Fields that a config leaves out have the format's defaults")
    func defaults() throws {
        let read = { (text: String) in try JSONDecoder().decode(BertConfig.self, from: Data(text.utf8)) }
        #expect(try read("{}") == BertConfig())
        #expect(try read(#"{"num_labels": 3}"#).labels == ["LABEL_0", "LABEL_1", "LABEL_2"])
        #expect(try read(#"{"id2label": {"1": "b", "0": "a"}, "num_labels": 7}"#).labels == ["a", "b"])
        #expect(try read(#"{"classifier_dropout": null}"#).classifierDropout == nil)
        #expect(try read(#"{"classifier_dropout": 0.25}"#).classifierDropout == 0.25)
    }

    private static let badFields: [(String, any Sendable, String)] = [
        (
            "position_embedding_type", "relative_key",
            "position_embedding_type is 'relative_key', which is not supported"
        ),
        ("hidden_act", "silu", "supported: gelu, gelu_new, gelu_pytorch_tanh, relu"),
        ("is_decoder", true, "is_decoder is 'true'"), ("hidden_size", 30, "a multiple of num_attention_heads (4)"),
        ("problem_type", "regression", "problem_type is 'regression'"),
        ("hidden_dropout_prob", 1, "hidden_dropout_prob is 1.0"), ("layer_norm_eps", 0, "layer_norm_eps"),
        ("pad_token_id", 90, "pad_token_id is 90"), ("num_hidden_layers", 0, "num_hidden_layers is 0"),
        ("vocab_size", "many", "vocab_size"), ("id2label", ["0": "a", "2": "b"], "found no 1"),
        ("id2label", ["0": "a", "1": "b"], "label2id"), ("label2id", ["Privacy": 1], "'Privacy' the number 1"),
    ]

    @Test("A config field that cannot be is named", arguments: 0..<badFields.count)
    func badField(index: Int) throws {
        let (field, value, expected) = Self.badFields[index]
        let folder = try folder(config: [field: value])
        let text = message { _ = try BertModel(folder: folder.url) }
        #expect(text.contains(expected) && text.contains("config.json"), "\(text)")
        #expect(!text.contains("\n"))
    }
}
