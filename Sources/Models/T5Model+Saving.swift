import Checkpoints
import Files
import Foundation

extension T5Model {
    /// Number of trainable floats.
    package var parameterCount: Int { parameters.reduce(0) { $0 + $1.variable.value.count } }

    /// Writes `config.json`, `generation_config.json` and `model.safetensors` as transformers writes and reads them.
    package func write(to folder: URL) throws {
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        for (name, variable) in parameters { writer.add(name, variable.value) }
        try writer.write(to: folder.appendingPathComponent("model.safetensors"))
        try Self.writeJSON(T5Folder(config: config), to: folder.appendingPathComponent("config.json"))
        try Self.writeJSON(
            T5GenerationConfig(config: config), to: folder.appendingPathComponent("generation_config.json"))
    }

    private static func writeJSON(_ value: some Encodable, to url: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(try encoder.encode(value) + Data("\n".utf8), to: url)
    }
}

/// `config.json` with the fields by which transformers knows the model.
private struct T5Folder: Encodable {
    let config: T5Config

    private enum Keys: String, CodingKey {
        case architectures
        case modelType = "model_type"
        case isEncoderDecoder = "is_encoder_decoder"
        case dropoutRate = "dropout_rate"
        case dtype = "torch_dtype"
        case useCache = "use_cache"
    }

    func encode(to encoder: any Encoder) throws {
        try config.encode(to: encoder)
        var box = encoder.container(keyedBy: Keys.self)
        try box.encode(["T5ForConditionalGeneration"], forKey: .architectures)
        try box.encode("t5", forKey: .modelType)
        try box.encode(true, forKey: .isEncoderDecoder)
        try box.encode(0.0, forKey: .dropoutRate)
        try box.encode("float32", forKey: .dtype)
        try box.encode(true, forKey: .useCache)
    }
}
