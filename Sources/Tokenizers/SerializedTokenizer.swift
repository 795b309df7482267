import Foundation

/// A `tokenizer.json`, as far as a BERT tokenizer can be read from it.
struct SerializedTokenizer {
    private let settings: SettingsFile
    private let contents: Data

    init(_ file: URL) throws {
        settings = try SettingsFile(file)
        contents = try T5Tokenizer.read(file)
    }

    /// Takes over what the file says about its text and its words.
    /// - Throws: `TokenizerError` for parts that are not those of a BERT.
    func apply(to result: inout WordPieceSettings) throws {
        let normalizer = try part("normalizer", type: "BertNormalizer")
        result.cleansText = try normalizer.flag("clean_text") ?? true
        result.separatesChinese = try normalizer.flag("handle_chinese_chars") ?? true
        result.lowercases = try normalizer.flag("lowercase") ?? true
        result.stripsAccents = try normalizer.flag("strip_accents")
        _ = try part("pre_tokenizer", type: "BertPreTokenizer")
        let model = try part("model", type: "WordPiece")
        let prefix = try model.text("continuing_subword_prefix") ?? "##"
        guard prefix == "##" else {
            throw TokenizerError.configuration(
                file: settings.path, field: "model.continuing_subword_prefix", expected: "##", found: prefix)
        }
        result.wordLimit = try model.integer("max_input_chars_per_word", in: 1...1_000_000) ?? result.wordLimit
        result.unknownToken = try model.text("unk_token") ?? result.unknownToken
        result.addedTokens += try settings.tokens("added_tokens")
    }

    private func part(_ name: String, type: String) throws -> SettingsFile {
        guard let part = try settings.object(name) else {
            throw TokenizerError.notWordPieces(file: settings.path, reason: "\(name) is missing, expected \(type)")
        }
        // Old files leave the type of the model out.
        let found = try part.text("type") ?? type
        guard found == type else {
            throw TokenizerError.notWordPieces(file: settings.path, reason: "\(name) is \(found), expected \(type)")
        }
        return part
    }

    /// The vocabulary: the object `vocab` of `model`.
    ///
    /// Read from the bytes, because a dictionary takes canonically equivalent tokens for one.
    func vocabulary() throws -> WordPieceVocabulary {
        var scanner = JSONScanner(bytes: [UInt8](contents))
        guard let entries = scanner.integers(at: ["model", "vocab"]), !entries.isEmpty else {
            throw TokenizerError.notWordPieces(file: settings.path, reason: "model.vocab is no object of ids by token")
        }
        return WordPieceVocabulary(entries)
    }
}

/// Finds one object in a JSON text that is known to be well formed.
private struct JSONScanner {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The members of the object at a path, names as UTF-8; nil where there is none or a value is no whole number.
    mutating func integers(at path: [String]) -> [(id: Int32, bytes: [UInt8])]? {
        guard take("{") else { return nil }
        guard let name = path.first else { return members() }
        while !take("}") {
            guard let found = string(), take(":") else { return nil }
            if found == Array(name.utf8) { return integers(at: Array(path.dropFirst())) }
            skipValue()
            _ = take(",")
        }
        return nil
    }

    private mutating func members() -> [(id: Int32, bytes: [UInt8])]? {
        var result: [(id: Int32, bytes: [UInt8])] = []
        while !take("}") {
            guard let name = string(), take(":"), let id = integer() else { return nil }
            result.append((id, name))
            _ = take(",")
        }
        return result
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func string() -> [UInt8]? {
        guard take("\"") else { return nil }
        let start = position
        var hasEscapes = false
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") {
                hasEscapes = true
                position += 1
            }
            position += 1
        }
        guard position < bytes.count else { return nil }
        position += 1
        guard hasEscapes else { return Array(bytes[start..<(position - 1)]) }
        let literal = Data(bytes[(start - 1)..<position])
        return (try? JSONDecoder().decode(String.self, from: literal)).map { Array($0.utf8) }
    }

    private mutating func integer() -> Int32? {
        _ = take(" ")
        var end = position
        while end < bytes.count, (0x30...0x39).contains(bytes[end]) { end += 1 }
        defer { position = end }
        return Int32(String(decoding: bytes[position..<end], as: UTF8.self))
    }

    /// Steps over a value: to the comma or the bracket that ends it.
    private mutating func skipValue() {
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""): _ = string()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
                position += 1
            case UInt8(ascii: ","):
                if depth == 0 { return }
                position += 1
            default: position += 1
            }
        }
    }
}
