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
    static func check(_ file: ReadDescriptor) throws(FilesError) {
        var magic: UInt16 = 0
        guard pread(file.number, &magic, 2, 0) == 2, magic.bigEndian == 0x1F8B, file.size >= 18,
            let identity = identity(of: file), !sound.withLock({ $0.contains(identity) })
        else { return }
        guard let trailer = try trailer(of: file.url) else { return }
        let bytes = try MappedFile(file.url)
        // Some writers fill up a file with zeros behind its end, which gzip passes over.
        let isThere = Data(bytes.bytes.suffix(1 << 16)).range(of: trailer) != nil
        if !isThere, !hasSeveralMembers(bytes.bytes) {
            throw .corruptArchive(
                path: file.url.path, member: nil, reason: "its content is not what its checksum says; fetch it again")
        }
        sound.withLock { _ = $0.insert(identity) }
    }

    private static func identity(of file: ReadDescriptor) -> Identity? {
        var status = stat()
        guard file.isRegular, fstat(file.number, &status) == 0 else { return nil }
        return Identity(
            device: UInt64(status.st_dev), number: UInt64(status.st_ino), size: Int(status.st_size),
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }

    /// CRC-32 and length of what the file unpacks to, as they stand at its end; nil where it swells beyond all measure, which
    /// whoever reads it will say.
    private static func trailer(of url: URL) throws(FilesError) -> Data? {
        let reader = try ArchiveReader(url, limits: UnpackLimits(bytes: .max), unpacksGzipOnly: true)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { buffer.deallocate() }
        var checksum = CRC32(), size = 0
        do throws(FilesError) {
            guard try reader.next() != nil else { return Data(count: 8) }
            while true {
                let count = try reader.read(into: buffer)
                if count == 0 { break }
                checksum.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                size += count
            }
        } catch {
            if case .swellingMember = error { return nil }
            throw error
        }
        let trailer = UInt64(truncatingIfNeeded: size) << 32 | UInt64(checksum.value)
        return withUnsafeBytes(of: trailer.littleEndian) { Data($0) }
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
