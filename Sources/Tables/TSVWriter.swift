import Files
import Foundation

/// Writes a table row by row, without holding it in memory; the file appears under its name when it is whole.
package struct TSVWriter {
    private let handle: AtomicFile.Handle
    private let columns: Int

    private init(_ handle: AtomicFile.Handle, columns: Int) {
        self.handle = handle
        self.columns = columns
    }

    /// Writes a table through a body that appends its rows.
    /// - Throws: what `body` throws, or `FilesError`; then nothing is left under the final name.
    package static func write(
        to url: URL, columns: [String], _ body: (TSVWriter) throws -> Void
    ) throws {
        try AtomicFile.write(to: url) { handle in
            try handle.write(columns.map(\.cell).joined(separator: "\t") + "\n")
            try body(TSVWriter(handle, columns: columns.count))
        }
    }

    /// Adds a row.
    /// - Parameter row: one value for each column, in order.
    package func append(_ row: [any TableCell]) throws {
        precondition(row.count == columns, "a row needs \(columns) fields")
        try handle.write(row.map(\.cell).joined(separator: "\t") + "\n")
    }
}
