import Datasets
import Foundation
import Tokenizers

/// The documents of `prepare-data scotus`, each with a class of labels.json.
struct ClassifiedDocuments {
    /// A text with the index of its class.
    struct Document {
        let text: String
        let label: Int32
    }

    /// What is read, in this order.
    static let files = ["training.jsonl", "upstream.jsonl", "labels.json"]

    let labels: [String]
    let training: [Document]
    let upstream: [Document]

    /// - Throws: `PretrainError` for a document that is empty or whose label is no class, and what reading the files
    ///   throws.
    init(folder: URL) throws {
        let labelFile = folder.appendingPathComponent("labels.json")
        let list = try LabelList(contentsOf: labelFile)
        guard list.names.count >= 2 else {
            throw PretrainError.tooFewClasses(file: labelFile.path, count: list.names.count)
        }
        labels = list.names
        func read(_ name: String) throws -> [Document] {
            let file = folder.appendingPathComponent(name)
            return try DocumentRecord.read(from: file).enumerated().map { row, record in
                guard let label = list.index(of: record.label) else {
                    throw PretrainError.unknownLabel(
                        file: file.path, row: row, label: record.label, known: list.names, labelFile: labelFile.path)
                }
                guard record.text.contains(where: { !$0.isWhitespace }) else {
                    throw PretrainError.emptyDocument(file: file.path, row: row)
                }
                return Document(text: record.text, label: Int32(label))
            }
        }
        training = try read(Self.files[0])
        upstream = try read(Self.files[1])
    }

    /// Documents as token ids.
    func tokenized(
        _ documents: KeyPath<Self, [Document]>, _ tokenizer: WordPieceTokenizer, maxLength: Int
    ) -> [ClassifiedText] {
        self[keyPath: documents].map {
            ClassifiedText(tokens: tokenizer.encode($0.text, maxLength: maxLength), label: $0.label)
        }
    }
}
