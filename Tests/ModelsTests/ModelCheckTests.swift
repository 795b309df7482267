import Checkpoints
import Foundation
import TestSupport
import Testing

@testable import Models

@Suite("What a model takes")
struct ModelCheckTests {
    let answerer: any EditableModel
    let classifier: any EditableModel

    init() throws {
        answerer = try ModelFolder.load(fixtures.appendingPathComponent("t5/v1_0"))
        classifier = try ModelFolder.load(MLPFixture.folder)
    }

    @Test("A folder's model_type says what it is; unknown ones are refused by name")
    func folders() throws {
        #expect(answerer is T5Model && classifier is MLPModel)
        #expect(answerer.task == .generation(endTokens: [1], padToken: 0) && answerer.task.labels == nil)
        #expect(classifier.task.labels == ["left", "right"])
        let folder = try TemporaryFolder()
        try folder.file("config.json", #"{"model_type": "gpt2"}"#)
        let text = message { _ = try ModelFolder.load(folder.url) }
        #expect(text.contains("config.json: model_type is 'gpt2', which is not supported (supported: t5, "), "\(text)")
        try folder.file("config.json", "{}")
        let missing = message { _ = try ModelFolder.load(folder.url) }
        #expect(missing.contains("key model_type: missing"), "\(missing)")
    }

    @Test("Tokens and numbers are told apart, and each is checked")
    func inputs() throws {
        try answerer.check(ModelInput([0, 159, 1]), context: "row 3")
        try classifier.check(ModelInput(features: [1, 2, 3]), context: "row 3")
        for (model, input, expected) in [
            (answerer, ModelInput([160]), "row 3: token id 160 is outside the model's vocabulary of 160"),
            (answerer, ModelInput(features: [1]), "row 3: the model reads token ids, found 1 features"),
            (classifier, ModelInput([5, 1]), "row 3: the model reads 3 features, found token ids"),
            (classifier, ModelInput(features: [1, 2]), "row 3: the model reads 3 features, found 2"),
        ] {
            let text = message { try model.check(input, context: "row 3") }
            #expect(text.contains(expected), "\(text)")
        }
    }

    @Test("A label has to be one that the model can give")
    func labels() throws {
        try answerer.check(label: [159, 1], context: "row 3")
        try classifier.check(label: [1], context: "row 3")
        for label in [[2], [-1], [0, 1]] as [[Int32]] {
            let text = message { try classifier.check(label: label, context: "row 3") }
            #expect(text.contains("but the model's classes are 0 to 1"), "\(text)")
        }
        #expect(message { try answerer.check(label: [160], context: "row 3") }.contains("token id 160"))
    }

    @Test("The classes of a set have to be the model's, by number and name")
    func classes() throws {
        try answerer.check(labelNames: nil, file: "f")
        try classifier.check(labelNames: ["left", "right"], file: "f")
        for (model, names, expected) in [
            (answerer, ["a", "b"], "f: its labels are classes, but the model is one that generates answers"),
            (classifier, nil, "f: its labels are answers, not classes, but the model is a classifier"),
            (classifier, ["left", "right", "up"], "f: has 3 classes (label_names), but the model has 2 (id2label)"),
            (
                classifier, ["right", "left"],
                "f: has class 0 'right' (label_names), but the model has 'left' (id2label)"
            ),
        ] as [(any EditableModel, [String]?, String)] {
            let text = message { try model.check(labelNames: names, file: "f") }
            #expect(text.contains(expected), "\(text)")
        }
    }

    @Test("A checkpoint that only numbers its classes takes any names of the same number")
    func placeholders() throws {
        let folder = try TemporaryFolder()
        try folder.file("config.json", #"{"model_type": "mlp", "layer_widths": [3, 7, 6, 1]}"#)
        try folder.file(
            "model.safetensors", Data(contentsOf: MLPFixture.folder.appendingPathComponent("model.safetensors")))
        let model = try ModelFolder.load(folder.url)
        #expect(model.task.labels == ["LABEL_0", "LABEL_1"])
        try model.check(labelNames: ["guilty", "innocent"], file: "f")
        #expect(message { try model.check(labelNames: ["guilty"], file: "f") }.contains("1 classes"))
    }
}
