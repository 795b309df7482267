import Foundation

/// A regular file inside an archive.
package struct ArchiveMember: Hashable, Sendable {
    /// Its path in the archive, as stored.
    package let name: String
    /// Its unpacked bytes, where the archive says so before unpacking.
    package let size: Int?

    /// Whether its path stays below the folder the archive would be unpacked to.
    var staysInside: Bool {
        let parts = name.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
        let isDrive = parts.first.map { $0.count == 2 && $0.hasSuffix(":") } ?? false
        return !name.hasPrefix("/") && !name.hasPrefix("\\") && !isDrive && !parts.contains("..")
    }

    /// Whether it is something a user put there: not the shadow files that macOS adds.
    var isContent: Bool {
        let last = name.split(separator: "/").last ?? ""
        return !last.hasPrefix("._") && last != ".DS_Store" && !name.hasPrefix("__MACOSX/")
    }
}

/// How far a member may unpack before it is taken for a trap.
package struct UnpackLimits: Sendable {
    /// Bytes of one member, whatever its archive's size.
    package var bytes: Int
    /// Unpacked bytes for each packed one, looked at beyond `ratioFrom` bytes.
    package var ratio: Int
    package var ratioFrom: Int

    package init(bytes: Int = 4 << 30, ratio: Int = 1000, ratioFrom: Int = 64 << 20) {
        self.bytes = bytes
        self.ratio = ratio
        self.ratioFrom = ratioFrom
    }

    /// The limit that `size` unpacked bytes exceed, or nil.
    package func exceeded(by size: Int, packed: Int) -> Int? {
        if size > bytes { return bytes }
        let allowed = max(ratioFrom, packed.multipliedReportingOverflow(by: ratio).partialValue)
        return size > allowed ? allowed : nil
    }
}

/// Members of zip, tar and 7-zip archives by name, read through libarchive.
package enum Archive {
    /// Regular files in the archive, in its order.
    /// - Throws: `FilesError` for a damaged archive, an escaping or swelling member, a file that is no archive.
    package static func members(of url: URL) throws -> [ArchiveMember] {
        var members: [ArchiveMember] = []
        try visit(url) { member, _ in members.append(member) }
        return members
    }

    /// Reads the bytes of the member that a visit stands at.
    package typealias Read = () throws -> Data

    /// Calls `body` with each regular file of the archive, in one pass; members not read are skipped unpacked.
    package static func visit(
        _ url: URL, limits: UnpackLimits = UnpackLimits(), _ body: (ArchiveMember, Read) throws -> Void
    ) throws {
        let reader = try ArchiveReader(url, limits: limits)
        while let member = try reader.next() {
            guard reader.content == .archive else { throw FilesError.notAnArchive(path: url.path, member: "") }
            try body(member) { try reader.readAll(sizeHint: member.size) }
        }
    }

    /// All bytes of one member.
    /// - Parameter limit: bytes it may have at most.
    package static func read(_ name: String, from url: URL, limit: Int = 4 << 30) throws -> Data {
        let (reader, member) = try seek(name, in: url, limits: UnpackLimits(bytes: limit))
        let data = try reader.readAll(sizeHint: member.size)
        try reader.finish()
        return data
    }

    /// Fills `buffer` with a member of exactly its size, without a copy in between.
    /// - Throws: `FilesError.memberSize` when the member is shorter or longer; damage is found too.
    package static func read(
        _ name: String, from url: URL, into buffer: UnsafeMutableRawBufferPointer
    ) throws {
        // The buffer bounds what is unpacked here, so the limits have nothing to protect.
        let limits = UnpackLimits(bytes: .max, ratioFrom: .max)
        let (reader, member) = try seek(name, in: url, limits: limits)
        let found = try reader.readFully(into: buffer)
        // Checksums are looked at when the end has been seen, so it is asked for what comes after, too.
        let isWhole = try found == buffer.count && !reader.hasMore()
        guard isWhole else {
            throw FilesError.memberSize(
                path: url.path, member: name, expected: buffer.count, found: member.size ?? found)
        }
        try reader.finish()
    }

    static func seek(
        _ name: String, in url: URL, limits: UnpackLimits
    ) throws -> (reader: ArchiveReader, member: ArchiveMember) {
        let reader = try ArchiveReader(url, limits: limits)
        var present: [String] = []
        while let member = try reader.next() {
            guard reader.content == .archive else { throw FilesError.notAnArchive(path: url.path, member: name) }
            if member.name == name { return (reader, member) }
            present.append(member.name)
        }
        throw FilesError.unknownMember(path: url.path, member: name, present: present)
    }
}

extension ArchiveReader {
    /// Fills `buffer` as far as the current member goes.
    func readFully(into buffer: UnsafeMutableRawBufferPointer) throws(FilesError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// Whether the current member has bytes left; one of them is lost.
    func hasMore() throws(FilesError) -> Bool {
        let byte = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
        defer { byte.deallocate() }
        return try read(into: byte) > 0
    }

    /// Calls `body` with the current member's bytes, piece by piece.
    func readBlocks(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try read(into: buffer)
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// All of the current member. A stated size is believed only so far as to reserve 64 MiB.
    func readAll(sizeHint: Int?, limit: Int = .max) throws -> Data {
        var data = Data(capacity: min(sizeHint ?? 0, 64 << 20))
        let path = file.url.path
        try readBlocks { block in
            guard data.count + block.count <= limit else { throw FilesError.tooLarge(path: path, limit: limit) }
            data.append(contentsOf: block)
        }
        return data
    }
}
