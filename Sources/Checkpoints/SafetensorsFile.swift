import Files
import Foundation
import Tensors

/// A safetensors file, mapped and checked on opening; tensors of 32-bit floats are views of the mapping.
package final class SafetensorsFile: TensorSource {
    private let file: MappedFile
    private let header: SafetensorsHeader
    package let names: [String]

    /// Maps `url` and checks its header. Takes the same time for any size of data.
    /// - Throws: `FilesError`, or `CheckpointError` for each way in which the header can lie.
    package init(_ url: URL) throws {
        file = try MappedFile(url)
        header = try SafetensorsHeader(file.bytes, path: url.path)
        names = header.entries.keys.sorted()
    }

    package var url: URL { file.url }

    /// The strings under `__metadata__`.
    package var metadata: [String: String] { header.metadata }

    package func contains(_ name: String) -> Bool { header.entries[name] != nil }

    package func info(_ name: String) throws -> TensorInfo { try entry(name).info }

    package func tensor(_ name: String) throws -> Tensor {
        let entry = try entry(name)
        let info = entry.info
        guard info.dtype.isFloat else {
            throw CheckpointError.notFloat(path: url.path, tensor: name, found: info.dtype)
        }
        let count = entry.range.count / info.dtype.size
        guard count > 0, let base = file.bytes.baseAddress else { return Tensor(uninitialized: info.shape) }
        let source = base + header.dataStart + entry.range.lowerBound
        if info.dtype == .F32, Int(bitPattern: source) % MemoryLayout<Float>.alignment == 0 {
            let floats = source.assumingMemoryBound(to: Float.self)
            return Tensor(storage: Storage(borrowing: floats, count: count, owner: file), shape: info.shape)
        }
        let tensor = Tensor(uninitialized: info.shape)
        info.dtype.widen(source, count: count, to: tensor.pointer)
        return tensor
    }

    package func integers(_ name: String) throws -> [Int] {
        let entry = try entry(name)
        let dtype = entry.info.dtype
        guard !dtype.isFloat else {
            throw CheckpointError.notInteger(path: url.path, tensor: name, found: dtype)
        }
        guard let base = file.bytes.baseAddress else { return [] }
        let source = base + header.dataStart + entry.range.lowerBound
        return (0..<(entry.range.count / dtype.size)).map { dtype.integer(at: source + $0 * dtype.size) }
    }

    private func entry(_ name: String) throws(CheckpointError) -> SafetensorsHeader.Entry {
        guard let entry = header.entries[name] else {
            throw .missingTensor(path: url.path, name: name, similar: SimilarNames.of(name, in: names))
        }
        return entry
    }
}

/// Names that a reader may have meant.
enum SimilarNames {
    /// Up to three of `names` that share the longest beginning or ending with `name`.
    static func of(_ name: String, in names: [String]) -> [String] {
        func score(_ other: String) -> Int {
            max(
                zip(name.utf8, other.utf8).prefix { $0 == $1 }.count,
                zip(name.utf8.reversed(), other.utf8.reversed()).prefix { $0 == $1 }.count)
        }
        let scored = names.map { (name: $0, score: score($0)) }
        return scored.sorted { ($1.score, $0.name) < ($0.score, $1.name) }.prefix(3).map(\.name)
    }
}
