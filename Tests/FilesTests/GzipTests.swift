import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("gzip files")
struct GzipTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let lines = (1...40).map { "{\"question\":\"Who is number \($0)?\",\"answer\":\"\($0 * 7919)\"}" }

    /// The file that `gzip` makes of the text.
    private func gzip(_ text: String, _ name: String) throws -> Data {
        let file = try folder.file(name, text)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
        process.arguments = ["--force", file.path]
        try process.run()
        process.waitUntilExit()
        return try Data(contentsOf: folder.url(name + ".gz"))
    }

    private func read(_ data: Data, _ name: String) throws -> [String] {
        var lines: [String] = []
        try InputFile.lines(of: folder.file(name, data)) { lines.append($1) }
        return lines
    }

    @Test("A changed bit gives an error or changes nothing, never other text")
    func bits() throws {
        let whole = try gzip(Self.lines.joined(separator: "\n"), "q.jsonl")
        #expect(try read(whole, "whole.gz") == Self.lines)
        var refused = 0
        for place in whole.indices {
            for bit in [UInt8(1), 8, 64] {
                var data = whole
                data[place] ^= bit
                do {
                    let found = try read(data, "\(place)-\(bit).gz")
                    // What is no gzip any more is read as it is.
                    #expect(found == Self.lines || place < 2, "byte \(place), bit \(bit)")
                } catch is FilesError {
                    refused += 1
                }
            }
        }
        #expect(refused > whole.count * 2)
    }

    @Test("A file that ends early is damaged wherever it ends")
    func cut() throws {
        let whole = try gzip(Self.lines.joined(separator: "\n"), "q.jsonl")
        for count in stride(from: 18, to: whole.count, by: 7) + [whole.count - 4, whole.count - 1] {
            #expect(throws: FilesError.self, "\(count) bytes") { try read(whole.prefix(count), "cut-\(count).gz") }
        }
    }

    @Test("Members one behind the other are read, and so is an empty one")
    func members() throws {
        let both = try gzip("a\nb\n", "a") + gzip("c\n", "c")
        #expect(try read(both, "both.gz") == ["a", "b", "c"])
        #expect(try read(gzip("", "none"), "none.gz") == [])
        #expect(try read(gzip("a\nb\n", "a") + Data(count: 500), "padded.gz") == ["a", "b"])
        let apart = try gzip("a\n", "a") + Data(count: 100_000) + gzip("b\n", "b")
        #expect(try read(apart, "apart.gz") == ["a", "b"])
    }

    @Test("Damage in any member is found, and so is what stands behind the last")
    func laterMembers() throws {
        let one = try gzip("a\nb\n", "a"), both = one + one
        for member in 0..<2 {
            var data = both
            // The checksum stands 8 bytes before a member's end.
            data[(member + 1) * one.count - 7] ^= 1
            #expect(throws: FilesError.self, "member \(member)") { try read(data, "damaged-\(member).gz") }
        }
        for count in one.count + 1..<both.count {
            #expect(throws: FilesError.self, "\(count) bytes") { try read(both.prefix(count), "cut-\(count).gz") }
        }
        #expect(throws: FilesError.self) { try read(one + Data("signature".utf8), "more.gz") }
    }

    @Test("Members of any size, in pieces of any size")
    func large() throws {
        let lines = (1...60_000).map { "\($0) \($0 &* 2_654_435_761 % 1_000_003)" }
        let packed = try gzip(lines.joined(separator: "\n") + "\n", "large")
        #expect(packed.count > 1 << 17)
        #expect(try read(packed + packed, "twice.gz") == lines + lines)
    }

    @Test("A pipe is unpacked and held to its checksum too", arguments: [false, true])
    func pipe(_ isDamaged: Bool) throws {
        let pipe = folder.url("pipe-\(isDamaged)")
        #expect(mkfifo(pipe.path, 0o600) == 0)
        var data = try gzip(Self.lines.joined(separator: "\n"), "q.jsonl")
        if isDamaged { data[data.count - 6] ^= 1 }
        let writer = Thread { [data] in try? data.write(to: pipe) }
        writer.start()
        var lines: [String] = []
        if isDamaged {
            #expect(throws: FilesError.self) { try InputFile.lines(of: pipe) { lines.append($1) } }
        } else {
            try InputFile.lines(of: pipe) { lines.append($1) }
            #expect(lines == Self.lines)
        }
    }

    @Test("A damaged tar inside gzip is found, whichever member is asked for")
    func tar() throws {
        let url = folder.url("two.tar.gz")
        let contents = (0..<2).map { n in ("\(n).jsonl", Data(repeating: UInt8(ascii: "a") + UInt8(n), count: 50_000)) }
        try ArchiveMaker.pack(contents, as: .tar, .gzip, to: url)
        #expect(try Archive.read("1.jsonl", from: url) == contents[1].1)
        var data = try Data(contentsOf: url)
        data[data.count - 6] ^= 4
        let damaged = try folder.file("damaged.tar.gz", data)
        #expect(throws: FilesError.self) { try Archive.visit(damaged) { _, read in _ = try read() } }
        #expect(throws: FilesError.self) { try Archive.read("0.jsonl", from: damaged) }
        #expect(throws: FilesError.self) { try InputFile.contents(of: damaged, member: "0.jsonl") }
        #expect(throws: FilesError.self) { try InputFile.lines(of: damaged, member: "0.jsonl") { _, _ in } }
    }
}
