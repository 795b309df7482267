import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite("stream-edit")
struct StreamEditTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try TokenizedSet(items: FixtureModel.items(30)).write(to: folder.url("stream.safetensors"))
    }

    /// Edits the fixture model; what `more` gives again counts.
    private func edit(_ output: String, radius: String = "1", _ more: String...) async throws -> ToolProcess.Result {
        try await ToolProcess("stream-edit", in: folder.url).run(arguments(output, radius: radius, more))
    }

    private func arguments(_ output: String, radius: String = "1", _ more: [String]) -> [String] {
        let options = ["--threads", "--steps"].filter { !more.contains($0) }.flatMap {
            [$0, $0 == "--steps" ? "20" : "1"]
        }
        return [
            "--model", FixtureModel.path, "--stream", "stream.safetensors", "--layer", FixtureModel.layer,
            "--output", output, "--radius", radius,
        ] + options + more
    }

    private func log(_ name: String) -> LogFiles { LogFiles(folder: folder.url(name)) }

    @Test("A run leaves the codebook, a row for each input, and the record of the run")
    func whole() async throws {
        let run = try await edit("log", "--seed", "5", "--time-generation")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(try log("log").names() == LogFiles.names)

        let rows = try log("log").rows()
        #expect(rows.map { $0["step"] } == (1...30).map { "\($0)" })
        #expect(rows.map { $0["id"] } == (500..<530).map { "\($0)" })
        let edits = rows.filter { $0["error"] == "1" }
        #expect(edits.count >= 20, "\(edits.count) edits")
        #expect(Set(edits.compactMap { $0["action"] }).isSubset(of: ["add", "expand", "split", "train"]))
        #expect(Set(edits.compactMap { $0["action"] }).count >= 3)
        #expect(rows.filter { $0["error"] == "0" }.allSatisfy { $0["action"] == "none" && $0["steps"] == "0" })
        #expect(edits.allSatisfy { $0["steps"] == "20" && Double($0["loss"] ?? "") ?? .nan > 0 })
        #expect(rows[0]["action"] == "add" && rows[0]["distance"] == "nan" && rows[0]["radius"] == "1")

        let codebook = try SafetensorsFile(folder.url("log/codebook.safetensors"))
        #expect(try codebook.integers("value_steps") == edits.compactMap { Int($0["step"] ?? "") })
        #expect(try codebook.integers("value_keys") == edits.compactMap { Int($0["key"] ?? "") })
        #expect(codebook.metadata["stream_steps"] == "30" && codebook.metadata["seed"] == "5")
        #expect(codebook.metadata["layer"] == FixtureModel.layer && codebook.metadata["radius"] == "1.0")

        let record = try log("log").record()
        let settings = try #require(record["settings"] as? [String: String])
        #expect(settings.allSatisfy { codebook.metadata[$0.key] == $0.value })
        #expect(record["tool"] as? String == "stream-edit" && record["seed"] as? Int == 5)
        #expect((record["inputs"] as? [[String: String]])?.count == 2)
        let timings = try #require(record["timings"] as? [String: Double])
        #expect(timings.keys.sorted() == ["edit_seconds", "generate_seconds", "load_seconds"])
        #expect(run.errors.contains("30 inputs, \(edits.count) edits, \(try codebook.shape(of: "keys")[0]) keys"))
    }

    @Test("A second run says that all is done and touches nothing")
    func again() async throws {
        #expect(try await edit("log").status == 0)
        let before = try log("log").traces()
        for more in [[], ["--overwrite"], ["--threads", "2"], ["--checkpoint-seconds", "0"]] {
            let run = try await ToolProcess("stream-edit", in: folder.url).run(arguments("log", more))
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("log: all done, "))
            #expect(try log("log").traces() == before)
        }
        #expect(try log("log").names() == LogFiles.names)
    }

    @Test("A run that was killed again and again ends with the log of one that was not")
    func killed() async throws {
        #expect(try await edit("whole", "--steps", "1000").status == 0)
        // One input after the other, so that the rows come slowly enough to be killed between them.
        let rows = folder.url("killed/edits.partial.tsv")
        for count in [2, 8, 14] {
            let running = try await ToolProcess("stream-edit", in: folder.url)
                .runAndKill(arguments("killed", ["--steps", "1000", "--checkpoint-seconds", "0", "--lookahead", "1"])) {
                    ((try? Data(contentsOf: rows)) ?? Data()).count { $0 == UInt8(ascii: "\n") } > count
                }
            try #require(running, "the run ended before it could be killed")
            #expect(!FileManager.default.fileExists(atPath: folder.url("killed/run.json").path))
            #expect(!FileManager.default.fileExists(atPath: folder.url("killed/codebook.safetensors").path))
        }
        let last = try await edit("killed", "--steps", "1000", "--threads", "2")
        #expect(last.status == 0, "\(last.errors)")
        #expect(last.errors.contains("going on after input "))
        #expect(try log("killed").data("codebook.safetensors") == log("whole").data("codebook.safetensors"))
        #expect(try log("killed").timelessRows() == log("whole").timelessRows())
        let left = try log("killed").names().filter { !$0.hasPrefix(".") }
        #expect(left == LogFiles.names)
    }

    @Test("A table that is ahead of its codebook, as after a crash between the two, is cut back")
    func crashBetweenFiles() async throws {
        #expect(try await edit("whole").status == 0)
        #expect(try await edit("few", "--max-edits", "4").status == 0)
        #expect(try await edit("more", "--max-edits", "9").status == 0)
        try folder.file("log/codebook.partial.safetensors", log("few").data("codebook.safetensors"))
        try folder.file("log/edits.partial.tsv", log("more").data("edits.tsv"))
        let run = try await edit("log")
        #expect(run.status == 0, "\(run.errors)")
        #expect(try log("log").data("codebook.safetensors") == log("whole").data("codebook.safetensors"))
        #expect(try log("log").timelessRows() == log("whole").timelessRows())
    }

    @Test("--max-edits stops after so many edits, and a larger number goes on from there")
    func maxEdits() async throws {
        #expect(try await edit("whole").status == 0)
        #expect(try await edit("log", "--max-edits", "7").status == 0)
        let rows = try log("log").timelessRows()
        #expect(rows.count { $0["error"] == "1" } == 7)
        #expect(rows.last?["error"] == "1")
        #expect(try log("whole").timelessRows().starts(with: rows))
        let done = try await edit("log", "--max-edits", "7").errors
        #expect(done.contains("all done, 7 edits, ") && done.contains(" keys in \(rows.count) inputs"), "\(done)")

        let more = try await edit("log")
        #expect(more.status == 0 && more.errors.contains("going on after input \(rows.count) of 30"))
        #expect(try log("log").data("codebook.safetensors") == log("whole").data("codebook.safetensors"))
        #expect(try log("log").timelessRows() == log("whole").timelessRows())
    }

    @Test("Other settings on a log are refused with what differs; --overwrite replaces it")
    func otherSettings() async throws {
        #expect(try await edit("log").status == 0)
        let before = try log("log").traces()
        for (radius, more, what) in [
            ("2", [], "radius 1.0, not 2.0"), ("1", ["--seed", "3"], "seed 0, not 3"),
            ("1", ["--steps", "21"], "steps 20, not 21"),
            ("1", ["--compat", "official"], "compat paper, not official"),
        ] {
            let run = try await ToolProcess("stream-edit", in: folder.url).run(arguments("log", radius: radius, more))
            #expect(run.status == 1)
            #expect(run.errors.contains("this edit log was made with \(what)"), "\(run.errors)")
            #expect(run.errors.contains("--overwrite") && run.errors.count { $0 == "\n" } == 1)
            #expect(try log("log").traces() == before)
        }
        let replaced = try await edit("log", radius: "0.01", "--overwrite")
        #expect(replaced.status == 0, "\(replaced.errors)")
        #expect(try await edit("fresh", radius: "0.01").status == 0)
        #expect(try log("log").data("codebook.safetensors") == log("fresh").data("codebook.safetensors"))
        #expect(try log("log").names() == LogFiles.names)
    }

    @Test("The number of threads and of inputs prepared together change nothing; the seed does")
    func sameResults() async throws {
        func edited(_ name: String, _ more: [String]) async throws -> LogFiles {
            let run = try await ToolProcess("stream-edit", in: folder.url).run(arguments(name, radius: "0.7", more))
            try #require(run.status == 0, "\(run.errors)")
            return log(name)
        }
        let plain = try await edited("plain", ["--threads", "1", "--lookahead", "1"])
        for (name, more) in [
            ("threads", ["--threads", "2", "--lookahead", "1"]), ("ahead", ["--lookahead", "7"]),
            ("both", ["--threads", "2", "--lookahead", "64"]), ("default", []),
        ] {
            let other = try await edited(name, more)
            #expect(try other.data("codebook.safetensors") == plain.data("codebook.safetensors"), "\(name)")
            #expect(try other.timelessRows() == plain.timelessRows(), "\(name)")
        }
        let seeded = try await edited("seed", ["--seed", "1"])
        #expect(try seeded.data("codebook.safetensors") != plain.data("codebook.safetensors"))
    }

    @Test("Runs that share a cache have the results of runs that do not, one after the other and side by side")
    func cache() async throws {
        for radius in ["0.5", "1", "2"] { #expect(try await edit("plain-\(radius)", radius: radius).status == 0) }
        let tool = ToolProcess("stream-edit", in: folder.url)
        let both = ["0.5", "1"].map { arguments("shared-\($0)", radius: $0, ["--cache", "cache"]) }
        async let one = tool.run(both[0])
        async let two = tool.run(both[1])
        #expect(try await [one, two].allSatisfy { $0.status == 0 })
        #expect(try await edit("shared-2", radius: "2", "--cache", "cache").status == 0)
        for radius in ["0.5", "1", "2"] {
            let (shared, plain) = (log("shared-\(radius)"), log("plain-\(radius)"))
            #expect(try shared.data("codebook.safetensors") == plain.data("codebook.safetensors"), "radius \(radius)")
            #expect(try shared.timelessRows() == plain.timelessRows(), "radius \(radius)")
        }
        let reused = try #require(try log("shared-2").record()["reused"] as? [String: Int])
        #expect(reused["passes"] == 30 && (reused["values"] ?? 0) > 10)
        #expect(try log("plain-1").record()["reused"] == nil)
    }

    @Test("A cache that is no folder is refused before anything is written")
    func badCache() async throws {
        try folder.file("file", "x")
        let run = try await edit("log", "--cache", "file")
        #expect(run.status == 1 && run.errors.contains("file is no folder"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("log").path))
    }

    @Test("A model that already gives every label is not edited, and its log is as good as any")
    func nothingToEdit() async throws {
        // The labels are what the model answers, found by editing it once with no steps at all.
        let answers = try SafetensorsFile(fixtures.appendingPathComponent("t5/v1_0/reference.safetensors"))
        let inputs = try answers.integers("input_ids"), mask = try answers.integers("attention_mask")
        let generated = try answers.integers("generated_ids"), lengths = try answers.integers("generated_lengths")
        let width = try answers.shape(of: "input_ids")[1]
        let items = lengths.indices.map { row in
            let length = mask[row * width..<(row + 1) * width].reduce(0, +)
            return TokenizedSet.Item(
                id: row, question: row, group: row, input: inputs[row * width..<row * width + length].map(Int32.init),
                label: generated[row * 20..<row * 20 + lengths[row]].map(Int32.init))
        }
        try TokenizedSet(items: items).write(to: folder.url("stream.safetensors"))
        let run = try await edit("log")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("\(items.count) inputs, 0 edits, 0 keys"))
        #expect(try log("log").rows().allSatisfy { $0["action"] == "none" && $0["key"] == "nan" })
        #expect(try SafetensorsFile(folder.url("log/codebook.safetensors")).shape(of: "keys") == [0, 48])
        #expect(try await edit("log").errors.contains("all done, 0 edits"))
    }

    @Test("--compat official edits every input of a checkpoint in PyTorch's format")
    func official() async throws {
        let run = try await ToolProcess("stream-edit", in: folder.url).run([
            "--model", fixtures.appendingPathComponent("t5/v1_1").path, "--stream", "stream.safetensors",
            "--layer", FixtureModel.layer, "--output", "log", "--radius", "1", "--steps", "5", "--compat", "official",
            "--threads", "1",
        ])
        #expect(run.status == 0, "\(run.errors)")
        #expect(try log("log").rows().allSatisfy { $0["error"] == "1" })
        let metadata = try SafetensorsFile(folder.url("log/codebook.safetensors")).metadata
        #expect(metadata["rules"] == "official" && metadata["replacement"] == "prompt")
    }
}
