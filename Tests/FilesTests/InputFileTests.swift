import Files
import Foundation
import TestSupport
import Testing

@Suite("Input files") struct InputFileTests {
    let folder: TemporaryFolder
    static let text = "first\nzweite Zeile: grün\r\n\nlast without an end"
    static let expected = ["1 first", "2 zweite Zeile: grün", "3 ", "4 last without an end"]

    init() throws { folder = try TemporaryFolder() }

    func lines(_ url: URL, member: String? = nil, limits: UnpackLimits = UnpackLimits()) throws -> [String] {
        var lines: [String] = []
        try InputFile.lines(of: url, member: member, limits: limits) { lines.append("\($0) \($1)") }
        return lines
    }

    @Test("plain text is given line by line with numbers, whatever the line ends")
    func plain() throws {
        #expect(try lines(folder.file("a.txt", Self.text)) == Self.expected)
    }

    @Test(
        "compressed text is the same, told by content and not by name",
        arguments: [ArchiveMaker.Filter.gzip, .bzip2, .xz, .zstd])
    func compressed(filter: ArchiveMaker.Filter) throws {
        let url = folder.url("a.txt")
        try ArchiveMaker.pack([("a", Data(Self.text.utf8))], as: .single, filter, to: url)
        #expect(try Data(contentsOf: url) != Data(Self.text.utf8))
        #expect(try lines(url) == Self.expected)
        #expect(try InputFile.contents(of: url) == Data(Self.text.utf8))
    }

    @Test(
        "the only member of an archive is the content",
        arguments: [
            (ArchiveMaker.Format.zip, ArchiveMaker.Filter.none), (.storedZip, .none), (.sevenZip, .none),
            (.tar, .none), (.tar, .gzip), (.tar, .bzip2), (.tar, .xz),
        ])
    func archived(format: ArchiveMaker.Format, filter: ArchiveMaker.Filter) throws {
        let url = folder.url("a.bin")
        try ArchiveMaker.pack([("sub/a.txt", Data(Self.text.utf8))], as: format, filter, to: url)
        #expect(try lines(url) == Self.expected)
        #expect(try lines(url, member: "sub/a.txt") == Self.expected)
    }

    @Test("of several members the only data file is taken, and macOS shadow files do not count")
    func onlyDataFile() throws {
        let url = folder.url("a.zip")
        try ArchiveMaker.pack(
            [
                ("README.md", Data("read".utf8)), ("__MACOSX/._x.jsonl", Data("shadow".utf8)),
                ("x.jsonl", Data("{}\n".utf8)),
            ], as: .zip, to: url)
        #expect(try lines(url) == ["1 {}"])
    }

    @Test("several data files need a name, and the error lists them")
    func several() throws {
        let url = folder.url("a.tar.gz")
        try ArchiveMaker.pack(
            [("x.csv", Data("x".utf8)), ("y.csv", Data("y".utf8))], as: .tar, .gzip, to: url)
        #expect(throws: FilesError.severalMembers(path: url.path, present: ["x.csv", "y.csv"])) { try lines(url) }
        #expect(try lines(url, member: "y.csv") == ["1 y"])
        #expect(throws: FilesError.unknownMember(path: url.path, member: "z", present: ["x.csv", "y.csv"])) {
            try lines(url, member: "z")
        }
    }

    @Test("a member's name with a plain file is an error")
    func memberOfPlain() throws {
        let url = try folder.file("a.txt", "x")
        #expect(throws: FilesError.notAnArchive(path: url.path, member: "m")) { try lines(url, member: "m") }
    }

    @Test("an empty file has no lines; an empty archive is an error")
    func empty() throws {
        #expect(try lines(folder.file("a.txt", "")) == [])
        #expect(try InputFile.contents(of: folder.file("b.txt", "")) == Data())
        let archive = folder.url("a.zip")
        try ArchiveMaker.pack([], as: .zip, to: archive)
        #expect(throws: FilesError.noMembers(path: archive.path)) { try lines(archive) }
        let gzip = folder.url("a.gz")
        try ArchiveMaker.pack([("a", Data())], as: .single, .gzip, to: gzip)
        #expect(try lines(gzip) == [])
    }

    @Test(
        "text that libarchive's other formats would claim stays text",
        arguments: ["#mtree\n./a type=file\n", "begin 644 a.txt\n#0V%T\n`\nend\n"])
    func textStaysText(text: String) throws {
        let url = try folder.file("a.txt", text)
        #expect(try InputFile.contents(of: url) == Data(text.utf8))
    }

    @Test("a byte order mark at the start is dropped")
    func byteOrderMark() throws {
        #expect(try lines(folder.file("a.txt", Data([0xEF, 0xBB, 0xBF]) + Data("x\ny".utf8))) == ["1 x", "2 y"])
    }

    @Test("invalid UTF-8 is an error with the line's number")
    func invalidText() throws {
        let url = try folder.file("a.txt", Data("fine\n".utf8) + Data([0x66, 0xFC, 0x72]) + Data("\n".utf8))
        #expect(throws: FilesError.invalidText(path: url.path, line: 2)) { try lines(url) }
    }

    @Test("lines that lie across the reader's blocks come out whole")
    func longLines() throws {
        let long = (0..<5).map { String(repeating: "abcdefg\($0)", count: 30_000 + $0) }
        let url = try folder.file("a.txt", long.joined(separator: "\n"))
        #expect(try lines(url) == long.enumerated().map { "\($0 + 1) \($1)" })
    }

    @Test("a line beyond the limit is refused before it fills the memory")
    func lineLimit() throws {
        let url = try folder.file("a.txt", Data(repeating: UInt8(ascii: "x"), count: InputFile.lineLimit + 2))
        #expect(throws: FilesError.longLine(path: url.path, line: 1, limit: InputFile.lineLimit)) { try lines(url) }
    }

    @Test("a missing file, a folder and content beyond the caller's limit each have their error")
    func refusals() throws {
        let missing = folder.url("none.txt")
        #expect(throws: FilesError.missing(path: missing.path)) { try lines(missing) }
        #expect(throws: FilesError.folder(path: folder.url.path)) { try lines(folder.url) }
        let url = try folder.file("a.txt", "12345")
        #expect(throws: FilesError.tooLarge(path: url.path, limit: 4)) { try InputFile.contents(of: url, limit: 4) }
        #expect(try InputFile.contents(of: url, limit: 5).count == 5)
    }

    @Test("what the caller throws comes through and ends the reading")
    func callerThrows() throws {
        struct Stop: Error {}
        let url = try folder.file("a.txt", Self.text)
        var seen = 0
        #expect(throws: Stop.self) {
            try InputFile.lines(of: url) { number, _ in
                seen = number
                if number == 2 { throw Stop() }
            }
        }
        #expect(seen == 2)
    }

    @Test("the real samples read as they are", .enabled(if: sharedData != nil))
    func samples() throws {
        let data = try #require(sharedData)
        var count = 0
        try InputFile.lines(of: data.appendingPathComponent("zsre_dev_sample.jsonl")) { _, line in
            #expect(line.hasPrefix("{"))
            count += 1
        }
        #expect(count == 1450)
        let scotus = data.appendingPathComponent("scotus_lexglue_sample.tar.gz")
        count = 0
        try InputFile.lines(of: scotus) { _, _ in count += 1 }
        #expect(count == 900)
        let fairlex = data.appendingPathComponent("scotus_sample.zip")
        #expect(throws: FilesError.self) { try InputFile.lines(of: fairlex) { _, _ in } }
        let member = try #require(Archive.members(of: fairlex).first { $0.name.hasSuffix("test.jsonl") })
        count = 0
        try InputFile.lines(of: fairlex, member: member.name) { _, _ in count += 1 }
        #expect(count == 1685)
    }
}
