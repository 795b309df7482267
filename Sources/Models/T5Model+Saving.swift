extension T5Model: SavedModel {
    package var settingsFiles: [(name: String, content: any Encodable)] {
        [
            ("config.json", T5Folder(config: config)),
            ("generation_config.json", T5GenerationConfig(config: config)),
        ]
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
