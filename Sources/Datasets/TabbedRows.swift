import Files
import Foundation

/// Reads the tables that the embedded data is written in: tab separated, a header row, no quoting, no empty field.
enum TabbedRows {
    /// The rows under the header, none of their fields empty.
    static func read(
        _ url: URL, columns: [String]
    ) throws -> [(place: DataLocation, line: Int, fields: [String])] {
        let file = url.relativePath
        var rows: [(DataLocation, Int, [String])] = []
        var header: [String]?
        try InputFile.lines(of: url) { line, text in
            let place = DataLocation(file: file, row: .line(line))
            let fields = text.split(separator: "\t", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            guard header != nil else {
                guard fields == columns else {
                    throw DatasetError.wrongHeader(
                        place, expected: columns.joined(separator: " "), found: fields.joined(separator: " "))
                }
                header = fields
                return
            }
            if fields == [""] { return }
            guard fields.count == columns.count else {
                throw DatasetError.wrongColumnCount(place, expected: columns.count, found: fields.count)
            }
            for (column, field) in zip(columns, fields) where field.isEmpty {
                throw DatasetError.emptyField(place, field: column)
            }
            rows.append((place, line, fields))
        }
        guard !rows.isEmpty else {
            throw DatasetError.noRows(
                DataLocation(file: file), expected: "rows of \(columns.joined(separator: ", ")) under a header")
        }
        return rows
    }
}
