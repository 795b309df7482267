import Foundation

/// A file mapped into memory for reading: opening costs the same for a kilobyte and for a gigabyte, and pages come
/// in as they are touched.
///
/// The bytes stay valid as long as the object lives. A file that is cut short by somebody else while it is mapped
/// ends the process, as with any mapping; files written through `AtomicFile` are replaced, never cut.
package final class MappedFile: @unchecked Sendable {
    package let url: URL
    /// Valid while the object is held, which `withBytes` sees to.
    package let bytes: UnsafeRawBufferPointer

    /// Maps `url`; an empty file gives no bytes.
    /// - Throws: `FilesError` when it is missing, unreadable, a folder, or neither file nor link to one.
    package init(_ url: URL) throws(FilesError) {
        let file = try ReadDescriptor(url)
        guard file.isRegular else {
            throw .unreadable(path: url.path, reason: "it is a pipe or a device, expected a file")
        }
        self.url = url
        guard file.size > 0 else {
            self.bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let address = mmap(nil, file.size, PROT_READ, MAP_PRIVATE, file.number, 0), address != MAP_FAILED else {
            throw .unreadable(path: url.path, reason: SystemMessage.text(errno))
        }
        self.bytes = UnsafeRawBufferPointer(start: address, count: file.size)
    }

    /// Calls `body` with the bytes, and holds the mapping until it returns.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try body(bytes) }
    }

    deinit {
        if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
    }
}
