import Files
import Foundation

/// One row of numbers, perhaps with the name of its class.
package struct PointRecord: Equatable, Sendable {
    /// The row in its set, from 0.
    package var id: Int
    package var features: [Float]
    package var label: String?

    package init(id: Int, features: [Float], label: String?) {
        self.id = id
        self.features = features
        self.label = label
    }
}

extension PointRecord {
    /// Reads JSONL with `features`, and perhaps `id` (else the number of the row) and `label`.
    /// - Throws: `DatasetError` naming the line and the field; `FilesError` when the file cannot be read.
    package static func read(from url: URL) throws -> [PointRecord] {
        let file = try DataFile(url, member: nil)
        var records: [PointRecord] = []
        try file.forEachRow { row in
            records.append(
                PointRecord(
                    id: try row.has("id") ? row.integer("id") : records.count, features: try row.floats("features"),
                    label: try row.has("label") ? row.text("label") : nil))
        }
        guard !records.isEmpty else {
            throw DatasetError.noRows(DataLocation(file: file.name), expected: "JSON objects with features, one a line")
        }
        return records
    }

    /// Writes one object a line, under the final name in one step.
    /// - Throws: `FilesError` when the file cannot be written.
    package static func write(_ records: [PointRecord], to url: URL) throws {
        try AtomicFile.write(to: url) { file in
            for record in records { try file.write(record.json + "\n") }
        }
    }

    /// The record as one JSON object without line breaks.
    private var json: String {
        let numbers = features.map { "\($0)" }.joined(separator: ",")
        let name = label.map { ",\"label\":\($0.json)" } ?? ""
        return "{\"id\":\(id),\"features\":[\(numbers)]\(name)}"
    }
}
