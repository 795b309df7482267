/// The content of a record: arrays of numbers one after the other, each with its count before it.
package struct RecordBytes: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func append<Element: BitwiseCopyable>(_ elements: UnsafeBufferPointer<Element>) {
        withUnsafeBytes(of: UInt64(elements.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: UnsafeRawBufferPointer(elements))
    }

    package mutating func append<Element: BitwiseCopyable>(_ elements: [Element]) {
        elements.withUnsafeBufferPointer { append($0) }
    }
}

/// Reads what `RecordBytes` collected, in the same order.
package struct RecordReader {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var isAtEnd: Bool { position == bytes.count }

    /// The next array; nil where the bytes do not hold it.
    package mutating func next<Element: BitwiseCopyable>(_: Element.Type) -> [Element]? {
        guard let count = integer(), count >= 0, count <= (bytes.count - position) / MemoryLayout<Element>.stride else {
            return nil
        }
        let size = count * MemoryLayout<Element>.stride
        defer { position += size }
        return [Element](unsafeUninitializedCapacity: count) { target, filled in
            bytes.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(target).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: $0[position..<position + size]))
            }
            filled = count
        }
    }

    private mutating func integer() -> Int? {
        guard bytes.count - position >= 8 else { return nil }
        defer { position += 8 }
        return bytes.withUnsafeBytes {
            Int(exactly: UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
        }
    }
}
