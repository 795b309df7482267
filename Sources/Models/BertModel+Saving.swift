extension BertModel: SavedModel {
    package var settingsFiles: [(name: String, content: any Encodable)] {
        [("config.json", BertFolder(config: config))]
    }
}

/// `config.json` with the fields by which transformers knows the model.
private struct BertFolder: Encodable {
    let config: BertConfig

    private enum Keys: String, CodingKey {
        case architectures
        case modelType = "model_type"
        case dtype = "torch_dtype"
    }

    func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: BertConfig.CodingKeys.self)
        try box.encode(config.vocabSize, forKey: .vocabSize)
        try box.encode(config.hiddenSize, forKey: .hiddenSize)
        try box.encode(config.numHiddenLayers, forKey: .numHiddenLayers)
        try box.encode(config.numAttentionHeads, forKey: .numAttentionHeads)
        try box.encode(config.intermediateSize, forKey: .intermediateSize)
        try box.encode(config.hiddenAct, forKey: .hiddenAct)
        try box.encode(config.maxPositionEmbeddings, forKey: .maxPositionEmbeddings)
        try box.encode(config.typeVocabSize, forKey: .typeVocabSize)
        try box.encode(config.padTokenID, forKey: .padTokenID)
        try box.encode(config.positionEmbeddingType, forKey: .positionEmbeddingType)
        try box.encode("single_label_classification", forKey: .problemType)
        let numbers: [(Float, BertConfig.CodingKeys)] = [
            (config.hiddenDropoutProb, .hiddenDropoutProb),
            (config.attentionProbsDropoutProb, .attentionProbsDropoutProb),
            (config.initializerRange, .initializerRange), (config.layerNormEps, .layerNormEps),
        ]
        for (value, key) in numbers { try box.encode(decimal(value), forKey: key) }
        try box.encode(config.classifierDropout.map(decimal), forKey: .classifierDropout)
        try box.encode(LabelNames.id2label(config.labels), forKey: .id2label)
        try box.encode(LabelNames.label2id(config.labels), forKey: .label2id)
        var folder = encoder.container(keyedBy: Keys.self)
        try folder.encode(["BertForSequenceClassification"], forKey: .architectures)
        try folder.encode("bert", forKey: .modelType)
        try folder.encode("float32", forKey: .dtype)
    }

    /// The float by its shortest digits, so that 0.1 is written as 0.1.
    private func decimal(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }
}
