import Foundation

/// What a folder's `tokenizer_config.json` and its companions say that changes ids or text.
struct TokenizerConfiguration {
    private(set) var extraIDs = T5Tokenizer.defaultExtraIDs
    private(set) var cleansUpSpaces = false

    /// Reads the files that exist; without any, the defaults of `transformers` hold.
    init(folder: URL) throws {
        var listed: [(file: String, token: String)] = []
        for name in ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"] {
            let file = folder.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            let object = try Self.object(file)
            switch name {
            case "tokenizer_config.json":
                extraIDs = try Self.extraIDs(object, file: file.path) ?? extraIDs
                cleansUpSpaces = try Self.flag("clean_up_tokenization_spaces", object, file: file.path) ?? false
                listed += try Self.addedTokens(object, file: file.path).map { (file.path, $0) }
            case "added_tokens.json":
                listed += object.keys.sorted().map { (file.path, $0) }
            default: break
            }
            listed += try Self.additionalTokens(object, file: file.path).map { (file.path, $0) }
        }
        try check(listed)
    }

    /// Every listed token must be one that T5's vocabulary has anyway.
    private func check(_ listed: [(file: String, token: String)]) throws {
        let known = Set(["<pad>", "</s>", "<unk>"] + T5Tokenizer.sentinels(extraIDs))
        for (file, token) in listed where !known.contains(token) {
            throw TokenizerError.addedToken(file: file, token: token)
        }
    }

    private static func object(_ file: URL) throws -> [String: Any] {
        let data = try T5Tokenizer.read(file)
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw TokenizerError.configuration(
                file: file.path, field: "the file", expected: "a JSON object", found: "something else")
        }
        return object
    }

    private static func extraIDs(_ object: [String: Any], file: String) throws -> Int? {
        guard let value = present("extra_ids", object) else { return nil }
        guard let number = value as? NSNumber, !isFlag(number), let count = Int(exactly: number.doubleValue),
            T5Tokenizer.extraIDLimit.contains(count)
        else {
            throw TokenizerError.configuration(
                file: file, field: "extra_ids",
                expected: "a whole number between 0 and \(T5Tokenizer.extraIDLimit.upperBound)", found: "\(value)")
        }
        return count
    }

    private static func flag(_ field: String, _ object: [String: Any], file: String) throws -> Bool? {
        guard let value = present(field, object) else { return nil }
        guard let number = value as? NSNumber, isFlag(number) else {
            throw TokenizerError.configuration(file: file, field: field, expected: "true or false", found: "\(value)")
        }
        return number.boolValue
    }

    /// Contents of `added_tokens_decoder`: `{"32099": {"content": "<extra_id_0>", ...}, ...}`.
    private static func addedTokens(_ object: [String: Any], file: String) throws -> [String] {
        let field = "added_tokens_decoder"
        guard let value = present(field, object) else { return [] }
        guard let tokens = value as? [String: Any] else {
            throw TokenizerError.configuration(file: file, field: field, expected: "an object", found: "\(value)")
        }
        return try tokens.keys.sorted().map { id in
            try content(of: tokens[id] ?? "", file: file, field: "\(field).\(id)")
        }
    }

    /// `additional_special_tokens`: strings, or objects as in `added_tokens_decoder`.
    private static func additionalTokens(_ object: [String: Any], file: String) throws -> [String] {
        let field = "additional_special_tokens"
        guard let value = present(field, object) else { return [] }
        guard let tokens = value as? [Any] else {
            throw TokenizerError.configuration(file: file, field: field, expected: "a list", found: "\(value)")
        }
        return try tokens.map { try content(of: $0, file: file, field: field) }
    }

    private static func content(of token: Any, file: String, field: String) throws -> String {
        if let content = token as? String ?? (token as? [String: Any])?["content"] as? String { return content }
        throw TokenizerError.configuration(
            file: file, field: field, expected: "a token or an object with its content", found: "\(token)")
    }

    private static func present(_ field: String, _ object: [String: Any]) -> Any? {
        object[field].flatMap { $0 is NSNull ? nil : $0 }
    }

    /// JSON's true and false are numbers to Foundation.
    private static func isFlag(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c"
    }
}
