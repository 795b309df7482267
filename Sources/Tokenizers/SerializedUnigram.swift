import Foundation

/// A `tokenizer.json` of a T5, which holds all that a `spiece.model` does: pieces with scores, the normalisation table, the
/// special tokens. Version 5 of `transformers` writes nothing else.
struct SerializedUnigram {
    /// The vocabulary as the bytes of a `spiece.model`, without sentinels.
    let modelData: Data
    /// Number of sentinels `<extra_id_N>`.
    let extraIDs: Int

    /// The tokens that are found whole in a text.
    let tokens: Set<String>

    /// What is taken from a piece.
    private typealias Piece = (text: String, score: Float)

    /// - Throws: `TokenizerError` for parts that are not those of a T5, and for a vocabulary extended by tokens of its own.
    init(_ file: URL) throws {
        let settings = try SettingsFile(file)
        try Self.check(settings)
        let all = try Self.pieces(file)
        let added = try settings.addedTokens("added_tokens")
        // Sentinels stand at the end of the vocabulary, or behind it as added tokens alone.
        let isSentinel = { (text: String) in text.wholeMatch(of: /<extra_id_[0-9]+>/) != nil }
        let count = all.lastIndex { !isSentinel($0.text) }.map { $0 + 1 } ?? 0
        let behind = added.filter { $0.id >= all.count && isSentinel($0.content) }.count
        extraIDs = all.count - count + behind
        let names = all.map(\.text)[..<count] + T5Tokenizer.sentinels(extraIDs)
        for token in added {
            // Of its own tokens T5 asks no more than the names, whatever version wrote them.
            let isPlain = token.isPlain || token.id < 3 || token.id >= count
            guard names.indices.contains(token.id), names[token.id] == token.content, isPlain else {
                throw TokenizerError.addedToken(file: file.path, token: token.content)
            }
        }
        tokens = Set(added.map(\.content))
        modelData = SentencePieceProto.data(
            pieces: all[..<count], unknownID: 2, control: Set(added.filter(\.isSpecial).map(\.id)),
            userDefined: Set(added.filter { !$0.isSpecial }.map(\.id)),
            fallsBackToBytes: try settings.object("model")?.flag("byte_fallback") ?? false,
            characterMap: try Self.characterMap(settings))
    }

    /// Checks the parts that decide ids and are always alike in a T5.
    private static func check(_ settings: SettingsFile) throws {
        let model = try settings.object("model")
        let type = try model?.text("type") ?? "none"
        guard type == "Unigram" else { throw TokenizerError.notUnigram(file: settings.path, found: type) }
        let unknown = try model?.integer("unk_id", in: 0...Int(Int32.max))
        guard unknown == 2 else { throw wrong(settings, "model.unk_id", "2", unknown.map { "\($0)" } ?? "none") }
        for part in try settings.parts("pre_tokenizer", listed: "pretokenizers") {
            switch try part.text("type") {
            case "WhitespaceSplit": break
            case "Metaspace":
                let mark = try part.text("replacement") ?? "▁"
                let isMarked =
                    try part.flag("add_prefix_space") ?? (part.text("prepend_scheme") ?? "always" == "always")
                guard mark == "▁", isMarked else {
                    throw wrong(settings, "pre_tokenizer", "a Metaspace that marks every word with ▁", "another")
                }
            case let other: throw wrong(settings, "pre_tokenizer", "Metaspace", other ?? "none")
            }
        }
    }

    private static func pieces(_ file: URL) throws -> [Piece] {
        do {
            return try JSONDecoder().decode(Contents.self, from: T5Tokenizer.read(file)).model.vocab.map {
                ($0.text, Float($0.score))
            }
        } catch is DecodingError {
            throw TokenizerError.configuration(
                file: file.path, field: "model.vocab", expected: "a list of pieces with scores", found: "something else"
            )
        }
    }

    /// The compiled table of the normaliser; what others beside it do to white space, splitting at white space does too.
    private static func characterMap(_ settings: SettingsFile) throws -> Data {
        var map = Data()
        for part in try settings.parts("normalizer", listed: "normalizers") {
            switch try part.text("type") {
            case "Precompiled":
                guard let found = Data(base64Encoded: try part.text("precompiled_charsmap") ?? "") else {
                    throw TokenizerError.characterMap(file: settings.path, reason: "not in base64")
                }
                map = found
            case "Strip", "Replace": break
            case let other: throw wrong(settings, "normalizer", "Precompiled", other ?? "none")
            }
        }
        return map
    }

    private static func wrong(
        _ settings: SettingsFile, _ field: String, _ expected: String, _ found: String
    ) -> TokenizerError {
        .configuration(file: settings.path, field: field, expected: expected, found: found)
    }

    private struct Contents: Decodable {
        let model: Model

        struct Model: Decodable {
            let vocab: [Entry]
        }

        /// `["▁the", -3.05]`.
        struct Entry: Decodable {
            let text: String
            let score: Double

            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                text = try list.decode(String.self)
                score = try list.decode(Double.self)
            }
        }
    }
}
