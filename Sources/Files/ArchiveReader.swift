import CArchive
import Foundation

/// One pass over a file through libarchive: an archive's members in turn, or the one content of a plain or
/// compressed file.
///
/// What a file is goes by its bytes, never by its name. The formats are named one by one, because libarchive's
/// "all" has some that mistake text for an archive (mtree, uuencoding).
final class ArchiveReader {
    enum Content {
        /// Bytes as they are.
        case plain
        /// One compressed stream (gzip, bzip2, xz, zstd).
        case compressed
        /// Members with names (zip, tar, 7-zip), the whole perhaps compressed.
        case archive
    }

    let file: ReadDescriptor
    let limits: UnpackLimits
    private(set) var content = Content.archive
    private let source: ArchiveSource
    private let handle: OpaquePointer
    private var member: ArchiveMember?
    private var unpacked = 0

    init(_ url: URL, limits: UnpackLimits = UnpackLimits()) throws(FilesError) {
        self.file = try ReadDescriptor(url)
        self.source = try ArchiveSource(file)
        self.limits = limits
        guard let handle = archive_read_new() else {
            throw .unreadable(path: url.path, reason: "out of memory")
        }
        self.handle = handle
        archive_read_support_filter_bzip2(handle)
        archive_read_support_filter_xz(handle)
        archive_read_support_filter_zstd(handle)
        archive_read_support_format_zip(handle)
        archive_read_support_format_tar(handle)
        archive_read_support_format_7zip(handle)
        archive_read_support_format_raw(handle)
        archive_read_support_format_empty(handle)
        guard source.open(handle) == ARCHIVE_OK else { throw corrupt() }
    }

    deinit { archive_read_free(handle) }

    private var path: String { file.url.path }
    /// The last filter of libarchive is always "none", which reads the file itself.
    private var isCompressed: Bool { source.isGzip || archive_filter_count(handle) > 1 }

    /// The next regular file in the archive, or the whole of a plain or compressed file once; nil at the end.
    ///
    /// A member that is passed over need not keep to the caller's limit; only where passing over means unpacking, it
    /// must not be absurd.
    /// - Throws: `FilesError` for damage, for a path that escapes, for an absurd member.
    func next() throws(FilesError) -> ArchiveMember? {
        member = nil
        unpacked = 0
        var entry: OpaquePointer?
        while true {
            let status = archive_read_next_header(handle, &entry)
            if status == ARCHIVE_RETRY { continue }
            if status == ARCHIVE_EOF {
                try finish()
                return nil
            }
            guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else { throw corrupt() }
            if archive_format(handle) & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_RAW {
                content = isCompressed ? .compressed : .plain
                member = ArchiveMember(name: file.url.lastPathComponent, size: nil)
                return member
            }
            let found = ArchiveMember(
                name: Self.name(of: entry),
                size: archive_entry_size_is_set(entry) != 0 ? Int(archive_entry_size(entry)) : nil)
            guard found.staysInside else { throw .escapingMember(path: path, member: found.name) }
            let isFile = archive_entry_filetype(entry) == S_IFREG && archive_entry_hardlink(entry) == nil
            guard isFile else { continue }
            member = found
            if let size = found.size, isCompressed {
                try check(size, UnpackLimits(bytes: max(limits.bytes, UnpackLimits().bytes)))
            }
            return found
        }
    }

    /// Whether the file held nothing at all, as opposed to an archive without members. Known after `next`.
    var isEmpty: Bool { archive_format(handle) & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_EMPTY }

    /// Fills `buffer` with the current member's next bytes; returns how many, less than asked only at its end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FilesError) -> Int {
        guard buffer.count > 0 else { return 0 }
        while true {
            let count = archive_read_data(handle, buffer.baseAddress, buffer.count)
            if count == Int(ARCHIVE_RETRY) { continue }
            guard count >= 0 else { throw corrupt() }
            unpacked += count
            // What the archive states is enough to refuse before the first piece is used.
            try check(max(unpacked, member?.size ?? 0), limits)
            return count
        }
    }

    /// To be called when what is wanted has been read, and nothing more will be: a member's bytes are known to be sound only
    /// when the checksum at the end of a compressed archive has been seen.
    func finish() throws(FilesError) { try source.finish() }

    private func check(_ size: Int, _ limits: UnpackLimits) throws(FilesError) {
        let packed = file.isRegular ? file.size : source.bytesRead
        guard content != .plain, let limit = limits.exceeded(by: size, packed: packed) else { return }
        throw .swellingMember(path: path, member: member?.name ?? "", limit: limit)
    }

    private func corrupt() -> FilesError {
        if let failure = source.failure { return failure }
        let reason = archive_error_string(handle).map { String(cString: $0) } ?? "it ends early"
        return .corruptArchive(path: path, member: content == .archive ? member?.name : nil, reason: reason)
    }

    /// Names are UTF-8 in nearly every archive; in a locale that libarchive cannot convert, the bytes are taken so.
    private static func name(of entry: OpaquePointer) -> String {
        if let name = archive_entry_pathname_utf8(entry) { return String(cString: name) }
        if let name = archive_entry_pathname(entry) { return String(cString: name) }
        return ""
    }
}
