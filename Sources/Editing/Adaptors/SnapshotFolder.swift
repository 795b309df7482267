import Checkpoints
import Foundation
import Models
import Tensors

/// `snapshots/` of an edit log: what an editor had put in the place of the layer after every so many edits, one file
/// each, `000010.safetensors` after ten.
package struct SnapshotFolder {
    private static let format = "grace-snapshot"
    private static let formatVersion = "1"
    package let folder: URL

    package static let name = "snapshots"

    package init(log: URL) { folder = log.appendingPathComponent(Self.name) }

    /// A snapshot, read.
    package struct Snapshot {
        package let adaptor: any Adaptor
        package let edits: Int
        /// How many inputs had streamed in.
        package let steps: Int
    }

    package func write(
        _ adaptor: any Adaptor, edits: Int, steps: Int, metadata: [String: String]
    ) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var writer = SafetensorsWriter(
            metadata: metadata.merging([
                "format": Self.format, "format_version": Self.formatVersion, "edits": "\(edits)",
                "stream_steps": "\(steps)",
            ]) { $1 })
        for (name, tensor) in adaptor.tensors { writer.add(name, tensor) }
        try writer.write(to: file(edits: edits))
    }

    /// The numbers of edits of which there is a snapshot, ascending.
    package func edits() throws -> [Int] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).compactMap { name in
            name.hasSuffix(".safetensors") ? Int(name.dropLast(".safetensors".count)) : nil
        }.sorted()
    }

    /// Reads the snapshot after `edits` edits for a site.
    ///
    /// - Parameter run: the metadata of the log, whose settings the snapshot must have too.
    /// - Throws: `EditingError.badLog` for a file that is none, or of another run.
    package func read(
        edits: Int, of run: [String: String], settings: AdaptorSettings, site: EditSite
    ) throws -> Snapshot {
        let file = try SafetensorsFile(file(edits: edits))
        try LogFile.check(file, format: Self.format, version: Self.formatVersion)
        let ofItsOwn: Set = ["format", "format_version", "edits", "stream_steps"]
        guard file.metadata.allSatisfy({ ofItsOwn.contains($0.key) || run[$0.key] == $0.value }),
            file.metadata["layer"] == site.path, try LogFile.count("edits", of: file) == edits
        else { throw EditingError.badLog(file: file.url.path, what: "does not belong to this edit log") }
        return Snapshot(
            adaptor: try Self.adaptor(file, settings.editor, settings, site), edits: edits,
            steps: try LogFile.count("stream_steps", of: file))
    }

    /// Removes the snapshot after so many edits, if there is one.
    package func remove(edits: Int) throws {
        let file = file(edits: edits)
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        try FileManager.default.removeItem(at: file)
    }

    package func remove() throws {
        guard FileManager.default.fileExists(atPath: folder.path) else { return }
        try FileManager.default.removeItem(at: folder)
    }

    private func file(edits: Int) -> URL {
        let digits = "\(edits)"
        return folder.appendingPathComponent(
            String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".safetensors")
    }

    private static func adaptor(
        _ file: SafetensorsFile, _ editor: EditorName, _ settings: AdaptorSettings, _ site: EditSite
    ) throws -> any Adaptor {
        func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
            let tensor = try LogFile.tensor(name, of: file)
            guard tensor.shape == shape else {
                throw EditingError.badLog(
                    file: file.url.path, what: "tensor '\(name)' has shape \(tensor.shape), expected \(shape)")
            }
            return tensor
        }
        let (key, value) = (site.keyWidth, site.valueWidth)
        switch editor {
        case .finetune, .mend:
            return LinearAdaptor(
                weight: try tensor("weight", [value, key]),
                bias: file.contains("bias") ? try tensor("bias", [value]) : nil)
        case .defer:
            return DeferAdaptor(
                gate: SiteLayer(weight: try tensor("gate.weight", [1, key]), bias: try tensor("gate.bias", [1])),
                predictor: SiteLayer(
                    weight: try tensor("predictor.weight", [value, key]), bias: try tensor("predictor.bias", [value])),
                replacement: settings.replacement)
        case .memory:
            let size = try file.shape(of: "values").last ?? 0
            return MemoryAdaptor(
                attention: SiteLayer(
                    weight: try tensor("attention.weight", [size, key]), bias: try tensor("attention.bias", [size])),
                values: try tensor("values", [value, size]), replacement: settings.replacement)
        case .grace:
            throw EditingError.badLog(file: file.url.path, what: "is of GRACE, which leaves no snapshots")
        }
    }
}
