import Foundation
import Tensors

/// Tensors spread over several files, by an index file.
package final class ShardedSource<Part: TensorSource>: TensorSource {
    package let url: URL
    package let names: [String]
    private let files: [String: String]
    private let parts: [String: Part]

    fileprivate init(index: URL, open: (URL) throws -> Part) throws {
        let shards = try ShardIndex(index)
        url = index
        files = shards.files
        parts = try shards.open(open)
        names = shards.files.keys.sorted()
    }

    package func contains(_ name: String) -> Bool { files[name] != nil }

    package func info(_ name: String) throws -> TensorInfo { try part(name).info(name) }

    package func tensor(_ name: String) throws -> Tensor { try part(name).tensor(name) }

    package func integers(_ name: String) throws -> [Int] { try part(name).integers(name) }

    private func part(_ name: String) throws -> Part {
        guard let file = files[name], let part = parts[file] else {
            throw CheckpointError.missingTensor(path: url.path, name: name, similar: SimilarNames.of(name, in: names))
        }
        return part
    }
}

/// Safetensors files behind `model.safetensors.index.json`.
package typealias ShardedSafetensors = ShardedSource<SafetensorsFile>

/// PyTorch files behind `pytorch_model.bin.index.json`.
package typealias ShardedPyTorch = ShardedSource<PyTorchCheckpoint>

extension ShardedSource where Part == SafetensorsFile {
    /// Opens the index and every file it names.
    /// - Throws: `CheckpointError.badIndex`, `.missingShard`, `.missingInShard`, and what opening a file throws.
    package convenience init(_ index: URL) throws { try self.init(index: index) { try SafetensorsFile($0) } }
}

extension ShardedSource where Part == PyTorchCheckpoint {
    /// Opens the index and every file it names.
    /// - Throws: `CheckpointError.badIndex`, `.missingShard`, `.missingInShard`, and what opening a file throws.
    package convenience init(_ index: URL) throws { try self.init(index: index) { try PyTorchCheckpoint($0) } }
}
