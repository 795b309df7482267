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
        try LogFile.check(file, format: format, version: formatVersion)
        let edits = try LogFile.count("edits", of: file)
        let tensors = try file.names.map { ($0, try LogFile.tensor($0, of: file)) }
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

    /// A count that is kept as a tensor of one number; 0 where the record has none.
    ///
    /// - Throws: `EditingError` for another shape, and for what is no count.
    func count(_ name: String) throws -> Int {
        guard let saved = try tensor(name, shape: [1])?.scalar else { return 0 }
        // Up to 2²⁴ every whole number is a Float.
        guard let count = Int(exactly: saved), 0...1 << 24 ~= count else {
            throw EditingError.badCount(tensor: name, found: saved)
        }
        return count
    }
}
