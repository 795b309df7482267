import Foundation

/// Data files as users have them: plain, inside gzip, bzip2, xz or zstd, or a member of a zip, 7-zip or (compressed)
/// tar archive, told apart by content.
///
/// In an archive with several members a name selects one; without a name it is the only regular file, or the only
/// one that ends in .json, .jsonl or .csv.
package struct InputFile {
    /// Endings that single out the data file among an archive's members.
    static let dataEndings = [".json", ".jsonl", ".csv"]
    /// Bytes of one line at most: a member without line ends must not fill the memory.
    package static let lineLimit = 64 << 20

    /// Calls `body` with each line and its number from 1, without its line end (LF or CR LF).
    ///
    /// Lines are read as they are asked for; a byte order mark at the start is dropped. Empty lines are given too.
    /// - Throws: `FilesError`, with the line's number for invalid UTF-8, and what `body` throws.
    package static func lines(
        of url: URL, member: String? = nil, limits: UnpackLimits = UnpackLimits(),
        _ body: (_ number: Int, _ line: String) throws -> Void
    ) throws {
        guard let reader = try open(url, member: member, limits: limits) else { return }
        var splitter = LineSplitter(path: url.path, limit: lineLimit)
        try reader.readBlocks { try splitter.feed($0, body) }
        try splitter.finish(body)
        try reader.finish()
    }

    /// The whole content.
    /// - Parameter limit: bytes it may have at most.
    package static func contents(of url: URL, member: String? = nil, limit: Int = 4 << 30) throws -> Data {
        guard let reader = try open(url, member: member, limits: UnpackLimits(bytes: limit)) else { return Data() }
        let data = try reader.readAll(sizeHint: reader.file.size, limit: limit)
        try reader.finish()
        return data
    }

    /// A reader that stands at the content, or nil when there is none in an empty file.
    private static func open(_ url: URL, member: String?, limits: UnpackLimits) throws -> ArchiveReader? {
        let reader = try ArchiveReader(url, limits: limits)
        let first = try reader.next()
        if reader.content != .archive || reader.isEmpty {
            if let member { throw FilesError.notAnArchive(path: url.path, member: member) }
            return first == nil ? nil : reader
        }
        guard let first else { throw FilesError.noMembers(path: url.path) }
        if let member {
            if first.name == member { return reader }
            return try advance(reader, past: [first], to: member)
        }
        return try Archive.seek(try choose(reader, first: first), in: url, limits: limits).reader
    }

    private static func advance(
        _ reader: ArchiveReader, past: [ArchiveMember], to name: String
    ) throws -> ArchiveReader {
        var present = past.map(\.name)
        while let member = try reader.next() {
            if member.name == name { return reader }
            present.append(member.name)
        }
        throw FilesError.unknownMember(path: reader.file.url.path, member: name, present: present)
    }

    /// The name of the one member that can be meant. Needs a pass over the whole archive, and so a file to reopen.
    private static func choose(_ reader: ArchiveReader, first: ArchiveMember) throws -> String {
        let path = reader.file.url.path
        guard reader.file.isRegular else {
            throw FilesError.unreadable(path: path, reason: "an archive from a pipe; save it to a file first")
        }
        var members = [first]
        while let member = try reader.next() { members.append(member) }
        let content = members.filter(\.isContent)
        if content.count == 1 { return content[0].name }
        let data = content.filter { member in dataEndings.contains { member.name.lowercased().hasSuffix($0) } }
        if data.count == 1 { return data[0].name }
        throw content.isEmpty
            ? FilesError.noMembers(path: path) : FilesError.severalMembers(path: path, present: content.map(\.name))
    }
}
