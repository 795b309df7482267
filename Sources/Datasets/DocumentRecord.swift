import Files
import Foundation

/// One row of a set of documents that the tools pass on: a text with the name of its class.
package struct DocumentRecord: Equatable, Sendable {
    /// Where a document comes from.
    package struct Source: Equatable, Sendable {
        /// The split of the published data: `train`, `validation` or `test`.
        package var split: String
        /// Its row there, from 0.
        package var row: Int
        /// The name of its class there, before labels were merged.
        package var label: String
    }

    /// The row in its set, from 0.
    package var id: Int
    package var text: String
    /// The name of its class.
    package var label: String
    /// The year of the decision, where the file has it.
    package var year: Int?
    package var source: Source?

    package init(id: Int, text: String, label: String, year: Int? = nil, source: Source? = nil) {
        self.id = id
        self.text = text
        self.label = label
        self.year = year
        self.source = source
    }
}

extension DocumentRecord {
    /// Reads a set as `write` leaves it, or any JSONL of documents: `text` and `label`; `id` is the number of the row
    /// and `year` unknown where they are left out.
    ///
    /// - Parameter labelNeeded: whether a row without a label is an error; if not, its label is empty.
    /// - Throws: `DatasetError` naming the line and the field; `FilesError` when the file cannot be read.
    package static func read(
        from url: URL, labelNeeded: Bool = true
    ) throws -> [DocumentRecord] {
        let file = try DataFile(url)
        var records: [DocumentRecord] = []
        try file.forEachRow { row in
            records.append(
                DocumentRecord(
                    id: try row.has("id") ? row.integer("id") : records.count, text: try row.text("text"),
                    label: try labelNeeded || row.has("label") ? row.text("label") : "",
                    year: try row.has("year") ? row.integer("year") : nil,
                    source: try row.has("source") ? source(row.object("source")) : nil))
        }
        guard !records.isEmpty else {
            throw DatasetError.noRows(
                DataLocation(file: file.name), expected: "JSON objects with text and label, one a line")
        }
        return records
    }

    private static func source(_ row: JSONRow) throws -> Source {
        Source(split: try row.text("split"), row: try row.integer("row"), label: try row.text("label"))
    }

    /// Writes one object a line, the fields always in the same order, under the final name in one step.
    /// - Throws: `FilesError` when the file cannot be written.
    package static func write(_ records: [DocumentRecord], to url: URL) throws {
        try AtomicFile.write(to: url) { file in
            for record in records { try file.write(record.json + "\n") }
        }
    }

    /// The record as one JSON object without line breaks.
    package var json: String {
        var text = "{\"id\":\(id),\"text\":\(self.text.json),\"label\":\(label.json)"
        if let year { text += ",\"year\":\(year)" }
        if let source {
            text += ",\"source\":{\"split\":\(source.split.json),\"row\":\(source.row),\"label\":\(source.label.json)}"
        }
        return text + "}"
    }
}
