import Foundation

/// A JSON file of settings, whose fields are read by type. A field that is null counts as absent.
struct SettingsFile {
    /// What errors call the file.
    let path: String
    private let fields: [String: Any]

    /// - Throws: `TokenizerError` when the file cannot be read or is no JSON object.
    init(_ file: URL) throws {
        let data = try T5Tokenizer.read(file)
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw TokenizerError.configuration(
                file: file.path, field: "the file", expected: "a JSON object", found: "something else")
        }
        path = file.path
        fields = object
    }

    private init(path: String, fields: [String: Any]) {
        self.path = path
        self.fields = fields
    }

    /// The names of all fields, sorted.
    var names: [String] { fields.keys.sorted() }

    func has(_ field: String) -> Bool { present(field) != nil }

    /// A field that is an object; nil when it is absent.
    func object(_ field: String) throws -> SettingsFile? {
        guard let value = present(field) else { return nil }
        guard let object = value as? [String: Any] else { throw wrong(field, "an object", value) }
        return SettingsFile(path: path, fields: object)
    }

    func flag(_ field: String) throws -> Bool? {
        guard let value = present(field) else { return nil }
        guard let number = value as? NSNumber, Self.isFlag(number) else { throw wrong(field, "true or false", value) }
        return number.boolValue
    }

    /// A whole number within `limits`.
    func integer(_ field: String, in limits: ClosedRange<Int>) throws -> Int? {
        guard let value = present(field) else { return nil }
        guard let number = value as? NSNumber, !Self.isFlag(number), let count = Int(exactly: number.doubleValue),
            limits.contains(count)
        else {
            throw wrong(field, "a whole number between \(limits.lowerBound) and \(limits.upperBound)", value)
        }
        return count
    }

    /// A number of any size.
    func number(_ field: String) throws -> Double? {
        guard let value = present(field) else { return nil }
        guard let number = value as? NSNumber, !Self.isFlag(number) else { throw wrong(field, "a number", value) }
        return number.doubleValue
    }

    func text(_ field: String) throws -> String? {
        guard let value = present(field) else { return nil }
        guard let text = value as? String else { throw wrong(field, "a string", value) }
        return text
    }

    /// A token: a string, or an object with its `content`.
    func token(_ field: String) throws -> String? {
        try present(field).map { try content(of: $0, field: field) }
    }

    /// The tokens of a list.
    func tokens(_ field: String) throws -> [String] {
        guard let value = present(field) else { return [] }
        guard let tokens = value as? [Any] else { throw wrong(field, "a list", value) }
        return try tokens.map { try content(of: $0, field: field) }
    }

    /// The objects that a field lists under `listed` where it is a sequence, or else itself; none where it is absent.
    func parts(_ field: String, listed: String) throws -> [SettingsFile] {
        guard let part = try object(field) else { return [] }
        guard let value = part.present(listed) else { return [part] }
        guard let objects = value as? [[String: Any]] else {
            throw wrong("\(field).\(listed)", "a list of objects", value)
        }
        return objects.map { SettingsFile(path: path, fields: $0) }
    }

    /// The tokens of a list of objects with `id`, `content` and `special`.
    func addedTokens(_ field: String) throws -> [AddedToken] {
        guard let value = present(field) else { return [] }
        guard let objects = value as? [[String: Any]] else { throw wrong(field, "a list of objects", value) }
        return try objects.map { fields in
            let token = SettingsFile(path: path, fields: fields)
            return AddedToken(
                id: try token.integer("id", in: 0...Int(Int32.max)) ?? -1,
                content: try content(of: fields, field: field), isSpecial: try token.flag("special") ?? false,
                isPlain: try !["lstrip", "rstrip", "single_word"].contains { try token.flag($0) == true })
        }
    }

    /// A token that is found whole in a text.
    struct AddedToken {
        let id: Int
        let content: String
        let isSpecial: Bool
        /// Whether it is found wherever it stands, and takes no white space with it.
        let isPlain: Bool
    }

    /// The tokens of an object by name: `{"32099": {"content": "<extra_id_0>", ...}, ...}`, in the order of names.
    func namedTokens(_ field: String) throws -> [(name: String, content: String)] {
        guard let object = try object(field) else { return [] }
        return try object.names.map { name in
            (name, try content(of: object.fields[name] ?? "", field: "\(field).\(name)"))
        }
    }

    private func content(of token: Any, field: String) throws -> String {
        if let content = token as? String ?? (token as? [String: Any])?["content"] as? String { return content }
        throw wrong(field, "a token or an object with its content", token)
    }

    private func present(_ field: String) -> Any? {
        fields[field].flatMap { $0 is NSNull ? nil : $0 }
    }

    private func wrong(_ field: String, _ expected: String, _ value: Any) -> TokenizerError {
        .configuration(file: path, field: field, expected: expected, found: "\(value)")
    }

    /// JSON's true and false are numbers to Foundation.
    private static func isFlag(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c"
    }
}
