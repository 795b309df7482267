import Files
import Foundation
import TestSupport
import Testing

@Suite("Archives") struct ArchiveTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "members are listed with sizes and read by name, in any order",
        arguments: [ArchiveMaker.Format.zip, .storedZip, .tar, .sevenZip])
    func byName(format: ArchiveMaker.Format) throws {
        let url = folder.url("a")
        let second = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try ArchiveMaker.pack([("d/one", Data("1".utf8)), ("d/two", second)], as: format, to: url)
        #expect(try Archive.members(of: url).map(\.name) == ["d/one", "d/two"])
        #expect(try Archive.members(of: url).map(\.size) == [1, 100_000])
        #expect(try Archive.read("d/two", from: url) == second)
        #expect(try Archive.read("d/one", from: url) == Data("1".utf8))
        var seen: [String: Data] = [:]
        try Archive.visit(url) { member, read in seen[member.name] = try read() }
        #expect(seen == ["d/one": Data("1".utf8), "d/two": second])
        #expect(throws: FilesError.unknownMember(path: url.path, member: "x", present: ["d/one", "d/two"])) {
            try Archive.read("x", from: url)
        }
    }

    @Test("a member fills a buffer of its size, and no other")
    func intoBuffer() throws {
        let url = folder.url("a.zip")
        try ArchiveMaker.pack([("m", Data([1, 2, 3, 4, 5]))], as: .storedZip, to: url)
        func read(_ size: Int) throws -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: size)
            try bytes.withUnsafeMutableBytes { try Archive.read("m", from: url, into: $0) }
            return bytes
        }
        #expect(try read(5) == [1, 2, 3, 4, 5])
        for size in [0, 4, 6] {
            #expect(throws: FilesError.memberSize(path: url.path, member: "m", expected: size, found: 5)) {
                try read(size)
            }
        }
        var changed = try Data(contentsOf: url)
        let payload = try #require(changed.range(of: Data([1, 2, 3, 4, 5])))
        changed[payload.lowerBound] = 9
        try changed.write(to: url)
        #expect(throws: FilesError.self) { try read(5) }
    }

    @Test(
        "a member whose path escapes is refused, even when another one is asked for",
        arguments: ["../evil.json", "a/../../evil.json", "/etc/evil.json", "..\\evil.json", "C:\\evil.json"])
    func escaping(name: String) throws {
        for format in [ArchiveMaker.Format.zip, .tar] {
            let url = folder.url("a.bin")
            try ArchiveMaker.pack([(name, Data("x".utf8)), ("good.json", Data("{}".utf8))], as: format, to: url)
            // libarchive gives the names in a zip that was packed on Windows with forward slashes.
            let seen = format == .zip ? name.replacingOccurrences(of: "\\", with: "/") : name
            let expected = FilesError.escapingMember(path: url.path, member: seen)
            #expect(throws: expected) { try InputFile.contents(of: url, member: "good.json") }
            #expect(throws: expected) { try Archive.members(of: url) }
        }
    }

    @Test("dots inside a name are no escape")
    func dots() throws {
        let url = folder.url("a.zip")
        try ArchiveMaker.pack([("a..b/c...json", Data("{}".utf8))], as: .zip, to: url)
        #expect(try InputFile.contents(of: url) == Data("{}".utf8))
    }

    @Test("a member that swells beyond a thousand times its archive is refused")
    func swelling() throws {
        let data = Data(repeating: UInt8(ascii: "a"), count: 80 << 20)
        let zip = folder.url("a.zip")
        try ArchiveMaker.pack([("bomb.json", data)], as: .zip, to: zip)
        let packed = try Data(contentsOf: zip).count
        try #require(packed * 1000 < data.count)
        let limit = max(64 << 20, packed * 1000)
        #expect(throws: FilesError.swellingMember(path: zip.path, member: "bomb.json", limit: limit)) {
            try InputFile.contents(of: zip)
        }
        let gzip = folder.url("b.json.gz")
        try ArchiveMaker.pack([("b", data)], as: .single, .gzip, to: gzip)
        #expect(throws: FilesError.self) { try InputFile.lines(of: gzip) { _, _ in } }
        let bzip = folder.url("b.json.bz2")
        try ArchiveMaker.pack([("b", data)], as: .single, .bzip2, to: bzip)
        #expect(throws: FilesError.swellingMember(path: bzip.path, member: "b.json.bz2", limit: 64 << 20)) {
            try InputFile.contents(of: bzip)
        }
    }

    @Test("a member beyond the byte limit is refused whatever its ratio")
    func byteLimit() throws {
        let url = folder.url("a.zip")
        try ArchiveMaker.pack([("a.json", Data(count: 2000))], as: .storedZip, to: url)
        #expect(throws: FilesError.swellingMember(path: url.path, member: "a.json", limit: 1999)) {
            try Archive.read("a.json", from: url, limit: 1999)
        }
        #expect(try Archive.read("a.json", from: url, limit: 2000).count == 2000)
    }

    @Test("a member that is passed over may be larger than the limit for the one that is read")
    func limitOfOthers() throws {
        for format in [ArchiveMaker.Format.zip, .tar] {
            let url = folder.url("a.bin")
            let members = [("large", Data(count: 2000)), ("small", Data([1])), ("last", Data(count: 2000))]
            try ArchiveMaker.pack(members, as: format, to: url)
            #expect(try Archive.read("small", from: url, limit: 1) == Data([1]))
            #expect(try InputFile.contents(of: url, member: "small", limit: 1) == Data([1]))
        }
    }

    @Test("a plain file is no archive")
    func plain() throws {
        let url = try folder.file("a.txt", "text")
        #expect(throws: FilesError.notAnArchive(path: url.path, member: "x")) { try Archive.read("x", from: url) }
    }

    @Test("a compressed file that is cut off is damaged", arguments: [ArchiveMaker.Filter.gzip, .bzip2, .xz, .zstd])
    func cutOff(filter: ArchiveMaker.Filter) throws {
        let url = folder.url("a.bin")
        let text = Data((0..<20_000).map { "line \($0 &* 7919)\n" }.joined().utf8)
        try ArchiveMaker.pack([("a.txt", text)], as: .tar, filter, to: url)
        let whole = try Data(contentsOf: url)
        try whole.prefix(whole.count / 2).write(to: url)
        #expect(throws: FilesError.self) { try InputFile.contents(of: url) }
    }

    @Test(
        "bytes changed inside a bzip2 or xz file are found by its checksums",
        arguments: [ArchiveMaker.Filter.bzip2, .xz])
    func changedInside(filter: ArchiveMaker.Filter) throws {
        let url = folder.url("a.bin")
        let text = Data((0..<20_000).map { "line \($0 &* 7919)\n" }.joined().utf8)
        try ArchiveMaker.pack([("a.txt", text)], as: .single, filter, to: url)
        var changed = try Data(contentsOf: url)
        changed[changed.count / 2] ^= 0x5A
        try changed.write(to: url)
        #expect(throws: FilesError.self) { try InputFile.contents(of: url) }
    }

    @Test("a zip cut off in the middle, and one with a wrong checksum, are damaged")
    func damagedZip() throws {
        let url = folder.url("a.zip")
        try ArchiveMaker.pack([("a.txt", Data(repeating: 65, count: 5000))], as: .storedZip, to: url)
        let whole = try Data(contentsOf: url)
        try whole.prefix(2000).write(to: url)
        #expect(throws: FilesError.self) { try Archive.read("a.txt", from: url) }
        var changed = whole
        changed[3000] ^= 1
        try changed.write(to: url)
        let error = #expect(throws: FilesError.self) { try Archive.read("a.txt", from: url) }
        guard case .corruptArchive(_, "a.txt", _) = error else {
            Issue.record("found \(String(describing: error))")
            return
        }
    }
}
