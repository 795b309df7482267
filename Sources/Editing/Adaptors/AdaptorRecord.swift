import Checkpoints
import Foundation
import Tensors

/// All that an editor with an adaptor needs to go on from: its weights, and what it has learned beside them.
package struct AdaptorRecord: EditRecord {
    package static let fileName = "editor"
    static let format = "grace-editor"
    static let formatVersion = "1"

    package var tensors: [String: Tensor]
    package var editCount: Int

    package init(tensors: [String: Tensor] = [:], editCount: Int = 0) {
        self.tensors = tensors
        self.editCount = editCount
    }

    package func write(to url: URL, steps: Int, metadata: [String: String]) throws {
        var writer = SafetensorsWriter(
            metadata: metadata.merging([
                "format": Self.format, "format_version": Self.formatVersion, "stream_steps": "\(steps)",
                "edits": "\(editCount)",
            ]) { $1 })
        for (name, tensor) in tensors { writer.add(name, tensor) }
        try writer.write(to: url)
    }

    package static func read(_ url: URL) throws -> (record: AdaptorRecord, metadata: [String: String]) {
        let file = try SafetensorsFile(url)
        try AdaptorFile.check(file, format: format, version: formatVersion)
        let edits = try AdaptorFile.count("edits", of: file)
        let tensors = try file.names.map { ($0, try AdaptorFile.tensor($0, of: file)) }
        return (AdaptorRecord(tensors: Dictionary(uniqueKeysWithValues: tensors), editCount: edits), file.metadata)
    }

    /// A tensor of the given shape; nil where the record has none, which it has before the first edit.
    ///
    /// - Throws: `EditingError.badRecord` for one of another shape.
    func tensor(_ name: String, shape: [Int]) throws -> Tensor? {
        guard let tensor = tensors[name] else { return nil }
        guard tensor.shape == shape else {
            throw EditingError.badRecord(tensor: name, expected: shape, found: tensor.shape)
        }
        return tensor
    }
}

/// Reading the files that editors with an adaptor leave.
enum AdaptorFile {
    static func check(_ file: SafetensorsFile, format: String, version: String) throws(EditingError) {
        guard file.metadata["format"] == format else {
            throw .badLog(file: file.url.path, what: "is no \(format) file of stream-edit")
        }
        guard file.metadata["format_version"] == version else {
            throw .badLog(
                file: file.url.path,
                what: "has format version \(file.metadata["format_version"] ?? "none"), expected \(version)")
        }
    }

    static func count(_ field: String, of file: SafetensorsFile) throws(EditingError) -> Int {
        guard let count = file.metadata[field].flatMap(Int.init), count >= 0 else {
            throw .badLog(file: file.url.path, what: "its metadata has no number '\(field)'")
        }
        return count
    }

    /// A copy, so that a file can be written anew under the reader's feet.
    static func tensor(_ name: String, of file: SafetensorsFile) throws -> Tensor {
        let tensor = try file.tensor(name).copy()
        guard tensor.array.allSatisfy(\.isFinite) else {
            throw EditingError.badLog(file: file.url.path, what: "tensor '\(name)' has infinite or NaN elements")
        }
        return tensor
    }
}
