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

    @Test("A process that was killed and not yet waited for is one that is no more")
    func zombie() throws {
        // The shell's child ends at once, and the program that the shell becomes never asks for its end.
        let parent = Process(), output = Pipe()
        parent.executableURL = URL(fileURLWithPath: "/bin/sh")
        parent.arguments = ["-c", "sh -c 'exit 0' & echo $!; exec sleep 60"]
        parent.standardOutput = output
        try parent.run()
        defer { parent.terminate() }
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let child = try #require(pid_t(line.trimmingCharacters(in: .whitespacesAndNewlines)))
        let begin = ContinuousClock.now
        func state() -> String { (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? "" }
        while !state().contains(") Z"), .now - begin < .seconds(10) { usleep(1000) }
        try #require(state().contains(") Z"), "\(state())")
        _ = try folder.file("run/.a.txt.tmp-\(child)", "text")
        try FolderLock(folder.url("run")).release()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url("run").path) == [])
    }

    @Test("What killed runs were writing is removed, and nothing else")
    func leftovers() throws {
        // A process that is no more: it has ended and been waited for.
        let gone = try Process.run(URL(fileURLWithPath: "/bin/true"), arguments: [])
        gone.waitUntilExit()
        let id = gone.processIdentifier
        let kept = [
            "run/a.txt", "run/.a.txt.tmp-\(getppid())", "run/.a.txt.tmp-x", "run/a.txt.tmp-\(id)",
            "run/other/.b.tmp-\(id)", "run/.tmp-\(id)",
        ]
        let left = [
            "run/.a.txt.tmp-\(id)", "run/.a.txt.tmp-\(id)-2", "run/parts/.c.tmp-\(id)", "run/.a.txt.tmp-\(getpid())",
        ]
        for name in kept + left {
            _ = try folder.file(name, "text")
        }
        try FolderLock(folder.url("run"), with: ["parts", "missing"]).release()
        let found = try FileManager.default.subpathsOfDirectory(atPath: folder.url("run").path).map { "run/" + $0 }
        #expect(Set(found) == Set(kept + ["run/other", "run/parts"]))
    }

    @Test("A file in its place is an error")
    func file() throws {
        let url = try folder.file("runs", "")
        #expect(throws: FilesError.unwritable(path: url.path, reason: "\(url.path) is no folder")) {
            try FolderLock(url)
        }
    }
}
