import Foundation

/// The fields of a BERT folder's config.json that define the computation and its fine-tuning, with the format's
/// defaults (transformers, BertConfig).
package struct BertConfig: Decodable, Sendable, Equatable {
    package var vocabSize = 30522
    package var hiddenSize = 768
    package var numHiddenLayers = 12
    package var numAttentionHeads = 12
    package var intermediateSize = 3072
    package var hiddenAct = "gelu"
    package var hiddenDropoutProb: Float = 0.1
    package var attentionProbsDropoutProb: Float = 0.1
    /// Dropout before the classifier; that of the hidden states where there is none.
    package var classifierDropout: Float?
    package var maxPositionEmbeddings = 512
    package var typeVocabSize = 2
    package var initializerRange: Float = 0.02
    package var layerNormEps: Float = 1e-12
    package var padTokenID: Int32 = 0
    package var positionEmbeddingType = "absolute"
    package var problemType: String?
    package var isDecoder = false
    /// Names of the classes, in the order of the head's outputs (`id2label`).
    package var labels = ["LABEL_0", "LABEL_1"]

    package init() {}

    enum CodingKeys: String, CodingKey {
        case vocabSize = "vocab_size"
        case hiddenSize = "hidden_size"
        case numHiddenLayers = "num_hidden_layers"
        case numAttentionHeads = "num_attention_heads"
        case intermediateSize = "intermediate_size"
        case hiddenAct = "hidden_act"
        case hiddenDropoutProb = "hidden_dropout_prob"
        case attentionProbsDropoutProb = "attention_probs_dropout_prob"
        case classifierDropout = "classifier_dropout"
        case maxPositionEmbeddings = "max_position_embeddings"
        case typeVocabSize = "type_vocab_size"
        case initializerRange = "initializer_range"
        case layerNormEps = "layer_norm_eps"
        case padTokenID = "pad_token_id"
        case positionEmbeddingType = "position_embedding_type"
        case problemType = "problem_type"
        case isDecoder = "is_decoder"
        case id2label, label2id
        case numLabels = "num_labels"
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        func read<T: Decodable>(_ key: CodingKeys, _ fallback: T) throws -> T {
            try box.decodeIfPresent(T.self, forKey: key) ?? fallback
        }
        vocabSize = try read(.vocabSize, vocabSize)
        hiddenSize = try read(.hiddenSize, hiddenSize)
        numHiddenLayers = try read(.numHiddenLayers, numHiddenLayers)
        numAttentionHeads = try read(.numAttentionHeads, numAttentionHeads)
        intermediateSize = try read(.intermediateSize, intermediateSize)
        hiddenAct = try read(.hiddenAct, hiddenAct)
        hiddenDropoutProb = try read(.hiddenDropoutProb, hiddenDropoutProb)
        attentionProbsDropoutProb = try read(.attentionProbsDropoutProb, attentionProbsDropoutProb)
        classifierDropout = try box.decodeIfPresent(Float.self, forKey: .classifierDropout)
        maxPositionEmbeddings = try read(.maxPositionEmbeddings, maxPositionEmbeddings)
        typeVocabSize = try read(.typeVocabSize, typeVocabSize)
        initializerRange = try read(.initializerRange, initializerRange)
        layerNormEps = try read(.layerNormEps, layerNormEps)
        padTokenID = try read(.padTokenID, padTokenID)
        positionEmbeddingType = try read(.positionEmbeddingType, positionEmbeddingType)
        problemType = try box.decodeIfPresent(String.self, forKey: .problemType)
        isDecoder = try read(.isDecoder, isDecoder)
        labels = try Self.readLabels(box)
    }

    /// The class names: `id2label` in the order of its numbers, which `label2id` must not contradict.
    private static func readLabels(_ box: KeyedDecodingContainer<CodingKeys>) throws -> [String] {
        guard let names = try box.decodeIfPresent([String: String].self, forKey: .id2label) else {
            let count = try box.decodeIfPresent(Int.self, forKey: .numLabels) ?? 2
            return (0..<max(0, min(count, 1 << 20))).map { "LABEL_\($0)" }
        }
        let labels = try (0..<names.count).map { index in
            guard let name = names["\(index)"] else {
                throw DecodingError.dataCorruptedError(
                    forKey: .id2label, in: box,
                    debugDescription: "expected the classes 0 to \(names.count - 1), found no \(index)")
            }
            return name
        }
        let numbers = try box.decodeIfPresent([String: Int].self, forKey: .label2id) ?? [:]
        for (name, number) in numbers.sorted(by: { $0.value < $1.value }) {
            guard labels.indices.contains(number), labels[number] == name else {
                throw DecodingError.dataCorruptedError(
                    forKey: .label2id, in: box,
                    debugDescription: "it gives '\(name)' the number \(number), which id2label does not")
            }
        }
        return labels
    }

    var headWidth: Int { hiddenSize / numAttentionHeads }
}
