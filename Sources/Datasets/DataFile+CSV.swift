import Foundation
import SwiftCSV

extension DataFile {
    /// The rows of a file of JSON objects, or else of CSV under a header row; which of them goes by the first byte.
    func forEachTableRow(_ body: (JSONRow) throws -> Void) throws {
        switch firstByte {
        case UInt8(ascii: "{"), UInt8(ascii: "["): try forEachRow(body)
        case nil: return
        default: try forEachRecord(body)
        }
    }

    /// The rows of CSV (RFC 4180), every field a string under the name of its column.
    private func forEachRecord(_ body: (JSONRow) throws -> Void) throws {
        let place = DataLocation(file: name)
        guard let text = String(data: contents, encoding: .utf8) else {
            throw DatasetError.notCSV(place, reason: "it is not UTF-8 text")
        }
        // The library takes the end of the file for the end of a field that was never closed.
        guard contents.count(where: { $0 == UInt8(ascii: "\"") }).isMultiple(of: 2) else {
            throw DatasetError.notCSV(place, reason: "a quoted field is never closed")
        }
        let header: [String]
        var rows: [[String]] = []
        do {
            // Its own rows are filled up to the width of the header, which would hide that a field is missing.
            let table = try EnumeratedCSV(string: text, delimiter: .comma, loadColumns: false, rowLimit: 0)
            header = table.header
            try table.enumerateAsArray(startAt: 1, rowLimit: nil) { rows.append($0) }
        } catch CSVParseError.quotation(let message), CSVParseError.generic(let message) {
            throw DatasetError.notCSV(
                place, reason: "a quote is neither doubled nor at the end of its field (\(message))")
        }
        guard Set(header).count == header.count else {
            throw DatasetError.notCSV(place, reason: "the header has a column twice: \(header.joined(separator: ", "))")
        }
        for (index, fields) in rows.enumerated() where fields != [""] {
            let place = DataLocation(file: name, row: .record(index + 1))
            // An empty field at the very end of a file without a last line end is not given.
            let isCut = index == rows.count - 1 && fields.count == header.count - 1 && text.last?.isNewline == false
            guard fields.count == header.count || isCut else {
                throw DatasetError.notCSV(
                    place, reason: "expected \(header.count) fields as in the header, found \(fields.count)")
            }
            try body(JSONRow(Dictionary(uniqueKeysWithValues: zip(header, fields)) as [String: Any], at: place))
        }
    }
}
