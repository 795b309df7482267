import Foundation

/// What an output must not be.
package enum OutputFile {
    /// Checks that nothing that is read would be replaced by what is written.
    /// - Throws: `ToolError.isInput`.
    package static func check(_ output: URL, apartFrom inputs: [URL]) throws {
        guard let place = place(of: output), inputs.contains(where: { Self.place(of: $0) == place }) else { return }
        throw ToolError.isInput(output.path)
    }

    /// Device and number of a regular file; nil where there is none.
    private static func place(of url: URL) -> [UInt64]? {
        var status = stat()
        guard stat(url.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return [UInt64(status.st_dev), UInt64(status.st_ino)]
    }
}
