import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("Pipes that are read more than once")
struct SpooledPipeTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("What comes through a pipe of this process can be read again and again", arguments: [0, 10, 300_000])
    func spooled(count: Int) throws {
        let lines = (0..<count / 5).map { "\($0)" }
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let input = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        let writer = Thread {
            try? input.write(contentsOf: Data(lines.joined(separator: "\n").utf8))
            try? input.close()
        }
        writer.start()
        let url = URL(fileURLWithPath: "/dev/fd/\(ends[0])")
        try InputFile.spool(url)
        for _ in 0..<2 {
            var found: [String] = []
            try InputFile.lines(of: url) { found.append($1) }
            #expect(found == lines)
        }
        #expect(try Digest.sha256(of: url) == Digest.sha256(Data(lines.joined(separator: "\n").utf8)))
    }

    @Test("A named pipe is refused, and a file left as it is")
    func others() throws {
        let named = folder.url("named")
        #expect(mkfifo(named.path, 0o600) == 0)
        #expect(throws: FilesError.self) { try InputFile.spool(named) }
        let file = try folder.file("file", "text")
        try InputFile.spool(file)
        #expect(try String(contentsOf: file, encoding: .utf8) == "text")
        try InputFile.spool(folder.url("missing"))
    }
}
