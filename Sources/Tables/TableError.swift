/// Why a table could not be read or written.
package enum TableError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The file has no header row.
    case empty(file: String)
    /// A column name occurs twice in the header, or has no name.
    case badHeader(file: String, column: Int, name: String)
    /// A row does not have as many fields as the header.
    case fieldCount(file: String, line: Int, expected: Int, found: Int)
    /// A needed column is not in the header.
    case missingColumn(file: String, column: String, present: [String])
    /// A field is not what its column holds; `expected` is a phrase such as "a number".
    case badField(file: String, line: Int, column: String, expected: String, found: String)
    /// The bytes are not UTF-8 text.
    case notText(file: String)

    package var description: String {
        switch self {
        case .empty(let file):
            return "\(file): the table is empty, expected a header row of tab-separated column names"
        case .badHeader(let file, let column, let name) where name.isEmpty:
            return "\(file): line 1: column \(column) of the header has no name"
        case .badHeader(let file, let column, let name):
            return "\(file): line 1: column \(column) of the header repeats the name '\(name)'"
        case .fieldCount(let file, let line, let expected, let found):
            return "\(file): line \(line): expected \(expected) tab-separated fields as in the header, found \(found)"
        case .missingColumn(let file, let column, let present):
            return "\(file): there is no column '\(column)'; the columns are: \(present.joined(separator: " "))"
        case .badField(let file, let line, let column, let expected, let found):
            return "\(file): line \(line), column '\(column)': expected \(expected), found '\(found)'"
        case .notText(let file):
            return "\(file): the file is not UTF-8 text, expected a tab-separated table"
        }
    }
}
