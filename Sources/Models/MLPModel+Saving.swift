import Checkpoints
import Files
import Foundation

extension MLPModel {
    /// Number of trainable floats.
    package var parameterCount: Int { parameters.reduce(0) { $0 + $1.variable.value.count } }

    /// Writes `config.json` and `model.safetensors`.
    package func write(to folder: URL) throws {
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        for (name, variable) in parameters { writer.add(name, variable.value) }
        try writer.write(to: folder.appendingPathComponent("model.safetensors"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let file = MLPFolder(
            layerWidths: config.layerWidths, id2label: LabelNames.id2label(labels),
            label2id: Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($0.element, $0.offset) }))
        try AtomicFile.write(
            try encoder.encode(file) + Data("\n".utf8), to: folder.appendingPathComponent("config.json"))
    }
}

/// `config.json` of an MLP.
private struct MLPFolder: Encodable {
    var modelType = "mlp"
    let layerWidths: [Int]
    let id2label: [String: String]
    let label2id: [String: Int]

    private enum CodingKeys: String, CodingKey {
        case id2label, label2id
        case modelType = "model_type"
        case layerWidths = "layer_widths"
    }
}
