import CArchive
import Foundation
import Synchronization

/// The checksum at the end of a gzip file (RFC 1952), which libarchive passes over: without it a damaged file gives other
/// text and no error.
///
/// Files of several members, one written behind the other, have a checksum for each, and are taken as they are.
enum GzipChecksum {
    /// Files that have been found sound, so that one that is read several times is looked at once.
    private static let sound = Mutex<Set<Identity>>([])

    private struct Identity: Hashable {
        let device: UInt64, number: UInt64, size: Int, seconds: Int, nanoseconds: Int
    }

    /// Checks a file, if it is gzip. Unpacks all of it, and keeps nothing.
    /// - Throws: `FilesError.corruptArchive` where length or checksum are not those of the content.
    static func check(_ url: URL) throws(FilesError) {
        guard let identity = identity(of: url), !sound.withLock({ $0.contains(identity) }) else { return }
        let file = try MappedFile(url)
        guard file.bytes.count >= 18, file.bytes.starts(with: [0x1F, 0x8B]) else { return }
        let (checksum, size) = try unpack(url)
        let trailer = UInt64(truncatingIfNeeded: size) << 32 | UInt64(checksum)
        let expected = withUnsafeBytes(of: trailer.littleEndian) { Data($0) }
        // Some writers fill up a file with zeros behind its end, which gzip passes over.
        let isThere = Data(file.bytes.suffix(1 << 16)).range(of: expected) != nil
        if !isThere, !hasSeveralMembers(file.bytes) {
            throw .corruptArchive(
                path: url.path, member: nil, reason: "its content is not what its checksum says; fetch it again")
        }
        sound.withLock { _ = $0.insert(identity) }
    }

    private static func identity(of url: URL) -> Identity? {
        var status = stat()
        guard stat(url.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Identity(
            device: UInt64(status.st_dev), number: UInt64(status.st_ino), size: Int(status.st_size),
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }

    /// CRC-32 and length of what the file unpacks to.
    private static func unpack(_ url: URL) throws(FilesError) -> (checksum: UInt32, size: Int) {
        guard let handle = archive_read_new() else {
            throw .unreadable(path: url.path, reason: "out of memory")
        }
        defer { archive_read_free(handle) }
        archive_read_support_filter_gzip(handle)
        archive_read_support_format_raw(handle)
        archive_read_support_format_empty(handle)
        func damaged() -> FilesError {
            let reason = archive_error_string(handle).map { String(cString: $0) } ?? "it ends early"
            return .corruptArchive(path: url.path, member: nil, reason: reason)
        }
        guard archive_read_open_filename(handle, url.path, 1 << 16) == ARCHIVE_OK else { throw damaged() }
        var entry: OpaquePointer?
        let status = archive_read_next_header(handle, &entry)
        if status == ARCHIVE_EOF { return (0, 0) }
        guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { throw damaged() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { buffer.deallocate() }
        var checksum = CRC32(), size = 0
        while true {
            let count = archive_read_data(handle, buffer.baseAddress, buffer.count)
            if count == Int(ARCHIVE_RETRY) { continue }
            guard count >= 0 else { throw damaged() }
            if count == 0 { return (checksum.value, size) }
            checksum.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            size += count
        }
    }

    /// Whether something in the file reads like the head of a further member: the magic with deflate, flags that exist, a
    /// level and a system that exist. In compressed bytes that comes about once in 10¹¹.
    private static func hasSeveralMembers(_ bytes: UnsafeRawBufferPointer) -> Bool {
        (18..<max(18, bytes.count - 17)).contains { n in
            bytes[n] == 0x1F && bytes[n + 1] == 0x8B && bytes[n + 2] == 8 && bytes[n + 3] & 0xE0 == 0
                && [0, 2, 4].contains(bytes[n + 8]) && (bytes[n + 9] <= 13 || bytes[n + 9] == 255)
        }
    }
}

/// The checksum of gzip and zip, with the polynomial of IEEE 802.3.
struct CRC32 {
    private var state: UInt32 = .max

    var value: UInt32 { ~state }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes { state = state >> 8 ^ Self.table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] }
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { code, _ in code & 1 == 0 ? code >> 1 : code >> 1 ^ 0xEDB8_8320 }
    }
}
