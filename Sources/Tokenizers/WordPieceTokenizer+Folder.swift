import Foundation

/// Hugging Face folders.
extension WordPieceTokenizer {
    /// File names of a folder.
    private static let vocabularyName = "vocab.txt"
    private static let tokenizerName = "tokenizer.json"
    private static let configurationName = "tokenizer_config.json"

    /// Reads the tokenizer of a BERT folder: `vocab.txt`, or else the vocabulary in `tokenizer.json`, and where there is
    /// one `tokenizer_config.json`.
    ///
    /// Settings that the folder leaves out are those of `transformers`: lower-casing, Chinese characters apart. Like
    /// there, `do_basic_tokenize` and `never_split`, which only the slow tokenizer of version 4 looks at, change nothing.
    /// - Throws: `TokenizerError` for a file that is missing or wrong, and for added tokens that the vocabulary lacks.
    package convenience init(folder: URL) throws {
        func existing(_ name: String) -> URL? {
            let file = folder.appendingPathComponent(name)
            return FileManager.default.fileExists(atPath: file.path) ? file : nil
        }
        var settings = WordPieceSettings()
        if let file = existing(Self.vocabularyName) {
            try settings.read(folder: folder)
            // The rest of the file says what the others do; tokens may have been added to it alone.
            if let file = existing(Self.tokenizerName) {
                settings.add(try SettingsFile(file).tokens("added_tokens"))
            }
            let vocabulary = try WordPieceVocabulary(text: T5Tokenizer.read(file), name: file.path)
            try self.init(vocabulary, settings, name: file.path)
        } else if let file = existing(Self.tokenizerName) {
            let serialized = try SerializedTokenizer(file)
            try serialized.apply(to: &settings)
            try settings.read(folder: folder)
            try self.init(serialized.vocabulary(), settings, name: file.path)
        } else {
            throw TokenizerError.noWordPieces(folder: folder.path)
        }
    }

    /// A tokenizer with the given tokens, their ids from 0 in order.
    /// - Throws: `TokenizerError.missingToken`.
    package convenience init(tokens: [String], settings: WordPieceSettings, name: String = "vocabulary") throws {
        let entries = tokens.enumerated().map { (id: Int32($0.offset), bytes: Array($0.element.utf8)) }
        try self.init(WordPieceVocabulary(entries), settings, name: name)
    }

    /// The file of a folder that holds the vocabulary, whose digest tells whether ids fit a model; nil when there is none.
    package static func vocabularyFile(of folder: URL) -> URL? {
        [vocabularyName, tokenizerName].map { folder.appendingPathComponent($0) }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }

    /// The tokenizer files of a folder that `transformers` loads with the same ids, by name.
    ///
    /// The caller writes them, each under its name into the folder of the model.
    package func files() throws -> [(name: String, data: Data)] {
        var text = Data()
        for id in 0..<Int32(vocabulary.size) {
            text.append(contentsOf: vocabulary[id] ?? [])
            text.append(UInt8(ascii: "\n"))
        }
        var fields: [String: Any] = [
            "tokenizer_class": "BertTokenizer", "do_lower_case": settings.lowercases, "strip_accents": NSNull(),
            "tokenize_chinese_chars": settings.separatesChinese,
        ]
        if let strips = settings.stripsAccents { fields["strip_accents"] = strips }
        if let length = settings.modelMaxLength { fields["model_max_length"] = length }
        for (setting, token) in settings.specialTokens { fields[setting] = token }
        if !settings.addedTokens.isEmpty { fields["additional_special_tokens"] = settings.addedTokens }
        let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let configuration = try JSONSerialization.data(withJSONObject: fields, options: options) + Data("\n".utf8)
        return [(Self.vocabularyName, text), (Self.configurationName, configuration)]
    }
}

extension WordPieceSettings {
    /// Takes what a folder's `tokenizer_config.json` and its companions say over what there is.
    mutating func read(folder: URL) throws {
        for name in ["special_tokens_map.json", "added_tokens.json", "tokenizer_config.json"] {
            let file = folder.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            let settings = try SettingsFile(file)
            if name == "added_tokens.json" {
                addedTokens += settings.names
            } else {
                try read(settings)
            }
        }
        add([])
    }

    /// Adds tokens, each once and none that is special anyway.
    mutating func add(_ tokens: [String]) {
        let special = Set(specialTokens.map(\.token))
        addedTokens = (addedTokens + tokens).reduce(into: []) { tokens, token in
            if !special.contains(token), !tokens.contains(token) { tokens.append(token) }
        }
    }

    private mutating func read(_ settings: SettingsFile) throws {
        lowercases = try settings.flag("do_lower_case") ?? lowercases
        stripsAccents = try settings.flag("strip_accents") ?? stripsAccents
        separatesChinese = try settings.flag("tokenize_chinese_chars") ?? separatesChinese
        // A model without a limit says 1e30.
        modelMaxLength = try settings.number("model_max_length").flatMap(Int.init(exactly:)) ?? modelMaxLength
        padToken = try settings.token("pad_token") ?? padToken
        unknownToken = try settings.token("unk_token") ?? unknownToken
        classToken = try settings.token("cls_token") ?? classToken
        separatorToken = try settings.token("sep_token") ?? separatorToken
        maskToken = try settings.token("mask_token") ?? maskToken
        for field in ["additional_special_tokens", "extra_special_tokens"] {
            addedTokens += try settings.tokens(field)
        }
        addedTokens += try settings.namedTokens("added_tokens_decoder").map(\.content)
    }
}
