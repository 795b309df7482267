import Foundation

/// Data for stdout. Unlike `print`, a write that fails is an error.
package enum StandardOutput {
    /// The reader of stdout has gone; the tool ends with success.
    package struct Closed: Error {
        package init() {}
    }

    /// stdout cannot take more, for example because a disk is full.
    package struct Failure: Error, CustomStringConvertible {
        let code: Int32
        package var description: String {
            "cannot write to the standard output: \(String(cString: strerror(code)))"
        }
    }

    /// Writes text.
    /// - Throws: `Closed` when the reader has gone, which a tool passes on and which ends it with status 0.
    package static func write(_ text: String) throws {
        try flush()  // What was printed before comes first.
        try write(text, to: STDOUT_FILENO)
    }

    /// Hands everything that was printed to the reader.
    package static func flush() throws {
        if fflush(nil) != 0 { throw failure(errno) }
    }

    /// Writes text to an open file, without a buffer.
    package static func write(_ text: String, to file: Int32) throws {
        var text = text
        try text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Foundation.write(file, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw failure(errno) }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }

    private static func failure(_ code: Int32) -> any Error {
        code == EPIPE ? Closed() : Failure(code: code)
    }
}
