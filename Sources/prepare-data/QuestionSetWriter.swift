import Datasets
import Foundation
import ToolSupport

/// Writes sets of questions, as text and, with a tokenizer, as token ids.
struct QuestionSetWriter {
    var sets: SetWriter
    private let encoder: SetEncoder?

    /// Takes the digests of what is read; a tokenizer is loaded here, so that a wrong one fails before the work.
    init(kind: String, folder: URL, source: InputOptions, tokens: TokenizerOptions, seed: UInt64) throws {
        sets = try SetWriter(kind: kind, folder: folder, source: source.input, member: source.member, seed: seed)
        encoder = try tokens.tokenizer.map { try SetEncoder(folder: $0, options: tokens) }
        if let encoder {
            sets.addInput(encoder.vocabulary, sha256: encoder.digest)
            sets.metadata["tokenizer_file"] = encoder.vocabulary.lastPathComponent
            sets.metadata["tokenizer_sha256"] = encoder.digest
            sets.metadata["max_length"] = String(encoder.maxLength)
            sets.metadata["max_label_length"] = String(encoder.maxLabelLength)
        }
    }

    /// Writes a set as `NAME.jsonl` and, with a tokenizer, `NAME.safetensors`; row i of one is row i of the other.
    mutating func write(_ records: [QuestionRecord], as name: String) throws {
        if let encoder {
            let (set, counts) = encoder.encode(records)
            let tensors = try sets.write(set, as: name)
            sets.settings["\(name)_inputs_cut"] = String(counts.inputsCut)
            sets.settings["\(name)_labels_cut"] = String(counts.labelsCut)
            sets.settings["\(name)_labels_unknown"] = String(counts.labelsUnknown)
            Message.note(
                "\(tensors.relativePath): \(records.count) rows, \(counts.inputsCut) inputs cut to"
                    + " \(encoder.maxLength) tokens, \(counts.labelsCut) labels to \(encoder.maxLabelLength)")
            if counts.labelsUnknown > 0 {
                Message.warning(
                    "\(counts.labelsUnknown) labels of \(name) have characters that the vocabulary lacks;"
                        + " no model can answer them in full")
            }
        } else {
            try sets.removeEarlierTensors(name)
        }
        try sets.write(rows: records.count, as: name) { try QuestionRecord.write(records, to: $0) }
    }
}
