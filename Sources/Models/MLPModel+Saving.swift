extension MLPModel: SavedModel {
    package var settingsFiles: [(name: String, content: any Encodable)] {
        let file = MLPFolder(
            layerWidths: config.layerWidths, id2label: LabelNames.id2label(labels),
            label2id: LabelNames.label2id(labels))
        return [("config.json", file)]
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
