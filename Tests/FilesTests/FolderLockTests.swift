import Files
import Foundation
import TestSupport
import Testing

@Suite("Locks of folders")
struct FolderLockTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A folder is made, nobody else gets it before it is released, and nothing stays in it")
    func exclusive() throws {
        let url = folder.url("runs/one")
        let lock = try FolderLock(url)
        #expect(throws: FilesError.inUse(path: url.path)) { try FolderLock(url) }
        try FolderLock(folder.url("runs/two")).release()
        lock.release()
        try FolderLock(url).release()
        #expect(try FileManager.default.contentsOfDirectory(atPath: url.path) == [])
    }

    @Test("A file in its place is an error")
    func file() throws {
        let url = try folder.file("runs", "")
        #expect(throws: FilesError.unwritable(path: url.path, reason: "\(url.path) is no folder")) {
            try FolderLock(url)
        }
    }
}
