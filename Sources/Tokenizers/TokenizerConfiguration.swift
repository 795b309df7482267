import Foundation

/// What a T5 folder's `tokenizer_config.json` and its companions say that changes ids or text.
struct TokenizerConfiguration {
    private(set) var extraIDs = T5Tokenizer.defaultExtraIDs
    private(set) var cleansUpSpaces = false

    /// Reads the files that exist; without any, the defaults of `transformers` hold.
    ///
    /// - Parameters:
    ///   - extraIDs: the number of sentinels where the vocabulary itself says it.
    ///   - tokens: those that the vocabulary has besides those of every T5.
    init(folder: URL, extraIDs known: Int? = nil, tokens: Set<String> = []) throws {
        var listed: [(file: String, token: String)] = []
        for name in ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"] {
            let file = folder.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            let settings = try SettingsFile(file)
            switch name {
            case "tokenizer_config.json":
                extraIDs = try known ?? settings.integer("extra_ids", in: T5Tokenizer.extraIDLimit) ?? extraIDs
                cleansUpSpaces = try settings.flag("clean_up_tokenization_spaces") ?? false
                listed += try settings.namedTokens("added_tokens_decoder").map { (file.path, $0.content) }
            case "added_tokens.json":
                listed += settings.names.map { (file.path, $0) }
            default: break
            }
            listed += try settings.tokens("additional_special_tokens").map { (file.path, $0) }
        }
        try check(listed, tokens)
    }

    /// Every listed token must be one that T5's vocabulary has anyway.
    private func check(_ listed: [(file: String, token: String)], _ tokens: Set<String>) throws {
        let known = tokens.union(["<pad>", "</s>", "<unk>"] + T5Tokenizer.sentinels(extraIDs))
        for (file, token) in listed where !known.contains(token) {
            throw TokenizerError.addedToken(file: file, token: token)
        }
    }
}
