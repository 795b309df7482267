import Files
import Foundation
import TestSupport
import Testing

@Suite("Mapped files, digests and messages") struct MappedFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a mapped file has the file's bytes")
    func bytes() throws {
        let data = Data((0..<10_000).map { UInt8(truncatingIfNeeded: $0) })
        let mapped = try MappedFile(folder.file("a.bin", data))
        #expect(Data(mapped.bytes) == data)
    }

    @Test("an empty file maps to no bytes")
    func empty() throws {
        #expect(try MappedFile(folder.file("a.bin", "")).bytes.isEmpty)
    }

    @Test("a missing file, a folder and a device are told apart")
    func refusals() throws {
        #expect(throws: FilesError.missing(path: folder.url("none").path)) { try MappedFile(folder.url("none")) }
        #expect(throws: FilesError.folder(path: folder.url.path)) { try MappedFile(folder.url) }
        #expect(throws: FilesError.self) { try MappedFile(URL(fileURLWithPath: "/dev/null")) }
    }

    @Test("a file without read permission is unreadable", .enabled(if: getuid() != 0))
    func permission() throws {
        let url = try folder.file("a.bin", "x")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: url.path)
        #expect(throws: FilesError.unreadable(path: url.path, reason: "permission denied")) { try MappedFile(url) }
    }

    @Test("a mapping outlives the replacement of its file")
    func replaced() throws {
        let url = try folder.file("a.bin", "old")
        let mapped = try MappedFile(url)
        try AtomicFile.write(Data("a new and longer text".utf8), to: url)
        #expect(Data(mapped.bytes) == Data("old".utf8))
    }

    @Test("digests are those of FIPS 180-4's examples, of data and of files alike")
    func digests() throws {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(Digest.sha256(Data("abc".utf8)) == abc)
        #expect(try Digest.sha256(of: folder.file("a", "abc")) == abc)
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(try Digest.sha256(of: folder.file("b", "")) == empty)
        let million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        #expect(try Digest.sha256(of: folder.file("c", String(repeating: "a", count: 1_000_000))) == million)
    }

    @Test("every message is one line that starts with the path and has no line end")
    func messages() {
        let errors: [FilesError] = [
            .missing(path: "/p"), .unreadable(path: "/p", reason: "r"), .folder(path: "/p"),
            .unwritable(path: "/p", reason: "r"), .noSpace(path: "/p", needed: 1536, free: 0),
            .invalidText(path: "/p", line: 3), .longLine(path: "/p", line: 3, limit: 64 << 20),
            .tooLarge(path: "/p", limit: 1), .corruptArchive(path: "/p", member: "m", reason: "r"),
            .escapingMember(path: "/p", member: "m"), .swellingMember(path: "/p", member: "m", limit: 4 << 30),
            .unknownMember(path: "/p", member: "m", present: []), .severalMembers(path: "/p", present: ["a", "b"]),
            .noMembers(path: "/p"), .notAnArchive(path: "/p", member: "m"),
        ]
        for error in errors {
            #expect(error.description.hasPrefix("/p: "))
            #expect(!error.description.contains("\n"))
        }
        #expect(errors[4].description.contains("needs at least 1.5 KiB, 0 bytes are free"))
    }
}
