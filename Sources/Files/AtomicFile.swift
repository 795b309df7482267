import Foundation

/// Writes files so that a name either keeps what it had or gets the whole new content.
///
/// The content goes to `.NAME.tmp-PID` in the same folder, is synced, and takes the final name by `rename`; the folder
/// is synced after it. On any error the temporary file is removed. Missing parent folders are made. A link is
/// followed, so that its target is replaced; a device or a pipe is written as it is. `/dev/stdout` and its like are what this
/// process has open under that number, a file too, and are written on from where they stand.
package struct AtomicFile {
    /// Writes `data` as the content of `url`.
    package static func write(_ data: Data, to url: URL) throws {
        try write(to: url, expecting: data.count) { try $0.write(data) }
    }

    /// Writes a value as JSON, indented and with sorted keys, as the content of `url`.
    package static func write(json value: some Encodable, to url: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try write(try encoder.encode(value) + Data("\n".utf8), to: url)
    }

    /// Writes what `body` hands over as the content of `url`.
    /// - Parameter expecting: bytes to come where known; a full disk is then reported with the size it needs.
    /// - Throws: `FilesError` or whatever `body` throws; nothing has changed under the final name then.
    package static func write(to url: URL, expecting: Int? = nil, _ body: (Handle) throws -> Void) throws {
        if let number = openDescriptor(url) { return try writeStream(url, dup(number), body) }
        let target = url.resolvingSymlinksInPath()
        switch kind(of: target) {
        case .folder: throw FilesError.folder(path: url.path)
        case .stream: return try writeStream(target, open(target.path, O_WRONLY | O_CLOEXEC), body)
        case .file, .nothing: break
        }
        let folder = target.deletingLastPathComponent()
        try makeFolder(folder, for: url)
        let (temporary, descriptor) = try openTemporary(for: target, url: url)
        var open = true
        var done = false
        defer {
            if open { close(descriptor) }
            if !done { unlink(temporary) }
        }
        let handle = Handle(descriptor: descriptor, url: url, expecting: expecting)
        try body(handle)
        try handle.flush()
        guard fsync(descriptor) == 0 else { throw handle.failure(errno) }
        open = false
        guard close(descriptor) == 0 else { throw handle.failure(errno) }
        guard rename(temporary, target.path) == 0 else { throw handle.failure(errno) }
        done = true
        syncFolder(folder)
    }

    private enum Kind { case nothing, file, folder, stream }

    private static func kind(of url: URL) -> Kind {
        var status = stat()
        guard stat(url.path, &status) == 0 else { return .nothing }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        default: return .stream
        }
    }

    /// Makes a folder for a file that is to be written.
    static func makeFolder(_ folder: URL, for url: URL) throws(FilesError) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            switch kind(of: folder) {
            case .file, .stream: throw .unwritable(path: url.path, reason: "\(folder.path) is no folder")
            case .nothing, .folder:
                let cause = (error as? CocoaError)?.underlying as? POSIXError
                let reason = cause.map { ": \(SystemMessage.text($0.code.rawValue))" } ?? ""
                throw .unwritable(path: url.path, reason: "the folder \(folder.path) cannot be made\(reason)")
            }
        }
    }

    /// A new file beside `target`; the number at the end of a name is for two writers of one file in one process.
    private static func openTemporary(for target: URL, url: URL) throws(FilesError) -> (String, Int32) {
        let base = target.deletingLastPathComponent().path + "/.\(target.lastPathComponent).tmp-\(getpid())"
        var name = base
        for attempt in 1...100 {
            let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (name, descriptor) }
            let code = errno
            guard code == EEXIST else {
                throw code == ENOSPC
                    ? .noSpace(path: url.path, needed: 1, free: nil)
                    : .unwritable(path: url.path, reason: SystemMessage.text(code))
            }
            name = "\(base)-\(attempt)"
        }
        throw .unwritable(path: url.path, reason: "left-over temporary files \(base)-* are in the way; remove them")
    }

    /// The number of the open file that a path stands for.
    static func openDescriptor(_ url: URL) -> Int32? {
        switch url.path {
        case "/dev/stdin": return STDIN_FILENO
        case "/dev/stdout": return STDOUT_FILENO
        case "/dev/stderr": return STDERR_FILENO
        default:
            let folders = ["/dev/fd/", "/proc/self/fd/"]
            return folders.first(where: url.path.hasPrefix).flatMap { Int32(url.path.dropFirst($0.count)) }
        }
    }

    /// Writes to a descriptor, or tells why it could not be opened.
    private static func writeStream(_ target: URL, _ descriptor: Int32, _ body: (Handle) throws -> Void) throws {
        guard descriptor >= 0 else {
            throw FilesError.unwritable(path: target.path, reason: SystemMessage.text(errno))
        }
        defer { close(descriptor) }
        let handle = Handle(descriptor: descriptor, url: target)
        try body(handle)
        try handle.flush()
    }

    /// Makes the new name itself durable; a file system that cannot sync a folder is left alone.
    private static func syncFolder(_ folder: URL) {
        let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
