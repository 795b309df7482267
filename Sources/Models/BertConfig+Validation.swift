import Tensors

extension BertConfig {
    /// Activations by the names of the format.
    private static let activations: [String: Activation] = [
        "gelu": .gelu, "gelu_new": .geluTanh, "gelu_pytorch_tanh": .geluTanh, "relu": .relu,
    ]

    /// The function between the two feed-forward layers.
    var activation: Activation {
        guard let activation = Self.activations[hiddenAct] else {
            preconditionFailure("\(hiddenAct) was not validated")
        }
        return activation
    }

    /// Checks what loading relies on; `file` is named in errors.
    package func validate(file: String) throws(ModelError) {
        let sizes: [(CodingKeys, Int)] = [
            (.vocabSize, vocabSize), (.hiddenSize, hiddenSize), (.numHiddenLayers, numHiddenLayers),
            (.numAttentionHeads, numAttentionHeads), (.intermediateSize, intermediateSize),
            (.maxPositionEmbeddings, maxPositionEmbeddings), (.typeVocabSize, typeVocabSize),
        ]
        for (field, value) in sizes where value <= 0 || value > 1 << 24 {
            throw .badConfiguration(
                file: file, field: field.rawValue, value: "\(value)", expected: "a number from 1 to \(1 << 24)")
        }
        guard hiddenSize.isMultiple(of: numAttentionHeads) else {
            throw .badConfiguration(
                file: file, field: "hidden_size", value: "\(hiddenSize)",
                expected: "a multiple of num_attention_heads (\(numAttentionHeads))")
        }
        for (field, value) in [(CodingKeys.layerNormEps, layerNormEps), (.initializerRange, initializerRange)]
        where !(value > 0 && value.isFinite) {
            throw .badConfiguration(file: file, field: field.rawValue, value: "\(value)", expected: "a positive number")
        }
        let shares: [(CodingKeys, Float)] = [
            (.hiddenDropoutProb, hiddenDropoutProb), (.attentionProbsDropoutProb, attentionProbsDropoutProb),
            (.classifierDropout, classifierDropout ?? 0),
        ]
        for (field, value) in shares where !(0..<1).contains(value) {
            throw .badConfiguration(
                file: file, field: field.rawValue, value: "\(value)", expected: "at least 0 and less than 1")
        }
        guard padTokenID >= 0, Int(padTokenID) < vocabSize else {
            throw .badConfiguration(
                file: file, field: "pad_token_id", value: "\(padTokenID)",
                expected: "a token of the vocabulary of \(vocabSize)")
        }
        try validateKind(file: file)
    }

    /// Refuses what this model does not compute.
    private func validateKind(file: String) throws(ModelError) {
        func refuse(_ field: CodingKeys, _ value: String, _ supported: String) -> ModelError {
            .unsupported(file: file, field: field.rawValue, value: value, supported: supported)
        }
        guard Self.activations[hiddenAct] != nil else {
            throw refuse(.hiddenAct, hiddenAct, Self.activations.keys.sorted().joined(separator: ", "))
        }
        guard positionEmbeddingType == "absolute" else {
            throw refuse(.positionEmbeddingType, positionEmbeddingType, "absolute")
        }
        guard !isDecoder else { throw refuse(.isDecoder, "true", "false") }
        guard ["single_label_classification", nil].contains(problemType) else {
            throw refuse(.problemType, problemType ?? "null", "single_label_classification")
        }
        guard labels.count >= 2 else {
            throw .badConfiguration(
                file: file, field: "id2label", value: "\(labels.count) classes", expected: "at least 2")
        }
        guard Set(labels).count == labels.count else {
            throw .badConfiguration(file: file, field: "id2label", value: "\(labels)", expected: "different names")
        }
    }
}
