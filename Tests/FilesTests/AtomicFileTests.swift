import Files
import Foundation
import TestSupport
import Testing

@Suite("Atomic files") struct AtomicFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("the content arrives whole and no temporary file stays")
    func wholeContent() throws {
        let url = folder.url("a.txt")
        let big = Data(repeating: 7, count: 1 << 20)
        try AtomicFile.write(to: url) { file in
            try file.write("one\n")
            try file.write(big)
            try file.write("two\n")
            #expect(file.count == 8 + big.count)
        }
        #expect(try Data(contentsOf: url) == Data("one\n".utf8) + big + Data("two\n".utf8))
        #expect(try folder.names() == ["a.txt"])
    }

    @Test("missing parent folders are made")
    func parents() throws {
        let url = folder.url("x/y/z.txt")
        try AtomicFile.write(Data("hi".utf8), to: url)
        #expect(try Data(contentsOf: url) == Data("hi".utf8))
    }

    @Test("a failing body leaves the old content and no temporary file")
    func failingBody() throws {
        struct Stop: Error {}
        let url = try folder.file("a.txt", "old")
        #expect(throws: Stop.self) {
            try AtomicFile.write(to: url) { file in
                try file.write("half of the new")
                throw Stop()
            }
        }
        #expect(try Data(contentsOf: url) == Data("old".utf8))
        #expect(try folder.names() == ["a.txt"])
    }

    @Test("the temporary name is in the same folder and hidden, and the final name is not there before the end")
    func temporaryName() throws {
        let url = folder.url("a.txt")
        try AtomicFile.write(to: url) { file in
            try file.write("x")
            #expect(try folder.names() == [".a.txt.tmp-\(getpid())"])
        }
    }

    @Test("two writers of one file do not share a temporary file; the later one to finish wins")
    func nested() throws {
        let url = folder.url("a.txt")
        try AtomicFile.write(to: url) { outer in
            try outer.write("outer")
            try AtomicFile.write(Data("inner".utf8), to: url)
        }
        #expect(try Data(contentsOf: url) == Data("outer".utf8))
        #expect(try folder.names() == ["a.txt"])
    }

    @Test("a link is followed: its target gets the content and the link stays")
    func link() throws {
        let target = try folder.file("target.txt", "old")
        try FileManager.default.createSymbolicLink(at: folder.url("link.txt"), withDestinationURL: target)
        try AtomicFile.write(Data("new".utf8), to: folder.url("link.txt"))
        #expect(try Data(contentsOf: target) == Data("new".utf8))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.url("link.txt").path) == target.path)
    }

    @Test("a folder under the final name is refused")
    func folderInTheWay() throws {
        #expect(throws: FilesError.folder(path: folder.url.path)) {
            try AtomicFile.write(Data(), to: folder.url)
        }
    }

    @Test("a file where a parent folder should be is named")
    func fileAsParent() throws {
        let parent = try folder.file("plain", "x")
        let url = parent.appendingPathComponent("a.txt")
        #expect(throws: FilesError.unwritable(path: url.path, reason: "\(parent.path) is no folder")) {
            try AtomicFile.write(Data(), to: url)
        }
    }

    @Test("what a process has open is written on from where it stands, a file too")
    func openFile() throws {
        let file = folder.url("out.txt")
        let descriptor = open(file.path, O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        #expect(write(descriptor, "head ", 5) == 5)
        for path in ["/dev/fd/\(descriptor)", "/proc/self/fd/\(descriptor)"] {
            try AtomicFile.write(Data("body ".utf8), to: URL(fileURLWithPath: path))
        }
        #expect(write(descriptor, "end", 3) == 3)
        #expect(try String(contentsOf: file, encoding: .utf8) == "head body body end")
        let closed = URL(fileURLWithPath: "/dev/fd/999999999")
        #expect(throws: FilesError.self) { try AtomicFile.write(Data("x".utf8), to: closed) }
    }

    @Test("a device is written as it is", .enabled(if: FileManager.default.fileExists(atPath: "/dev/null")))
    func device() throws {
        try AtomicFile.write(Data("gone".utf8), to: URL(fileURLWithPath: "/dev/null"))
        #expect(FileManager.default.fileExists(atPath: "/dev/null"))
    }

    @Test(
        "a full disk is reported with the size that is needed",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func fullDisk() throws {
        let url = URL(fileURLWithPath: "/dev/full")
        let error = #expect(throws: FilesError.self) {
            try AtomicFile.write(Data(repeating: 1, count: 3 << 20), to: url)
        }
        guard case .noSpace(_, let needed, _) = error else {
            Issue.record("found \(String(describing: error))")
            return
        }
        #expect(needed == 3 << 20)
        #expect(error?.description.hasPrefix("/dev/full: no space left on the disk: needs at least 3 MiB") == true)
    }
}
