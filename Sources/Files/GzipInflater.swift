import CZlib
import Foundation

/// Unpacks gzip (RFC 1952) piece by piece: one member, or several one behind the other, each held to its checksum.
final class GzipInflater {
    private let path: String
    private var stream = z_stream()
    /// Between members, where a further one may begin or zeros fill the file up.
    private var isBetween = false

    /// Whether bytes begin as a member of gzip does, which no text can.
    static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// - Parameter path: what errors call the file.
    init(path: String) {
        self.path = path
        // 15 bits of window are all there can be; 16 more say that it is gzip, with its head and its checksum.
        let status = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib has no memory")
    }

    deinit { inflateEnd(&stream) }

    /// Unpacks from the front of `packed`, which it moves on, into `buffer`; returns the bytes written. Takes all of
    /// `packed` or fills `buffer`, or both.
    /// - Throws: `FilesError.corruptArchive`.
    func unpack(
        _ packed: inout UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
    ) throws(FilesError) -> Int {
        var written = 0
        while !packed.isEmpty, written < buffer.count {
            if isBetween, try !beginsNextMember(&packed) { break }
            stream.next_in = UnsafeMutablePointer(mutating: packed.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.avail_in = UInt32(packed.count)
            stream.next_out = buffer.baseAddress?.advanced(by: written).assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(buffer.count - written)
            let status = inflate(&stream, Z_NO_FLUSH)
            packed = UnsafeRawBufferPointer(rebasing: packed.suffix(Int(stream.avail_in)))
            written = buffer.count - Int(stream.avail_out)
            switch status {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: isBetween = true
            default: throw damage(stream.msg.map { String(cString: $0) } ?? "it cannot be unpacked")
            }
        }
        return written
    }

    /// To be called at the end of the file.
    /// - Throws: `FilesError.corruptArchive` where a member has not come to its end.
    func finish() throws(FilesError) {
        guard isBetween else { throw damage("it ends early") }
    }

    /// Passes over zeros, with which some writers fill a file up and which gzip passes over too, and prepares for a member
    /// behind them. Returns whether there is one.
    private func beginsNextMember(_ packed: inout UnsafeRawBufferPointer) throws(FilesError) -> Bool {
        packed = UnsafeRawBufferPointer(rebasing: packed.drop { $0 == 0 })
        guard let first = packed.first else { return false }
        guard first == 0x1F else { throw damage("something other than gzip stands behind its end") }
        isBetween = false
        inflateReset(&stream)
        return true
    }

    private func damage(_ reason: String) -> FilesError { .corruptArchive(path: path, member: nil, reason: reason) }
}
