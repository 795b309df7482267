import Files
import Foundation
import Tensors

/// Collects named tensors and writes them as one safetensors file.
///
/// Tensors are laid out by element size, largest first, then by name, and the header is padded with spaces to a
/// multiple of 8 bytes: so each lies on a multiple of its element size and can be read in place from a mapping.
package struct SafetensorsWriter {
    private enum Content {
        case floats(Tensor)
        case integers([Int])
    }

    private struct Entry {
        let dtype: DType
        let shape: [Int]
        let content: Content
        var bytes: Int { shape.reduce(dtype.size, *) }
    }

    private var entries: [String: Entry] = [:]
    private let metadata: [String: String]

    /// - Parameter metadata: strings to keep under `__metadata__`.
    package init(metadata: [String: String] = [:]) {
        self.metadata = metadata
    }

    /// Adds floats, stored as F32, F16, BF16 or F64; the tensor's memory is read when the file is written.
    package mutating func add(_ name: String, _ tensor: Tensor, as dtype: DType = .F32) {
        precondition(dtype.isFloat, "tensor \(name): floats cannot be stored as \(dtype)")
        insert(name, Entry(dtype: dtype, shape: tensor.shape, content: .floats(tensor)))
    }

    /// Adds integers, stored as I64, I32, I16, I8, U8 or BOOL.
    package mutating func add(_ name: String, _ integers: [Int], shape: [Int], as dtype: DType = .I64) {
        precondition(!dtype.isFloat, "tensor \(name): integers cannot be stored as \(dtype)")
        let fits = ShapeSize.count(shape) == integers.count
        precondition(fits, "tensor \(name): \(integers.count) values do not fill shape \(shape)")
        insert(name, Entry(dtype: dtype, shape: shape, content: .integers(integers)))
    }

    private mutating func insert(_ name: String, _ entry: Entry) {
        precondition(name != "__metadata__", "__metadata__ is no tensor's name")
        precondition(entries.updateValue(entry, forKey: name) == nil, "tensor \(name) is added twice")
    }

    /// Writes the file; it appears whole or not at all.
    /// - Throws: `CheckpointError.integerOutOfRange`, or `FilesError`.
    package func write(to url: URL) throws {
        let ordered = entries.sorted { ($1.value.dtype.size, $0.key) < ($0.value.dtype.size, $1.key) }
        try checkRanges(url)
        let header = self.header(ordered)
        let total = ordered.reduce(8 + header.count) { $0 + $1.value.bytes }
        try AtomicFile.write(to: url, expecting: total) { file in
            try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try file.write($0) }
            try header.withUnsafeBytes { try file.write($0) }
            for (_, entry) in ordered { try write(entry, to: file) }
        }
    }

    private func checkRanges(_ url: URL) throws(CheckpointError) {
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            guard case .integers(let values) = entry.content, let range = entry.dtype.integerRange,
                let value = values.first(where: { !range.contains($0) })
            else { continue }
            throw .integerOutOfRange(path: url.path, tensor: name, value: value, dtype: entry.dtype)
        }
    }

    private func header(_ ordered: [(key: String, value: Entry)]) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var offset = 0
        for (name, entry) in ordered {
            let shape = entry.shape.map(String.init).joined(separator: ",")
            let end = offset + entry.bytes
            members.append(
                "\(quoted(name)):{\"dtype\":\"\(entry.dtype.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var bytes = Array("{\(members.joined(separator: ","))}".utf8)
        while bytes.count % 8 != 0 { bytes.append(UInt8(ascii: " ")) }
        return bytes
    }

    /// Text as a JSON string.
    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Converts in pieces, so that a checkpoint in half precision needs no second copy in memory.
    private func write(_ entry: Entry, to file: AtomicFile.Handle) throws {
        let size = entry.dtype.size
        let count = entry.bytes / size
        if case .floats(let tensor) = entry.content, entry.dtype == .F32 {
            return try file.write(UnsafeRawBufferPointer(start: tensor.pointer, count: entry.bytes))
        }
        let step = 1 << 15
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: step * size, alignment: 64)
        defer { buffer.deallocate() }
        guard let target = buffer.baseAddress else { return }
        for start in stride(from: 0, to: count, by: step) {
            let length = min(step, count - start)
            switch entry.content {
            case .floats(let tensor): entry.dtype.narrow(tensor.pointer + start, count: length, to: target)
            case .integers(let values):
                for index in 0..<length { entry.dtype.store(values[start + index], at: target + index * size) }
            }
            try file.write(UnsafeRawBufferPointer(rebasing: buffer[..<(length * size)]))
        }
    }
}
