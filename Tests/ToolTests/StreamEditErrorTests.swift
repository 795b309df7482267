import Checkpoints
import Files
import Foundation
import TestSupport
import Testing

@Suite("stream-edit refuses what is wrong")
struct StreamEditErrorTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        var items = FixtureModel.items(6)
        try write(items, "stream")
        items[4].input[1] = 160
        try write(items, "foreign")
        items = FixtureModel.items(6)
        items[2].label = Array(10..<20) + [1]
        try write(items, "long")
        items[2].label = [10, 11]
        try write(items, "endless")
        items[2].label = [10, 1, 11, 1]
        try write(items, "beyond")

        let whole = try Data(contentsOf: folder.url("stream.safetensors"))
        try folder.file("cut.safetensors", whole.prefix(whole.count - 9))
        try folder.file("headless.safetensors", whole.prefix(30))
        try folder.file("nothing.safetensors", Data())
        try folder.file("text.safetensors", "a stream of questions")
        try FileManager.default.copyItem(
            atPath: FixtureModel.path + "/model.safetensors", toPath: folder.url("weights.safetensors").path)
        var empty = SafetensorsWriter()
        for name in ["input_ids", "labels"] { empty.add(name, [], shape: [0, 3]) }
        for name in ["input_lengths", "label_lengths", "ids", "question_ids", "group_ids"] {
            empty.add(name, [], shape: [0])
        }
        try empty.write(to: folder.url("empty.safetensors"))

        try folder.file(
            "weightless/config.json", Data(contentsOf: fixtures.appendingPathComponent("t5/v1_0/config.json")))
        try folder.file("odd/config.json", #"{"d_model": "wide"}"#)
        try folder.file("odd/model.safetensors", whole)
        try FixtureModel.copy(to: folder.url("cutmodel")) { $1 }
        let weights = try Data(contentsOf: folder.url("cutmodel/model.safetensors"))
        try weights.prefix(weights.count / 2).write(to: folder.url("cutmodel/model.safetensors"))
        try folder.file("file", "")
    }

    private func write(_ items: [TokenizedSet.Item], _ name: String) throws {
        try TokenizedSet(items: items).write(to: folder.url("\(name).safetensors"))
    }

    private func run(_ changes: [String: String], _ more: [String] = []) async throws -> ToolProcess.Result {
        let options = [
            "--model": FixtureModel.path, "--stream": "stream.safetensors", "--layer": FixtureModel.layer,
            "--radius": "1", "--steps": "2", "--threads": "1", "--output": "out",
        ].merging(changes) { $1 }
        return try await ToolProcess("stream-edit", in: folder.url)
            .run(options.sorted { $0.key < $1.key }.flatMap { ["\($0.key)=\($0.value)"] } + more)
    }

    private var outputExists: Bool { FileManager.default.fileExists(atPath: folder.url("out").path) }

    @Test(
        "Files and models that lie end with status 1, one line on stderr and no output",
        arguments: [
            (["--stream": "none.safetensors"], "none.safetensors: no such file"),
            (["--stream": "."], "is a folder"),
            (["--stream": "empty.safetensors"], "empty.safetensors: the set is empty"),
            (["--stream": "nothing.safetensors"], "nothing.safetensors"),
            (["--stream": "text.safetensors"], "text.safetensors"),
            (["--stream": "headless.safetensors"], "headless.safetensors"),
            (["--stream": "cut.safetensors"], "cut.safetensors"),
            (["--stream": "weights.safetensors"], "weights.safetensors: has no tensor input_ids"),
            (
                ["--stream": "foreign.safetensors"],
                "foreign.safetensors: row 4: token id 160 is outside the model's vocabulary of 160; prepare the data"
            ),
            (
                ["--stream": "long.safetensors", "--max-new-tokens": "10"],
                "long.safetensors: the label of row 2 has 11 tokens, but the model generates at most 10"
            ),
            (
                ["--stream": "endless.safetensors"],
                "endless.safetensors: the label of row 2 does not end with the end token 1"
            ),
            (
                ["--stream": "beyond.safetensors"],
                "beyond.safetensors: the label of row 2 goes on after the end token 1"
            ),
            (["--model": "none"], "none/config.json: no such file"),
            (["--model": "weightless"], "model.safetensors, model.safetensors.index.json, pytorch_model.bin"),
            (["--model": "odd"], "odd/config.json"),
            (["--model": "cutmodel"], "cutmodel/model.safetensors"),
            (
                ["--layer": "encoder.block.9.layer.1.DenseReluDense.wo"],
                "no layer 'encoder.block.9.layer.1.DenseReluDense.wo' to edit in this model; it has: "
                    + "encoder.block.0.layer.1.DenseReluDense.wo, encoder.block.1.layer.1.DenseReluDense.wo, "
                    + "encoder.block.2.layer.1.DenseReluDense.wo"
            ),
        ])
    func badFiles(changes: [String: String], expected: String) async throws {
        let made = try await run(changes)
        #expect(made.status == 1, "\(made.errors)")
        #expect(made.errors.hasPrefix("stream-edit: "), "\(made.errors)")
        #expect(made.errors.contains(expected), "\(made.errors)")
        #expect(made.errors.count { $0 == "\n" } == 1, "\(made.errors)")
        #expect(made.output.isEmpty && !outputExists)
    }

    @Test(
        "Misuse ends with status 64 and says what is wrong with which option",
        arguments: [
            (["--radius": "-1"], "--radius must be a number that is not negative, found -1"),
            (["--radius": "nan"], "--radius must be a number that is not negative, found nan"),
            (["--radius": "inf"], "--radius must be a number that is not negative, found inf"),
            (["--radius": "one"], "The value 'one' is invalid for '--radius <distance>'"),
            (["--radius": ""], "--radius"),
            (["--learning-rate": "0"], "--learning-rate must be a positive number"),
            (["--learning-rate": "nan"], "--learning-rate must be a positive number"),
            (["--steps": "-1"], "--steps must be from 0 to 1000000, found -1"),
            (["--max-edits": "0"], "--max-edits must be at least 1, found 0"),
            (["--max-new-tokens": "0"], "--max-new-tokens must be from 1 to 4096, found 0"),
            (["--checkpoint-seconds": "-1"], "--checkpoint-seconds must not be negative"),
            (["--checkpoint-seconds": "nan"], "--checkpoint-seconds must not be negative"),
            (["--lookahead": "0"], "--lookahead must be from 1 to 4096, found 0"),
            (["--threads": "-2"], "--threads must be from 0 to 1024, found -2"),
            (["--seed": "-1"], "--seed"),
            (["--value-init": "hot"], "cold"),
            (["--replacement": "some"], "--replacement"),
            (["--query": "middle"], "last"),
            (["--compat": "other"], "paper"),
            (["--editor": "other"], "grace"),
            (["--snapshot-every": "3"], "--snapshot-every is not about grace"),
        ])
    func misuse(changes: [String: String], expected: String) async throws {
        let made = try await run(changes)
        #expect(made.status == 64, "\(made.errors)")
        #expect(made.errors.hasPrefix("stream-edit: ") && made.errors.contains(expected), "\(made.errors)")
        #expect(!outputExists)
    }

    @Test("Needed options that are not given are misuse")
    func missing() async throws {
        let made = try await ToolProcess.run("stream-edit", "--radius", "1")
        #expect(made.status == 64 && made.errors.contains("--model"), "\(made.errors)")
    }

    @Test("An output folder that cannot be made ends with status 1 before anything is edited")
    func unwritable() async throws {
        for (output, reason) in [("file/log", "not a directory"), ("/proc/grace", "no such file or directory")] {
            let made = try await run(["--output": output, "--steps": "1000000"])
            #expect(made.status == 1 && made.errors.contains("cannot be made: \(reason)"), "\(made.errors)")
            #expect(made.errors.count { $0 == "\n" } == 1)
        }
    }

    @Test("A second run in a folder ends with status 1, and one that comes after the first goes on")
    func inUse() async throws {
        let output = folder.url("out")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        let descriptor = open(output.path, O_RDONLY | O_DIRECTORY)
        #expect(flock(descriptor, LOCK_EX) == 0)
        let second = try await run([:], ["--overwrite"])
        #expect(second.status == 1 && second.errors.contains("another run works in this folder"), "\(second.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: output.path) == [])
        close(descriptor)
        #expect(try await run([:]).status == 0)
    }

    @Test(
        "Weights that are not numbers are found, whether in what answers or only in training",
        arguments: [
            ("decoder.final_layer_norm.weight", "paper", "check the checkpoint for infinite or NaN weights"),
            ("decoder.final_layer_norm.weight", "official", "check the checkpoint for infinite or NaN weights"),
            (
                "encoder.block.1.layer.1.DenseReluDense.wi.weight", "official",
                "stream step 1 (id 500): the activation at the edit site is infinite or NaN"
            ),
        ])
    func notANumber(weight: String, compat: String, expected: String) async throws {
        try FixtureModel.copy(to: folder.url("model")) { name, tensor in
            // Of two rows with infinities of both signs, one is infinite after ReLU.
            if name == weight {
                tensor.pointer[3] = tensor.shape.count == 1 ? .nan : .infinity
                if tensor.shape.count == 2 { tensor.pointer[3 + tensor.shape[1]] = -.infinity }
            }
            return tensor
        }
        let made = try await run(["--model": "model", "--compat": compat])
        #expect(made.status == 1 && made.errors.contains(expected), "\(made.errors)")
        #expect(made.errors.count { $0 == "\n" } == 1)
        #expect(try finalNames().isEmpty)
    }

    @Test(
        "A folder that another tool has filled is left alone, with --overwrite too", arguments: [[], ["--overwrite"]])
    func otherTool(more: [String]) async throws {
        let record =
            #"{"tool":"pretrain","version":"1","arguments":[],"inputs":[],"outputs":[],"settings":{},"#
            + #""started":"","machine":{"cores":1,"processor":"","system":""}}"#
        try folder.file("out/run.json", record)
        let made = try await run([:], more)
        #expect(
            made.status == 1 && made.errors.contains("out/run.json: the folder holds what pretrain wrote"),
            "\(made.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url("out").path) == ["run.json"])
        #expect(try String(contentsOf: folder.url("out/run.json"), encoding: .utf8) == record)
    }

    @Test("A set whose token ids are of another vocabulary is refused")
    func otherVocabulary() async throws {
        try FixtureModel.copy(to: folder.url("model")) { $1 }
        try folder.file("model/spiece.model", "one vocabulary")
        for (text, status) in [("one vocabulary", 0), ("another vocabulary", 1)] {
            var set = TokenizedSet(items: FixtureModel.items(3))
            set.metadata["tokenizer_file"] = "spiece.model"
            set.metadata["tokenizer_sha256"] = Digest.sha256(Data(text.utf8))
            try set.write(to: folder.url("of.safetensors"))
            let made = try await run(["--model": "model", "--stream": "of.safetensors"])
            #expect(made.status == status, "\(made.errors)")
            #expect(status == 0 || made.errors.contains("its token ids are not those of"), "\(made.errors)")
        }
    }

    @Test("A learning rate that lets training diverge is named, with the step of the stream and of the training")
    func divergence() async throws {
        for (rate, at) in [("3.4e38", 1), ("1e38", 2)] {
            // The second run finds what the first one left before its first edit, and is not kept from starting.
            let made = try await run(["--learning-rate": rate, "--steps": at == 1 ? "1" : "8"])
            #expect(made.status == 1, "\(rate): \(made.errors)")
            #expect(
                made.errors.hasPrefix(
                    "stream-edit: stream step 1 (id 500): the loss became infinite or NaN at training step \(at); "
                        + "lower --learning-rate"), "\(made.errors)")
            #expect(try finalNames().isEmpty)
        }
    }

    @Test("A file that the system will not let grow ends with status 1, and nothing half-written has a final name")
    func fileTooLarge() async throws {
        // 8 blocks of 512 bytes: enough for the first small files, and too little for the codebook.
        try write(FixtureModel.items(30), "stream")
        let shell = "trap '' XFSZ; ulimit -f 8; exec \"$@\""
        let made = try await ToolProcess("/bin/sh", in: folder.url).run(["-c", shell, "sh"] + toolArguments("log"))
        try expectStopped(made, "codebook.safetensors: cannot be written: file too large", in: folder.url("log"))
        // With room again, the run goes on.
        let again = try await ToolProcess("stream-edit", in: folder.url).run(Array(toolArguments("log").dropFirst()))
        #expect(again.status == 0, "\(again.errors)")
        #expect(try LogFiles(folder: folder.url("log")).names() == LogFiles.names)
    }

    /// Whether a process may have a small disk of its own, which containers often forbid.
    private static let mayMount: Bool = {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        probe.arguments = ["-rm", "mount", "-t", "tmpfs", "-o", "size=16k", "none", "/mnt"]
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }()

    @Test("A full disk ends with status 1 and says how much is needed", .enabled(if: mayMount))
    func fullDisk() async throws {
        try FileManager.default.createDirectory(at: folder.url("disk"), withIntermediateDirectories: true)
        let shell = "mount -t tmpfs -o size=8k none disk && \"$@\"; status=$?; cp -a disk/. kept; exit $status"
        try FileManager.default.createDirectory(at: folder.url("kept"), withIntermediateDirectories: true)
        let made = try await ToolProcess("/usr/bin/unshare", in: folder.url)
            .run(["-rm", "sh", "-c", shell, "sh"] + toolArguments("disk"))
        try expectStopped(
            made, "codebook.safetensors: no space left on the disk: needs at least ", in: folder.url("kept"))
    }

    private func toolArguments(_ output: String) -> [String] {
        [
            ToolProcess.products.appendingPathComponent("stream-edit").path, "--model", FixtureModel.path, "--stream",
            "stream.safetensors", "--layer", FixtureModel.layer, "--radius", "0.001", "--steps", "2", "--threads", "1",
            "--output", output,
        ]
    }

    private func expectStopped(_ made: ToolProcess.Result, _ expected: String, in output: URL) throws {
        #expect(made.status == 1 && made.errors.contains(expected), "\(made.errors)")
        #expect(made.errors.count { $0 == "\n" } == 1, "\(made.errors)")
        let names = try LogFiles(folder: output).names()
        #expect(!names.contains("codebook.safetensors") && !names.contains("run.json"), "\(names)")
        #expect(names.allSatisfy { !$0.hasPrefix(".") }, "temporary files are left: \(names)")
        for name in names where name.hasSuffix(".tsv") {
            let text = try String(contentsOf: output.appendingPathComponent(name), encoding: .utf8)
            #expect(text.hasSuffix("\n"), "\(name) is cut")
        }
    }

    /// What a failed run left under names of a finished one.
    private func finalNames() throws -> [String] {
        guard outputExists else { return [] }
        return try LogFiles(folder: folder.url("out")).names().filter(LogFiles.names.contains)
    }
}
