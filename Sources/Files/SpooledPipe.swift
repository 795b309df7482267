import Foundation

extension InputFile {
    /// Makes sure that a file can be read more than once. What comes through a pipe that this process was given
    /// (`/dev/stdin`, `/dev/fd/N`) is copied to a file without a name, which then stands in the pipe's place.
    ///
    /// - Throws: `FilesError` for a named pipe, which can be read only once, and when the copy cannot be written.
    package static func spool(_ url: URL) throws {
        var status = stat()
        guard stat(url.path, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { return }
        guard let number = AtomicFile.openDescriptor(url) else {
            throw FilesError.unreadable(
                path: url.path, reason: "it is a named pipe, which can be read only once; save it to a file")
        }
        var template = Array((NSTemporaryDirectory() + "/grace-XXXXXX").utf8CString)
        let copy = mkstemp(&template)
        guard copy >= 0 else {
            throw FilesError.unwritable(path: NSTemporaryDirectory(), reason: SystemMessage.text(errno))
        }
        defer { close(copy) }
        unlink(template)
        let source = try ReadDescriptor(url)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
        defer { buffer.deallocate() }
        let file = AtomicFile.Handle(descriptor: copy, url: URL(fileURLWithPath: NSTemporaryDirectory()))
        while true {
            let count = try source.read(into: buffer)
            if count == 0 { break }
            try file.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        try file.flush()
        lseek(copy, 0, SEEK_SET)
        guard dup2(copy, number) >= 0 else {
            throw FilesError.unreadable(path: url.path, reason: SystemMessage.text(errno))
        }
    }
}
