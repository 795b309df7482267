import Crypto
import Foundation

/// Records by key in one file, which any number of processes read and add to at the same time. What is in it can be lost
/// without harm: whoever finds no record makes it again.
///
/// The file begins with the 16 bytes `grace-records/1\n`. A record is its key (32 bytes), the length of its content (8
/// bytes, little endian), the SHA-256 digest of both with the content (32 bytes), and the content. Records are only ever
/// added, by one process at a time (`flock`). What a process that was killed left of one is cut off by the next that
/// adds; a record that was damaged fails its digest and counts as absent.
package final class RecordStore: @unchecked Sendable {
    package let url: URL
    private let descriptor: Int32
    private let lock = NSLock()
    /// The most bytes that the file may have; beyond it nothing is added.
    private let limit: Int
    /// How long to wait for another process that adds.
    private let patience: Duration
    /// Where the content of each record lies. The latest of a key counts.
    private var index: [RecordKey: Range<Int>] = [:]
    /// How far the file has been read: always the end of a record.
    private var end = 0
    /// Why records could not be added, such as a full disk or the limit; the store is then only read.
    package var failure: FilesError? { lock.withLock { whyNotAdded } }
    private var whyNotAdded: FilesError?
    /// How many lookups found their record.
    package var hits: Int { lock.withLock { found } }
    private var found = 0

    private static let magic = Array("grace-records/1\n".utf8)
    private static let headSize = 32 + 8 + 32

    /// Whether the file has been found to be one of records.
    private var isOfRecords = false

    /// Opens a store, or makes an empty one with its parent folders. Where the file cannot be written to, or is of another
    /// kind, nothing is added and `failure` says why.
    /// - Throws: `FilesError` when there can be no such file: a folder that cannot be made, or one in its place.
    package init(_ url: URL, limit: Int, patience: Duration = .seconds(30)) throws {
        self.url = url
        self.limit = limit
        self.patience = patience
        try AtomicFile.makeFolder(url.deletingLastPathComponent(), for: url)
        let both = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        if both >= 0 {
            descriptor = both
        } else {
            let code = errno
            let failure = FilesError.unwritable(path: url.path, reason: SystemMessage.text(code))
            guard [EACCES, EPERM, EROFS, ENOSPC, EDQUOT].contains(code) else { throw failure }
            whyNotAdded = failure
            descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
            if descriptor < 0 { return }
        }
        do {
            if size < Self.magic.count, whyNotAdded == nil { try locked(begin) }
            guard read(0..<Self.magic.count) == Self.magic else { throw FilesError.notRecords(path: url.path) }
            isOfRecords = true
            end = Self.magic.count
            readOn()
        } catch {
            whyNotAdded = whyNotAdded ?? error as? FilesError
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// How many records can be found.
    package var count: Int { lock.withLock { index.count } }

    /// The content of a record; nil where there is none, or none that is whole.
    package func record(for key: RecordKey) -> [UInt8]? {
        lock.withLock {
            if index[key] == nil { readOn() }
            guard let place = index[key], let content = read(place),
                let digest = read(place.lowerBound - 32..<place.lowerBound),
                digest == Self.digest(key, content)
            else {
                index[key] = nil
                return nil
            }
            found += 1
            return content
        }
    }

    /// Adds records, all or none. Where that fails, `failure` says why.
    package func add(_ records: [(key: RecordKey, content: [UInt8])]) {
        let bytes = records.flatMap { key, content in
            key.bytes + Self.littleEndian(content.count) + Self.digest(key, content) + content
        }
        lock.withLock {
            guard whyNotAdded == nil, !bytes.isEmpty else { return }
            do {
                try locked {
                    try begin()
                    readOn()
                    guard end + bytes.count <= limit else {
                        throw FilesError.recordsFull(path: url.path, limit: limit)
                    }
                    try cut()
                    try write(bytes)
                    readOn()
                }
            } catch {
                whyNotAdded = error as? FilesError
            }
        }
    }

    /// Gives a file that is new, or was emptied, its first bytes.
    private func begin() throws {
        guard size < Self.magic.count else { return }
        (index, end) = ([:], 0)
        try cut()
        try write(Self.magic)
        end = Self.magic.count
    }

    /// Finds the records beyond `end`, up to one that is not whole.
    private func readOn() {
        guard isOfRecords else { return }
        let size = size
        if size < end {  // Another process took away what it could not write whole.
            index = [:]
            end = Self.magic.count
        }
        while end + Self.headSize <= size, let head = read(end..<end + Self.headSize) {
            let length = head[32..<40].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let start = end + Self.headSize
            guard length <= UInt64(size - start) else { return }
            end = start + Int(length)
            index[RecordKey(bytes: Array(head[..<32]))] = start..<end
        }
    }

    private var size: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    private func read(_ range: Range<Int>) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            while filled < range.count {
                let count = pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, range.count - filled,
                    off_t(range.lowerBound + filled))
                if count > 0 { filled += count } else if count == 0 || errno != EINTR { break }
            }
        }
        return bytes.count == range.count ? bytes : nil
    }

    /// Writes behind `end`. What could not be written whole is taken away again.
    private func write(_ bytes: [UInt8]) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written, off_t(end + written))
            }
            if count >= 0 { written += count; continue }
            let code = errno
            if code == EINTR { continue }
            try? cut()
            throw code == ENOSPC || code == EDQUOT
                ? FilesError.noSpace(path: url.path, needed: bytes.count, free: nil)
                : FilesError.unwritable(path: url.path, reason: SystemMessage.text(code))
        }
    }

    /// Takes away what lies behind `end`.
    private func cut() throws {
        guard size == end || ftruncate(descriptor, off_t(end)) == 0 else {
            throw FilesError.unwritable(path: url.path, reason: SystemMessage.text(errno))
        }
    }

    /// Runs `body` while no other process adds, which takes a moment, unless that one has been stopped.
    private func locked(_ body: () throws -> Void) throws {
        let start = ContinuousClock.now
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            guard code == EWOULDBLOCK else {
                throw FilesError.unwritable(path: url.path, reason: "cannot be locked: \(SystemMessage.text(code))")
            }
            guard start.duration(to: .now) < patience else {
                throw FilesError.unwritable(path: url.path, reason: "another process, perhaps stopped, keeps it locked")
            }
            usleep(1000)
        }
        defer { flock(descriptor, LOCK_UN) }
        try body()
    }

    private static func littleEndian(_ count: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt64(count).littleEndian) { Array($0) }
    }

    private static func digest(_ key: RecordKey, _ content: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        for part in [key.bytes, littleEndian(content.count), content] {
            part.withUnsafeBytes { hash.update(bufferPointer: $0) }
        }
        return Array(hash.finalize())
    }
}
