import Crypto
import Foundation

/// SHA-256 digests as 64 lower-case hexadecimal digits.
package enum Digest {
    /// Digest of a file's bytes, read in pieces so that a large checkpoint takes no memory.
    package static func sha256(of url: URL) throws -> String {
        let file = try ReadDescriptor(url)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        var hash = SHA256()
        while true {
            let count = try file.read(into: buffer)
            if count == 0 { return hexadecimal(hash.finalize()) }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    package static func sha256(_ data: Data) -> String {
        hexadecimal(SHA256.hash(data: data))
    }

    static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return digest.reduce(into: "") { text, byte in
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
    }
}
