import Files
import Foundation

/// A data file, or one member of an archive, read whole and taken apart into its rows.
struct DataFile {
    /// What messages call the file: its path, and the member where one was named.
    let name: String
    let contents: Data

    /// - Throws: `FilesError` when the file or its archive cannot be read.
    init(_ url: URL, member: String? = nil) throws {
        name = Self.name(of: url, member: member)
        contents = try InputFile.contents(of: url, member: member)
    }

    static func name(of url: URL, member: String?) -> String {
        url.relativePath + (member.map { ":\($0)" } ?? "")
    }

    /// The position of the first byte that is neither white space nor a byte order mark.
    var start: Data.Index? { contents.afterByteOrderMark.firstIndex { !Self.isSpace($0) } }

    /// The file's first byte of content.
    var firstByte: UInt8? { start.map { contents[$0] } }

    /// The key that the file's first object starts with, by which layouts are told apart without parsing.
    var firstKey: String? {
        guard let start, contents[start] == UInt8(ascii: "{"),
            let open = contents[(start + 1)...].firstIndex(where: { !Self.isSpace($0) }),
            contents[open] == UInt8(ascii: "\""),
            let close = contents[(open + 1)...].firstIndex(of: UInt8(ascii: "\""))
        else { return nil }
        return String(bytes: contents[(open + 1)..<close], encoding: .utf8)
    }

    /// The file as one JSON value.
    func wholeValue(expected: String) throws -> Any {
        guard let start else { throw DatasetError.noRows(DataLocation(file: name), expected: expected) }
        do {
            return try JSONSerialization.jsonObject(with: contents[start...].escapingByteOrderMarks)
        } catch {
            throw DatasetError.notJSON(
                DataLocation(file: name), expected: expected, reason: JSONRow.reason(error))
        }
    }

    /// The rows of a JSON array of objects or of a file with one object a line, whichever the file is.
    func forEachRow(_ body: (JSONRow) throws -> Void) throws {
        if firstByte == UInt8(ascii: "[") {
            let list = try wholeValue(expected: "a list of objects") as? [Any] ?? []
            for (index, element) in list.enumerated() {
                try body(JSONRow(element, at: DataLocation(file: name, row: .element(index))))
            }
        } else {
            try forEachLine { number, line in
                try body(JSONRow(line, at: DataLocation(file: name, row: .line(number))))
            }
        }
    }

    /// Calls `body` with the number, from 1, and the bytes of every line that is not blank.
    private func forEachLine(_ body: (Int, Data) throws -> Void) throws {
        // Byte by byte over Data is slow; the buffer is not.
        try contents.afterByteOrderMark.withUnsafeBytes { bytes in
            var number = 0
            var start = 0
            while start < bytes.count {
                let rest = bytes[start...]
                let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
                number += 1
                if rest[..<end].contains(where: { !Self.isSpace($0) }) {
                    try body(number, Data(rest[..<end]))
                }
                start = end + 1
            }
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}
