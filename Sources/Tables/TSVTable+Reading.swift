import Files
import Foundation

extension TSVTable {
    /// Reads a table.
    /// - Throws: `FilesError` when the file cannot be read, `TableError` naming file and line when it is no table.
    package init(contentsOf url: URL) throws {
        self = try MappedFile(url).withBytes { try TSVTable(text: $0, name: url.path) }
    }

    /// Reads a table from UTF-8 text.
    /// - Parameter name: what errors call the table.
    package init(text bytes: UnsafeRawBufferPointer, name: String) throws {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw TableError.notText(file: name) }
        // Lines are split on the line feed alone: Swift takes CR LF for one character, so it splits bytes.
        var lines = text.utf8.afterByteOrderMark.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[
            ...]
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard let header = lines.popFirst(), !header.isEmpty else { throw TableError.empty(file: name) }

        let columns = Self.fields(of: header).map(TableText.unescape)
        var seen: Set<String> = []
        for (index, column) in columns.enumerated() where column.isEmpty || !seen.insert(column).inserted {
            throw TableError.badHeader(file: name, column: index + 1, name: column)
        }
        self.init(checked: columns, name: name)
        for (index, line) in lines.enumerated() {
            let fields = Self.fields(of: line)
            guard fields.count == columns.count else {
                throw TableError.fieldCount(file: name, line: index + 2, expected: columns.count, found: fields.count)
            }
            append(fields: fields)
        }
    }

    private static func fields(of line: Substring.UTF8View) -> [String] {
        let end = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        return end.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }
}
