import Checkpoints
import Datasets
import Files
import Foundation
import Tokenizers
import ToolSupport

/// Writes the sets of one run, as JSONL and as token ids, and the record of the run.
struct SetWriter {
    /// What is written into the tensor files, and into the record too.
    var metadata: [String: String]
    /// What is written into the record only.
    var settings: [String: String] = [:]

    private let kind: String
    private let folder: URL
    private let encoder: SetEncoder?
    private var manifest: RunManifest

    /// Takes the digests of what is read; a tokenizer is loaded here, so that a wrong one fails before the work.
    init(kind: String, folder: URL, source: InputOptions, tokens: TokenizerOptions, seed: UInt64) throws {
        self.kind = kind
        self.folder = folder
        manifest = RunManifest(seed: seed)
        let sourceDigest = try Digest.sha256(of: source.input)
        manifest.addInput(source.input, sha256: sourceDigest)
        metadata = [
            "source": source.input.lastPathComponent, "source_sha256": sourceDigest, "seed": String(seed),
        ]
        metadata["member"] = source.member
        encoder = try tokens.tokenizer.map { try SetEncoder(folder: $0, options: tokens) }
        if let encoder {
            manifest.addInput(encoder.model, sha256: encoder.digest)
            metadata["tokenizer_sha256"] = encoder.digest
            metadata["max_length"] = String(encoder.maxLength)
            metadata["max_label_length"] = String(encoder.maxLabelLength)
        }
    }

    /// Writes a set as `NAME.jsonl` and, with a tokenizer, `NAME.safetensors`; row i of one is row i of the other.
    mutating func write(_ records: [QuestionRecord], as name: String) throws {
        settings["\(name)_rows"] = String(records.count)
        let text = place(name, "jsonl")
        if let encoder {
            let tensors = place(name, "safetensors")
            var (set, counts) = encoder.encode(records)
            set.metadata = metadata.merging(["set": name]) { $1 }
            try set.write(to: tensors)
            try manifest.addOutput(tensors)
            settings["\(name)_inputs_cut"] = String(counts.inputsCut)
            settings["\(name)_labels_cut"] = String(counts.labelsCut)
            settings["\(name)_labels_unknown"] = String(counts.labelsUnknown)
            Message.note(
                "\(tensors.relativePath): \(records.count) rows, \(counts.inputsCut) inputs cut to"
                    + " \(encoder.maxLength) tokens, \(counts.labelsCut) labels to \(encoder.maxLabelLength)")
            if counts.labelsUnknown > 0 {
                Message.warning(
                    "\(counts.labelsUnknown) labels of \(name) have characters that the vocabulary lacks;"
                        + " no model can answer them in full")
            }
        } else {
            try remove(place(name, "safetensors"))
        }
        try QuestionRecord.write(records, to: text)
        try manifest.addOutput(text)
        Message.note("\(text.relativePath): \(records.count) rows")
    }

    /// Removes a set that an earlier run left and that does not belong to this one.
    func removeEarlier(_ name: String) throws {
        try remove(place(name, "jsonl"))
        try remove(place(name, "safetensors"))
    }

    /// Writes the record of the run, as the last file.
    mutating func finish() throws {
        manifest.settings = settings.merging(metadata) { $1 }
        try manifest.finish(writingTo: folder.appendingPathComponent("run-\(kind).json"))
    }

    private func place(_ name: String, _ ending: String) -> URL {
        folder.appendingPathComponent("\(name).\(ending)")
    }

    private func remove(_ url: URL) throws {
        guard FileManager.default.fileExists(atPath: url.path) else { return }
        try FileManager.default.removeItem(at: url)
        Message.note("\(url.relativePath): removed, it was of an earlier run")
    }
}
