import Foundation

/// An open file to read from, closed when the last reference is gone.
final class ReadDescriptor {
    let number: Int32
    let url: URL
    /// Bytes in the file; 0 for a pipe or a device.
    let size: Int
    let isRegular: Bool

    /// Opens `url`. A pipe or a device is opened too; a folder is not.
    init(_ url: URL) throws(FilesError) {
        let number = open(url.path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            let code = errno
            throw code == ENOENT
                ? .missing(path: url.path) : .unreadable(path: url.path, reason: SystemMessage.text(code))
        }
        var status = stat()
        guard fstat(number, &status) == 0 else {
            let code = errno
            close(number)
            throw .unreadable(path: url.path, reason: SystemMessage.text(code))
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            close(number)
            throw .folder(path: url.path)
        }
        self.number = number
        self.url = url
        self.isRegular = status.st_mode & S_IFMT == S_IFREG
        self.size = isRegular ? Int(status.st_size) : 0
    }

    deinit { close(number) }

    /// Fills `buffer` from the current position; returns the bytes read, 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FilesError) -> Int {
        while true {
            let count = Foundation.read(number, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            let code = errno
            if code != EINTR { throw .unreadable(path: url.path, reason: SystemMessage.text(code)) }
        }
    }
}

/// The system's words for an error number.
enum SystemMessage {
    static func text(_ code: Int32) -> String {
        String(cString: strerror(code)).lowercased()
    }
}
