import CArchive
import Foundation

/// A file's bytes as libarchive is to see them: unpacked where the file is gzip, else as they are.
///
/// libarchive could unpack gzip, but passes over its checksums: a damaged file would give other text and no error.
final class ArchiveSource {
    var isGzip: Bool { inflater != nil }
    /// Bytes of the file that have been read.
    private(set) var bytesRead = 0
    /// Why there are no more bytes, where the file is not at its end.
    private(set) var failure: FilesError?
    private let file: ReadDescriptor
    private let inflater: GzipInflater?
    private let block: UnsafeMutableRawBufferPointer
    private let unpacked: UnsafeMutableRawBufferPointer
    /// What has been read and not given.
    private var rest = UnsafeRawBufferPointer(start: nil, count: 0)

    /// Looks at the start of the file, by which a pipe is told apart too.
    init(_ file: ReadDescriptor) throws(FilesError) {
        self.file = file
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
        while bytesRead < 2 {
            let count: Int
            do throws(FilesError) {
                count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: block[bytesRead...]))
            } catch {
                block.deallocate()
                throw error
            }
            if count == 0 { break }
            bytesRead += count
        }
        self.block = block
        unpacked = .allocate(byteCount: 1 << 18, alignment: 64)
        rest = UnsafeRawBufferPointer(rebasing: block[..<bytesRead])
        inflater = GzipInflater.begins(rest) ? GzipInflater(path: file.url.path) : nil
    }

    deinit {
        block.deallocate()
        unpacked.deallocate()
    }

    /// Has libarchive read the file from its start. The source must outlive the handle.
    func open(_ handle: OpaquePointer) -> Int32 {
        if !isGzip, file.isRegular {
            // Seeking, which zip and 7-zip do, is for whole files only.
            lseek(file.number, 0, SEEK_SET)
            return archive_read_open_fd(handle, file.number, 1 << 16)
        }
        return archive_read_open(
            handle, Unmanaged.passUnretained(self).toOpaque(), nil,
            { _, source, bytes in
                guard let source, let bytes else { return -1 }
                return Unmanaged<ArchiveSource>.fromOpaque(source).takeUnretainedValue().give(&bytes.pointee)
            }, nil)
    }

    /// Unpacks what is left of a gzip file, whose last checksum stands at its end; nothing of it is given any more. Tells
    /// why there were no more bytes, if that was not the end.
    /// - Throws: `FilesError` where the file is damaged.
    func finish() throws(FilesError) {
        if let failure { throw failure }
        guard let inflater else { return }
        while try !nextUnpacked(inflater).isEmpty {}
    }

    /// Points to the next bytes; returns how many there are, 0 at the end, and fewer after a failure.
    private func give(_ bytes: inout UnsafeRawPointer?) -> Int {
        do throws(FilesError) {
            let next: UnsafeRawBufferPointer
            if let inflater { next = try nextUnpacked(inflater) } else { next = try nextBlock() }
            bytes = next.baseAddress
            return next.count
        } catch {
            failure = error
            return -1
        }
    }

    private func nextBlock() throws(FilesError) -> UnsafeRawBufferPointer {
        if rest.isEmpty {
            let count = try file.read(into: block)
            bytesRead += count
            return UnsafeRawBufferPointer(rebasing: block[..<count])
        }
        defer { rest = UnsafeRawBufferPointer(start: nil, count: 0) }
        return rest
    }

    private func nextUnpacked(_ inflater: GzipInflater) throws(FilesError) -> UnsafeRawBufferPointer {
        while true {
            let count = try inflater.unpack(&rest, into: unpacked)
            if count > 0 { return UnsafeRawBufferPointer(rebasing: unpacked[..<count]) }
            guard rest.isEmpty else { continue }
            rest = try nextBlock()
            if rest.isEmpty {
                try inflater.finish()
                return rest
            }
        }
    }
}
