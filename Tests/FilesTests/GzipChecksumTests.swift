import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("Checksums of gzip files")
struct GzipChecksumTests {
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
                    #expect(found == Self.lines || place < 3, "byte \(place), bit \(bit)")
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
    }

    @Test("CRC-32 of the check value and of pieces")
    func crc() {
        var whole = CRC32(), pieces = CRC32()
        Array("123456789".utf8).withUnsafeBytes { bytes in
            whole.add(bytes)
            for n in bytes.indices { pieces.add(UnsafeRawBufferPointer(rebasing: bytes[n..<n + 1])) }
        }
        #expect(whole.value == 0xCBF4_3926 && pieces.value == whole.value && CRC32().value == 0)
    }
}
