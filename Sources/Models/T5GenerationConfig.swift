/// The fields of a T5 folder's generation_config.json that decide which answers are generated (transformers,
/// GenerationConfig).
package struct T5GenerationConfig: Codable, Sendable {
    package var padTokenID: Int32?
    package var eosTokenID: TokenIDs?
    package var decoderStartTokenID: Int32?

    package init(config: T5Config) {
        padTokenID = config.padTokenID
        eosTokenID = TokenIDs(all: config.endTokenIDs)
        decoderStartTokenID = config.answerStartTokenID
    }

    private enum CodingKeys: String, CodingKey {
        case padTokenID = "pad_token_id"
        case eosTokenID = "eos_token_id"
        case decoderStartTokenID = "decoder_start_token_id"
    }
}

/// A token id, or a list of them.
package struct TokenIDs: Codable, Sendable {
    package var all: [Int32]

    package init(all: [Int32]) { self.all = all }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        do {
            all = try box.decode([Int32].self)
        } catch {
            all = [try box.decode(Int32.self)]
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        if all.count == 1 { try box.encode(all[0]) } else { try box.encode(all) }
    }
}
