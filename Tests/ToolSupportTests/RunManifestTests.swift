import Foundation
import TestSupport
import Testing
import ToolSupport

@Suite("Run manifests")
struct RunManifestTests {
    @Test("A manifest records the run and reads back")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let input = folder.url.appendingPathComponent("input.txt")
        try Data("abc".utf8).write(to: input)
        let url = folder.url.appendingPathComponent("out/run.json")

        var manifest = RunManifest(tool: "stream-edit", arguments: ["--layer", "a/b"], seed: .max)
        try manifest.addInput(input)
        manifest.addInput(folder.url, sha256: "00")
        manifest.settings["epsilon"] = "0.5"
        try manifest.finish(writingTo: url)

        let read = try RunManifest(contentsOf: url)
        #expect(read.tool == "stream-edit")
        #expect(read.version == "0.1.0")
        #expect(read.arguments == ["--layer", "a/b"])
        #expect(read.seed == .max)
        #expect(
            read.inputs.map(\.sha256) == [
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "00",
            ])
        #expect(read.settings == ["epsilon": "0.5"])
        #expect(read.machine.cores >= 1)
        #expect(try #require(read.peakMemoryBytes) > 1_000_000)
        #expect(try #require(read.seconds) >= 0)
        for time in [read.started, try #require(read.finished)] {
            #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
        }
        #expect(try String(contentsOf: url, encoding: .utf8).hasSuffix("}\n"))
    }

    @Test("A file that is no manifest is refused by name")
    func refuses() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appendingPathComponent("run.json")
        try Data("{}".utf8).write(to: url)
        #expect { try RunManifest(contentsOf: url) } throws: {
            "\($0)" == "\(url.path): not the record of a run: JSON: the key 'tool' is missing"
        }
    }
}
