import Crypto
import Foundation

/// What a record is found by: the SHA-256 digest of everything that its content depends on.
package struct RecordKey: Hashable, Sendable {
    /// 32 bytes.
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// As 64 lower-case hexadecimal digits, for the name of a file.
    package var hexadecimal: String { Digest.hexadecimal(bytes) }
}

/// Collects what a record depends on. Each part goes in with its kind and length, so that no two different lists of
/// parts give the same bytes.
package struct RecordKeyBuilder {
    private var hash = SHA256()

    package init() {}

    package mutating func add(_ text: String) { add(kind: "s", Array(text.utf8)) }

    package mutating func add(_ number: Int) { add(kind: "i", [Int64(number).littleEndian]) }

    package mutating func add(_ numbers: [Int32]) { add(kind: "n", numbers.map(\.littleEndian)) }

    /// By their bits: 0 and -0 differ.
    package mutating func add(_ numbers: [Float]) { add(kind: "f", numbers.map(\.bitPattern.littleEndian)) }

    package mutating func add(_ key: RecordKey) { add(kind: "k", key.bytes) }

    package var key: RecordKey { RecordKey(bytes: Array(hash.finalize())) }

    private mutating func add<Element: BitwiseCopyable>(kind: Unicode.Scalar, _ elements: [Element]) {
        withUnsafeBytes(of: (UInt64(kind.value).littleEndian, UInt64(elements.count).littleEndian)) {
            hash.update(bufferPointer: $0)
        }
        elements.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
}
