import Files
import Foundation

/// One JSON object of a data file, whose fields are read by type, with errors that name place and field.
struct JSONRow {
    let location: DataLocation
    private let fields: [String: Any]

    /// - Throws: `DatasetError.notJSON` when `data` is not one JSON object.
    init(_ data: Data, at location: DataLocation) throws {
        let value: Any
        do {
            value = try JSONSerialization.jsonObject(
                with: data.escapingByteOrderMarks, options: [.fragmentsAllowed])
        } catch {
            throw DatasetError.notJSON(location, expected: "an object", reason: Self.reason(error))
        }
        try self.init(value, at: location)
    }

    /// - Throws: `DatasetError.wrongType` when `value` is not a JSON object.
    init(_ value: Any, at location: DataLocation) throws {
        guard let fields = value as? [String: Any] else {
            throw DatasetError.wrongType(
                location, field: "(the row)", expected: "an object", found: Self.kind(of: value))
        }
        self.location = location
        self.fields = fields
    }

    /// Whether the field is there; null counts as absent.
    func has(_ field: String) -> Bool {
        guard let value = fields[field] else { return false }
        return !(value is NSNull)
    }

    /// The text of a field, which must be there and hold more than white space.
    func text(_ field: String) throws -> String {
        let value = try required(field, "a string")
        guard let text = value as? String else { throw mistyped(field, "a string", value) }
        guard !text.isBlank else { throw DatasetError.emptyField(location, field: field) }
        return text
    }

    /// The strings of a field; a lone string counts as a list of one.
    func texts(_ field: String) throws -> [String] {
        let value = try required(field, "a list of strings")
        if let text = value as? String { return [text] }
        guard let list = value as? [Any] else { throw mistyped(field, "a list of strings", value) }
        return try list.enumerated().map { index, element in
            guard let text = element as? String else { throw mistyped("\(field)[\(index)]", "a string", element) }
            return text
        }
    }

    /// A whole number of a field.
    func integer(_ field: String) throws -> Int {
        let value = try required(field, "a whole number")
        guard let number = Self.integer(value) else { throw mistyped(field, "a whole number", value) }
        return number
    }

    /// The numbers of a list that has some.
    func floats(_ field: String) throws -> [Float] {
        let list = try list(field)
        guard !list.isEmpty else { throw DatasetError.emptyField(location, field: field) }
        return try list.enumerated().map { index, element in
            guard let number = element as? NSNumber, !Self.isTruth(number), number.floatValue.isFinite else {
                throw mistyped("\(field)[\(index)]", "a number", element)
            }
            return number.floatValue
        }
    }

    /// The text of a string or a whole number; nil where the field is absent.
    func scalar(_ field: String) throws -> String? {
        guard has(field), let value = fields[field] else { return nil }
        if let text = value as? String { return text }
        guard let number = Self.integer(value) else { throw mistyped(field, "a string or a whole number", value) }
        return String(number)
    }

    /// An object within the row.
    func object(_ field: String) throws -> JSONRow {
        let value = try required(field, "an object")
        guard value is [String: Any] else { throw mistyped(field, "an object", value) }
        return try JSONRow(value, at: location)
    }

    /// The elements of a list.
    func list(_ field: String) throws -> [Any] {
        let value = try required(field, "a list")
        guard let list = value as? [Any] else { throw mistyped(field, "a list", value) }
        return list
    }

    func mistyped(_ field: String, _ expected: String, _ value: Any) -> DatasetError {
        .wrongType(location, field: field, expected: expected, found: Self.kind(of: value))
    }

    private func required(_ field: String, _ expected: String) throws -> Any {
        guard let value = fields[field] else {
            throw DatasetError.missingField(location, field: field, expected: expected)
        }
        return value
    }

    static func integer(_ value: Any) -> Int? {
        guard let number = value as? NSNumber, !isTruth(number) else { return nil }
        // Beyond 2⁵³ not every whole number is a double.
        return Int(number.stringValue) ?? Int(exactly: number.doubleValue)
    }

    /// Whether a number was true or false in the JSON. `is Bool` does not tell: it holds for 0 and 1 as well.
    private static func isTruth(_ number: NSNumber) -> Bool {
        let type = UInt8(bitPattern: number.objCType.pointee)
        return type == UInt8(ascii: "c") || type == UInt8(ascii: "B")
    }

    /// What a decoded JSON value is called in a message.
    static func kind(of value: Any) -> String {
        switch value {
        case is NSNull: "null"
        case let number as NSNumber: isTruth(number) ? "true or false" : "the number \(number.stringValue)"
        case is String: "a string"
        case is [Any]: "a list"
        case is [String: Any]: "an object"
        default: "something else"
        }
    }

    /// What the JSON parser says, without the wrapping that every error of it has.
    static func reason(_ error: any Error) -> String {
        (error as NSError).userInfo["NSDebugDescription"] as? String ?? String(describing: error)
    }
}

extension String {
    /// Nothing but white space.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}

extension Data {
    /// JSON text with every byte order mark written as an escape, since Foundation drops one at the start of a string.
    var escapingByteOrderMarks: Data {
        let mark = Data(ByteOrderMark.utf8)
        guard range(of: mark) != nil else { return self }
        var text = Data(), rest = self[...]
        while let found = rest.range(of: mark) {
            text += rest[..<found.lowerBound] + Data("\\uFEFF".utf8)
            rest = rest[found.upperBound...]
        }
        return text + rest
    }
}
