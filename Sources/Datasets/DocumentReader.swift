import Foundation

/// Reads labelled documents in the layouts in which they are published, and says what their labels mean.
package struct DocumentReader: Sendable {
    /// What an index or a name stands for. An index means different classes in different files, so the list is an
    /// input.
    package var labels: LabelList
    /// The field of the class; nil takes `label`, or else `issueArea`.
    package var labelField: String?
    /// The field of the split, in a file that has all of them.
    package var splitField = "data_type"

    package init(labels: LabelList) {
        self.labels = labels
    }

    /// LexGLUE's field, whose numbers are codes of the Supreme Court Database and not indices.
    private static let codeField = "issueArea"

    /// A split's documents in the order of its file, labelled as there.
    package typealias Splits = [DocumentSource.Split: [DocumentRecord]]

    /// Reads all documents of a source.
    ///
    /// A label is the name of a class, or a whole number: the index from 0 in `labels`; in the field `issueArea` a
    /// code from 1 of the Supreme Court Database.
    /// - Throws: `DatasetError` naming the row and the field: an unknown or missing label, an empty document, an
    ///   unknown split, a file or a split without rows; `FilesError`.
    package func read(_ source: DocumentSource) throws -> Splits {
        var splits: Splits = [:]
        for file in source.files {
            let data = try DataFile(file.url, member: file.member)
            var row = 0
            try data.forEachTableRow { fields in
                let split = try file.split ?? split(of: fields)
                splits[split, default: []].append(try document(fields, split, row: row))
                row += 1
            }
            guard row > 0 else {
                throw DatasetError.noRows(
                    DataLocation(file: data.name), expected: "rows with text and label, as JSON objects or as CSV")
            }
            for needed in [DocumentSource.Split.train, .test] where file.split == nil && splits[needed] == nil {
                throw DatasetError.missingSplit(
                    DataLocation(file: data.name), split: needed.rawValue,
                    present: splits.keys.map(\.rawValue).sorted())
            }
        }
        return splits
    }

    private func split(of fields: JSONRow) throws -> DocumentSource.Split {
        guard let name = try fields.scalar(splitField) else {
            throw DatasetError.missingField(
                fields.location, field: splitField,
                expected: "the split of the row (name another field with --split-field, or give a folder or an archive "
                    + "with train, val and test files)")
        }
        guard let split = DocumentSource.Split(name: name) else {
            throw DatasetError.unknownValue(
                fields.location, field: splitField, found: name, expected: DocumentSource.Split.names)
        }
        return split
    }

    private func document(_ fields: JSONRow, _ split: DocumentSource.Split, row: Int) throws -> DocumentRecord {
        let text = try fields.text("text")
        let label = try label(of: fields)
        return DocumentRecord(
            id: row, text: text, label: label, year: try year(of: fields),
            source: DocumentRecord.Source(split: split.rawValue, row: row, label: label))
    }

    private func year(of fields: JSONRow) throws -> Int? {
        guard let text = try fields.scalar("year"), !text.isBlank else { return nil }
        guard let year = Int(text) else {
            throw DatasetError.wrongType(fields.location, field: "year", expected: "a whole number", found: text)
        }
        return year
    }

    private func label(of fields: JSONRow) throws -> String {
        let field = labelField ?? (fields.has("label") || !fields.has(Self.codeField) ? "label" : Self.codeField)
        guard let text = try fields.scalar(field) else {
            throw DatasetError.missingField(
                fields.location, field: field,
                expected: "the class by name or number (name another field with --label-field)")
        }
        guard !text.isBlank else { throw DatasetError.emptyField(fields.location, field: field) }
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        if let label = name(trimmed, isCode: field == Self.codeField) { return label }
        throw DatasetError.unknownValue(
            fields.location, field: field, found: text,
            expected: (field == Self.codeField
                ? "the code, from 1 to \(LabelList.issueAreas.count), of a class that --labels has"
                : "an index from 0 to \(labels.names.count - 1)")
                + " or a name of \(labels.name) (\(labels.names.joined(separator: ", ")))")
    }

    /// The class as the list has it; nil for one that it lacks.
    private func name(_ text: String, isCode: Bool) -> String? {
        guard let number = Int(text) else { return labels.canonical(text) }
        let names = isCode ? LabelList.issueAreas : labels.names
        let index = isCode ? number - 1 : number
        return names.indices.contains(index) ? labels.canonical(names[index]) : nil
    }
}
