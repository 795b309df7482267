import CArchive
import Foundation

/// Packs archives for tests, including ones that no decent tool would make.
package enum ArchiveMaker {
    package enum Format: Sendable { case zip, storedZip, tar, sevenZip, single }
    package enum Filter: Sendable { case none, gzip, bzip2, xz, zstd }

    package struct Failure: Error { let reason: String }

    /// Packs `members` (path, bytes) in order into `url`; `.single` takes one and stores its bytes without a name.
    package static func pack(
        _ members: [(String, Data)], as format: Format, _ filter: Filter = .none, to url: URL
    ) throws {
        guard let archive = archive_write_new() else { throw Failure(reason: "archive_write_new") }
        defer { archive_write_free(archive) }
        func check(_ status: Int32) throws {
            guard status >= ARCHIVE_WARN else {
                throw Failure(reason: archive_error_string(archive).map { String(cString: $0) } ?? "unknown")
            }
        }
        switch format {
        case .zip, .storedZip: try check(archive_write_set_format_zip(archive))
        case .tar: try check(archive_write_set_format_pax_restricted(archive))
        case .sevenZip: try check(archive_write_set_format_7zip(archive))
        case .single: try check(archive_write_set_format_raw(archive))
        }
        if format == .storedZip { try check(archive_write_zip_set_compression_store(archive)) }
        switch filter {
        case .none: try check(archive_write_add_filter_none(archive))
        case .gzip: try check(archive_write_add_filter_gzip(archive))
        case .bzip2: try check(archive_write_add_filter_bzip2(archive))
        case .xz: try check(archive_write_add_filter_xz(archive))
        case .zstd: try check(archive_write_add_filter_zstd(archive))
        }
        try check(archive_write_open_filename(archive, url.path))
        for (name, data) in members {
            guard let entry = archive_entry_new() else { throw Failure(reason: "archive_entry_new") }
            defer { archive_entry_free(entry) }
            archive_entry_set_pathname(entry, name)
            archive_entry_set_size(entry, Int64(data.count))
            archive_entry_set_filetype(entry, 0o100000)  // a regular file
            archive_entry_set_perm(entry, 0o644)
            try check(archive_write_header(archive, entry))
            let written = data.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
            guard written == data.count else { throw Failure(reason: "short write") }
        }
        try check(archive_write_close(archive))
    }
}
