import Foundation
import Checkpoints

/// The fields of a T5 folder's config.json that define the computation, with the format's defaults
/// (transformers, T5Config).
package struct T5Config: Codable, Sendable, Equatable {
    package var vocabSize = 32128
    package var dModel = 512
    package var dKV = 64
    package var dFF = 2048
    package var numLayers = 6
    package var numDecoderLayers = 6
    package var numHeads = 8
    package var relativeAttentionNumBuckets = 32
    package var relativeAttentionMaxDistance = 128
    package var layerNormEpsilon: Float = 1e-6
    package var feedForwardProj = "relu"
    package var tieWordEmbeddings = true
    package var padTokenID: Int32 = 0
    package var eosTokenID: Int32 = 1
    package var decoderStartTokenID: Int32 = 0
    /// Further tokens that end an answer.
    package var otherEndTokenIDs: [Int32] = []
    /// What an answer starts from, where `generation_config.json` has something else than `decoderStartTokenID`.
    package var generationStartTokenID: Int32?
    /// Whether a checkpoint without `lm_head.weight` has its output head in the embedding, though its outputs are not scaled.
    package var mayLackHead = false

    package init() {}

    enum CodingKeys: String, CodingKey {
        case vocabSize = "vocab_size"
        case dModel = "d_model"
        case dKV = "d_kv"
        case dFF = "d_ff"
        case numLayers = "num_layers"
        case numDecoderLayers = "num_decoder_layers"
        case numHeads = "num_heads"
        case relativeAttentionNumBuckets = "relative_attention_num_buckets"
        case relativeAttentionMaxDistance = "relative_attention_max_distance"
        case layerNormEpsilon = "layer_norm_epsilon"
        case feedForwardProj = "feed_forward_proj"
        case tieWordEmbeddings = "tie_word_embeddings"
        case padTokenID = "pad_token_id"
        case eosTokenID = "eos_token_id"
        case decoderStartTokenID = "decoder_start_token_id"
    }

    /// What transformers 5 writes in place of `tie_word_embeddings`, which it then sets for every T5.
    private enum LaterKeys: String, CodingKey {
        case scaleDecoderOutputs = "scale_decoder_outputs"
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        func read<T: Decodable>(_ key: CodingKeys, _ fallback: T) throws -> T {
            try box.decodeIfPresent(T.self, forKey: key) ?? fallback
        }
        vocabSize = try read(.vocabSize, vocabSize)
        dModel = try read(.dModel, dModel)
        dKV = try read(.dKV, dKV)
        dFF = try read(.dFF, dFF)
        numLayers = try read(.numLayers, numLayers)
        numDecoderLayers = try read(.numDecoderLayers, numLayers)
        numHeads = try read(.numHeads, numHeads)
        relativeAttentionNumBuckets = try read(.relativeAttentionNumBuckets, relativeAttentionNumBuckets)
        relativeAttentionMaxDistance = try read(.relativeAttentionMaxDistance, relativeAttentionMaxDistance)
        layerNormEpsilon = try read(.layerNormEpsilon, layerNormEpsilon)
        feedForwardProj = try read(.feedForwardProj, feedForwardProj)
        let isScaled = try decoder.container(keyedBy: LaterKeys.self)
            .decodeIfPresent(Bool.self, forKey: .scaleDecoderOutputs)
        tieWordEmbeddings = try isScaled ?? read(.tieWordEmbeddings, tieWordEmbeddings)
        mayLackHead = isScaled != nil
        padTokenID = try read(.padTokenID, padTokenID)
        if let ends = try box.decodeIfPresent(TokenIDs.self, forKey: .eosTokenID) { setEnds(ends) }
        decoderStartTokenID = try read(.decoderStartTokenID, padTokenID)
    }

    /// Takes from `generation_config.json` what transformers takes from there: where answers start and end.
    package mutating func apply(_ generation: T5GenerationConfig) {
        if generation.decoderStartTokenID != decoderStartTokenID {
            generationStartTokenID = generation.decoderStartTokenID
        }
        if let ends = generation.eosTokenID { setEnds(ends) }
    }

    private mutating func setEnds(_ ends: TokenIDs) {
        guard let first = ends.all.first else { return }
        eosTokenID = first
        otherEndTokenIDs = Array(ends.all.dropFirst())
    }

    /// The token that generated answers start from.
    var answerStartTokenID: Int32 { generationStartTokenID ?? decoderStartTokenID }

    /// Whether an answer ends with the token.
    /// All tokens that end an answer.
    var endTokenIDs: [Int32] { [eosTokenID] + otherEndTokenIDs }

    func isEnd(_ token: Int32) -> Bool { token == eosTokenID || otherEndTokenIDs.contains(token) }

    var innerWidth: Int { numHeads * dKV }
    var isGated: Bool { feedForwardProj.hasPrefix("gated-") }

    /// Checks what loading relies on; `file` is named in errors.
    package func validate(file: String) throws(ModelError) {
        let sizes: [(String, Int)] = [
            ("vocab_size", vocabSize), ("d_model", dModel), ("d_kv", dKV), ("d_ff", dFF), ("num_layers", numLayers),
            ("num_decoder_layers", numDecoderLayers), ("num_heads", numHeads),
            ("relative_attention_num_buckets", relativeAttentionNumBuckets),
        ]
        for (field, value) in sizes where value <= 0 || value > 1 << 24 {
            throw .badConfiguration(
                file: file, field: field, value: "\(value)", expected: "a number from 1 to \(1 << 24)")
        }
        guard relativeAttentionNumBuckets.isMultiple(of: 4) else {
            throw .badConfiguration(
                file: file, field: "relative_attention_num_buckets", value: "\(relativeAttentionNumBuckets)",
                expected: "a multiple of 4")
        }
        guard relativeAttentionMaxDistance > relativeAttentionNumBuckets / 2 else {
            throw .badConfiguration(
                file: file, field: "relative_attention_max_distance", value: "\(relativeAttentionMaxDistance)",
                expected: "more than half of relative_attention_num_buckets")
        }
        guard layerNormEpsilon > 0 else {
            throw .badConfiguration(
                file: file, field: "layer_norm_epsilon", value: "\(layerNormEpsilon)", expected: "a positive number")
        }
        guard ["relu", "gated-gelu"].contains(feedForwardProj) else {
            throw .unsupported(
                file: file, field: "feed_forward_proj", value: feedForwardProj, supported: "relu, gated-gelu")
        }
        for (field, id) in [
            ("pad_token_id", padTokenID), ("eos_token_id", eosTokenID), ("decoder_start_token_id", decoderStartTokenID),
            ("decoder_start_token_id", answerStartTokenID),
        ] + otherEndTokenIDs.map({ ("eos_token_id", $0) }) where id < 0 || Int(id) >= vocabSize {
            throw .badConfiguration(
                file: file, field: field, value: "\(id)", expected: "a token of the vocabulary of \(vocabSize)")
        }
    }
}
