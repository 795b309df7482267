import Foundation

/// Hugging Face folders.
extension T5Tokenizer {
    /// File names of a folder.
    private static let modelName = "spiece.model"
    private static let jsonName = "tokenizer.json"
    private static let configurationName = "tokenizer_config.json"
    private static let specialTokensName = "special_tokens_map.json"
    private static let specialTokens = ["eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"]

    /// Reads the tokenizer of a T5 folder: `spiece.model`, or else `tokenizer.json`, and where there is one
    /// `tokenizer_config.json` (`extra_ids`, `clean_up_tokenization_spaces`).
    ///
    /// - Throws: `TokenizerError` for a file that is missing or wrong, and for a vocabulary extended by tokens of its
    ///   own, whose ids would silently differ.
    package convenience init(folder: URL) throws {
        let model = folder.appendingPathComponent(Self.modelName), json = folder.appendingPathComponent(Self.jsonName)
        let hasJSON = FileManager.default.fileExists(atPath: json.path)
        if FileManager.default.fileExists(atPath: model.path) {
            let configuration = try TokenizerConfiguration(folder: folder)
            try self.init(
                modelData: Self.read(model), name: model.path, extraIDs: configuration.extraIDs,
                cleansUpSpaces: configuration.cleansUpSpaces)
            if hasJSON { try check(SettingsFile(json).addedTokens("added_tokens"), in: json) }
        } else if hasJSON {
            let serialized = try SerializedUnigram(json)
            let configuration = try TokenizerConfiguration(
                folder: folder, extraIDs: serialized.extraIDs, tokens: serialized.tokens)
            try self.init(
                modelData: serialized.modelData, name: json.path, extraIDs: serialized.extraIDs,
                cleansUpSpaces: configuration.cleansUpSpaces)
        } else {
            throw TokenizerError.noVocabulary(folder: folder.path)
        }
    }

    /// Checks that a `tokenizer.json` beside `spiece.model` adds nothing to it.
    private func check(_ added: [SettingsFile.AddedToken], in file: URL) throws {
        for token in added where id(of: token.content).map(Int.init) != token.id {
            throw TokenizerError.addedToken(file: file.path, token: token.content)
        }
    }

    /// The file of a folder that holds the vocabulary, whose digest tells whether ids fit a model; nil when there is none.
    package static func vocabularyFile(of folder: URL) -> URL? {
        [modelName, jsonName].map { folder.appendingPathComponent($0) }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }

    /// The tokenizer files of a folder that `transformers` loads with the same ids, by name.
    ///
    /// The caller writes them, each under its name into the folder of the model.
    package static func files(model: Data, extraIDs: Int = defaultExtraIDs) throws -> [(name: String, data: Data)] {
        let sentinels = sentinels(extraIDs).reversed() as [String]
        var map: [String: Any] = specialTokens
        map["additional_special_tokens"] = sentinels
        var configuration = map
        configuration["tokenizer_class"] = "T5Tokenizer"
        configuration["extra_ids"] = extraIDs
        configuration["clean_up_tokenization_spaces"] = false
        return [
            (modelName, model),
            (specialTokensName, try json(map)),
            (configurationName, try json(configuration)),
        ]
    }

    private static func json(_ object: [String: Any]) throws -> Data {
        let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try JSONSerialization.data(withJSONObject: object, options: options) + Data("\n".utf8)
    }
}
