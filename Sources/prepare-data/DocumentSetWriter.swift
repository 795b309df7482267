import ArgumentParser
import Checkpoints
import Datasets
import Files
import Foundation
import Tables
import Tokenizers
import ToolSupport

/// `--tokenizer` and the length that documents are cut to.
struct DocumentTokenizerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write token ids too, by the vocab.txt (or tokenizer.json) in this folder of a BERT.", valueName: "folder"))
    var tokenizer: URL?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Tokens of a document at most, [CLS] and [SEP] included; longer ones are cut. Default: as many positions "
                + "as the config.json of --tokenizer has, at most 512.", valueName: "tokens"))
    var maxLength: Int?

    func validate() throws {
        // Two tokens would be the special ones alone.
        if let maxLength { try atLeast(3, maxLength, "--max-length") }
        if tokenizer == nil && maxLength != nil { throw ValidationError("--max-length goes with --tokenizer") }
    }

    /// The length to cut to: a model cannot read more tokens than it has positions.
    func length(for folder: URL) throws -> Int {
        if let maxLength { return maxLength }
        let config = folder.appendingPathComponent("config.json")
        guard FileManager.default.fileExists(atPath: config.path) else { return Self.mostTokens }
        let positions = try CheckpointFolder.config(Positions.self, in: folder).maxPositionEmbeddings
        return max(3, min(positions ?? Self.mostTokens, Self.mostTokens))
    }

    /// What BERT reads.
    private static let mostTokens = 512

    private struct Positions: Decodable {
        let maxPositionEmbeddings: Int?

        enum CodingKeys: String, CodingKey { case maxPositionEmbeddings = "max_position_embeddings" }
    }
}

/// Writes sets of documents, as text and, with a tokenizer, as token ids with class indices.
struct DocumentSetWriter {
    var sets: SetWriter
    private let labels: LabelList
    private let tokenizer: WordPieceTokenizer?
    /// What inputs are cut to; without meaning where there is no tokenizer.
    private let maxLength: Int

    /// Takes the digests of what is read; a tokenizer is loaded here, so that a wrong one fails before the work.
    init(
        folder: URL, labels: LabelList, source: DocumentSource, input: URL, member: String?,
        tokens: DocumentTokenizerOptions, seed: UInt64
    ) throws {
        self.labels = labels
        maxLength = try tokens.tokenizer.map(tokens.length) ?? 0
        let isFolder = source.files.contains { $0.url != input }
        sets = try SetWriter(kind: "scotus", folder: folder, source: isFolder ? nil : input, member: member, seed: seed)
        if isFolder {
            sets.metadata["source"] = input.lastPathComponent
            for file in source.files { try sets.addInput(file.url, sha256: Digest.sha256(of: file.url)) }
        }
        tokenizer = try tokens.tokenizer.map { try WordPieceTokenizer(folder: $0) }
        if let vocabulary = tokens.tokenizer.flatMap(WordPieceTokenizer.vocabularyFile) {
            let digest = try Digest.sha256(of: vocabulary)
            sets.addInput(vocabulary, sha256: digest)
            sets.metadata["tokenizer_file"] = vocabulary.lastPathComponent
            sets.metadata["tokenizer_sha256"] = digest
            sets.metadata["max_length"] = String(maxLength)
        }
    }

    /// Writes everything, the record of the run last.
    mutating func write(_ documents: DocumentPlan.Sets) throws {
        let all = [("training", documents.training), ("upstream", documents.upstream), ("edits", documents.edits)]
        let names = (labels.json + "\n").utf8
        try sets.write(file: "labels.json") { try AtomicFile.write(Data(names), to: $0) }
        for (name, records) in all {
            if name != "training" {
                if let tokenizer {
                    try write(records, as: name, tokenizer)
                } else {
                    try sets.removeEarlierTensors(name)
                }
            }
            try sets.write(rows: records.count, as: name) { try DocumentRecord.write(records, to: $0) }
        }
        try writeCounts(all)
        try sets.finish()
    }

    private mutating func write(_ records: [DocumentRecord], as name: String, _ tokenizer: WordPieceTokenizer) throws {
        var cut = 0
        let items = records.map { record in
            let ids = tokenizer.encode(record.text)
            if ids.count > maxLength { cut += 1 }
            let row = record.source?.row ?? record.id
            return TokenizedSet.Item(
                id: record.id, question: row, group: row,
                input: ids.count > maxLength ? ids.prefix(maxLength - 1) + [tokenizer.separatorID] : ids,
                label: labels.index(of: record.label).map { [Int32($0)] } ?? [])
        }
        let file = try sets.write(TokenizedSet(items: items, labelNames: labels.names), as: name)
        sets.settings["\(name)_inputs_cut"] = String(cut)
        Message.note("\(file.relativePath): \(records.count) rows, \(cut) inputs cut to \(maxLength) tokens")
    }

    /// Writes `labels.tsv` and prints it.
    private mutating func writeCounts(_ all: [(name: String, records: [DocumentRecord])]) throws {
        let counts = all.map { set in
            set.records.reduce(into: [:]) { counts, record in counts[record.label, default: 0] += 1 }
        }
        var table = TSVTable(columns: ["split", "label", "count"])
        for (set, counts) in zip(all, counts) {
            for label in labels.names { table.append([set.name, label, counts[label] ?? 0]) }
        }
        try sets.write(file: "labels.tsv") { try table.write(to: $0) }
        Message.note("documents in " + all.map(\.name).joined(separator: ", ") + ":")
        for label in labels.names {
            let numbers = counts.map { String($0[label] ?? 0) }.map { $0.leftPadded(to: 6) }
            Message.note(numbers.joined() + "  " + label)
        }
    }
}

extension String {
    /// With spaces before it, up to a width.
    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
