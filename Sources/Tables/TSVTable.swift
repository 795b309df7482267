import Files
import Foundation

/// A tab-separated table in memory: a header row of column names, then one observation a row.
package struct TSVTable: Sendable {
    /// The names of the columns, in file order.
    package let columns: [String]
    /// The fields of each row as they are written (escaped), `columns.count` of them.
    package private(set) var rows: [[String]] = []
    /// What errors call this table: the path it was read from.
    package let name: String
    private let positions: [String: Int]

    /// An empty table.
    package init(columns: [String], name: String = "table") {
        precondition(Set(columns).count == columns.count, "column names must differ: \(columns)")
        self.init(checked: columns, name: name)
    }

    init(checked columns: [String], name: String) {
        self.columns = columns
        self.name = name
        positions = Dictionary(uniqueKeysWithValues: zip(columns, columns.indices))
    }

    /// Adds a row.
    /// - Parameter row: one value for each column, in order.
    package mutating func append(_ row: [any TableCell]) {
        append(fields: row.map(\.cell))
    }

    /// Adds the first rows of another table with the same columns.
    package mutating func append(contentsOf other: TSVTable, first count: Int) {
        precondition(other.columns == columns, "tables of different columns")
        rows.append(contentsOf: other.rows.prefix(count))
    }

    /// Adds a row of fields that are already written as they stand in a file, escaped.
    package mutating func append(fields: [String]) {
        precondition(fields.count == columns.count, "a row of \(name) needs \(columns.count) fields")
        rows.append(fields)
    }

    /// The position of a column.
    /// - Throws: `TableError.missingColumn`.
    package func position(of column: String) throws -> Int {
        guard let position = positions[column] else {
            throw TableError.missingColumn(file: name, column: column, present: columns)
        }
        return position
    }

    /// The rows with typed access to their fields.
    package var records: [TSVRecord] {
        rows.indices.map { TSVRecord(table: self, index: $0) }
    }

    /// The table as text, header first, a line feed after each row.
    package var text: String {
        ([columns.map(\.cell)] + rows).map { $0.joined(separator: "\t") + "\n" }.joined()
    }

    /// Writes the table under its final name in one step.
    /// - Throws: `FilesError` when the file cannot be written.
    package func write(to url: URL) throws {
        try AtomicFile.write(Data(text.utf8), to: url)
    }
}

/// One row of a table, with its fields by column name.
package struct TSVRecord: Sendable {
    let table: TSVTable
    let index: Int

    /// The line of the file this row stands on; the header is line 1.
    package var line: Int { index + 2 }

    /// The text of a field, unescaped.
    package func text(_ column: String) throws -> String {
        TableText.unescape(try field(column))
    }

    /// A number; `nan` is a valid one and stands for an undefined value.
    package func number(_ column: String) throws -> Double {
        let field = try field(column)
        guard let number = Double(field) else { throw bad(column, "a number", field) }
        return number
    }

    /// An integer.
    package func integer(_ column: String) throws -> Int {
        let field = try field(column)
        guard let integer = Int(field) else { throw bad(column, "an integer", field) }
        return integer
    }

    /// The error of a field of this row that does not hold what it must.
    /// - Parameter expected: a phrase such as "a number from 0 to 1".
    package func bad(_ column: String, _ expected: String, _ found: String) -> TableError {
        .badField(file: table.name, line: line, column: column, expected: expected, found: found)
    }

    private func field(_ column: String) throws -> String {
        table.rows[index][try table.position(of: column)]
    }
}
