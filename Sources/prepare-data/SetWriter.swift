import Checkpoints
import Datasets
import Files
import Foundation
import ToolSupport

/// Writes the sets of one run, as JSONL and as tensors, and the record of the run.
struct SetWriter {
    /// What is written into the tensor files, and into the record too.
    var metadata: [String: String]
    /// What is written into the record only.
    var settings: [String: String] = [:]

    private let kind: String
    private let folder: URL
    private var record: URL { folder.appendingPathComponent("run-\(kind).json") }
    private var manifest: RunManifest

    /// Takes the digest of what is read, where anything is.
    init(kind: String, folder: URL, source: URL?, member: String? = nil, seed: UInt64) throws {
        self.kind = kind
        self.folder = folder
        manifest = RunManifest(seed: seed)
        metadata = ["seed": String(seed)]
        metadata["member"] = member
        if let source {
            try InputFile.spool(source)
            let digest = try Digest.sha256(of: source)
            manifest.addInput(source, sha256: digest)
            metadata["source"] = source.lastPathComponent
            metadata["source_sha256"] = digest
        }
    }

    /// Records another file that the run reads.
    mutating func addInput(_ url: URL, sha256: String) {
        manifest.addInput(url, sha256: sha256)
    }

    /// Writes the tensors of a set as `NAME.safetensors`, with the metadata of the run.
    /// - Returns: the file.
    mutating func write(_ set: TokenizedSet, as name: String) throws -> URL {
        var set = set
        set.metadata.merge(metadata) { $1 }
        set.metadata["set"] = name
        let file = place(name, "safetensors")
        try RunManifest.withdraw(record)
        try set.write(to: file)
        try manifest.addOutput(file)
        return file
    }

    /// Writes the rows of a set as `NAME.jsonl`, by `body`; row i is row i of the tensors.
    mutating func write(rows: Int, as name: String, _ body: (URL) throws -> Void) throws {
        settings["\(name)_rows"] = String(rows)
        let file = place(name, "jsonl")
        try RunManifest.withdraw(record)
        try body(file)
        try manifest.addOutput(file)
        Message.note("\(file.relativePath): \(rows) rows")
    }

    /// Writes another file, by `body`.
    mutating func write(file name: String, _ body: (URL) throws -> Void) throws {
        let file = folder.appendingPathComponent(name)
        try RunManifest.withdraw(record)
        try body(file)
        try manifest.addOutput(file)
    }

    /// Removes a set that an earlier run left and that does not belong to this one.
    func removeEarlier(_ name: String) throws {
        try remove(place(name, "jsonl"))
        try removeEarlierTensors(name)
    }

    /// Removes the tensors of a set that this run writes as text only.
    func removeEarlierTensors(_ name: String) throws {
        try remove(place(name, "safetensors"))
    }

    /// Writes the record of the run, as the last file.
    mutating func finish() throws {
        manifest.settings = settings.merging(metadata) { $1 }
        try manifest.finish(writingTo: record)
    }

    private func place(_ name: String, _ ending: String) -> URL {
        folder.appendingPathComponent("\(name).\(ending)")
    }

    private func remove(_ url: URL) throws {
        guard FileManager.default.fileExists(atPath: url.path) else { return }
        try RunManifest.withdraw(record)
        try FileManager.default.removeItem(at: url)
        Message.note("\(url.relativePath): removed, it was of an earlier run")
    }
}
