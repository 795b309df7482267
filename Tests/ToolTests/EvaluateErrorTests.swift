import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

extension QuestionTools {
    @Suite("evaluate refuses what is wrong")
    struct EvaluateErrorTests {
        let answerer: TinyAnswerer
        let folder: TemporaryFolder

        init() throws {
            answerer = try #require(TinyAnswerer.current)
            folder = try TemporaryFolder()
        }

        private func run(_ arguments: [String], output: String = "out") async throws -> ToolProcess.Result {
            try await ToolProcess("evaluate", in: answerer.folder)
                .run(arguments + ["--output", output == "out" ? folder.url("out").path : output])
        }

        private func expectRefused(_ made: ToolProcess.Result, _ expected: String) {
            #expect(made.status == 1, "\(made.errors)")
            #expect(made.errors.hasPrefix("evaluate: ") && made.errors.contains(expected), "\(made.errors)")
            #expect(made.errors.count { $0 == "\n" } == 1 && made.output.isEmpty, "\(made.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.url("out").path))
        }

        /// A copy of the shared edit log, with its codebook as `edit` leaves it.
        private func brokenLog(_ edit: (inout [String: String], inout [String: [Int]]) -> Void) throws -> String {
            for name in ["edits.tsv", "run.json"] {
                try folder.file("log/\(name)", Data(contentsOf: answerer.url("log/\(name)")))
            }
            let file = try SafetensorsFile(answerer.url("log/codebook.safetensors"))
            var metadata = file.metadata
            var integers: [String: [Int]] = [:]
            for name in file.names where !["keys", "values", "radii"].contains(name) {
                integers[name] = try file.integers(name)
            }
            edit(&metadata, &integers)
            var writer = SafetensorsWriter(metadata: metadata)
            for name in file.names {
                if let column = integers[name] {
                    writer.add(name, column, shape: try file.shape(of: name))
                } else {
                    writer.add(name, try file.tensor(name))
                }
            }
            try writer.write(to: folder.url("log/codebook.safetensors"))
            return folder.url("log").path
        }

        @Test("A folder without a log, and questions after its end")
        func noLog() async throws {
            expectRefused(
                try await run(["--edits", "data"]),
                "data: no edit log (codebook.safetensors or editor.safetensors) here")
            expectRefused(try await run(["--edits", "none"]), "none: no edit log")
            expectRefused(
                try await run(["--edits", "log", "--predict", "data/edits.jsonl", "--step", "25"]),
                "--step 25 lies past the end of the edit log, which has 24 steps")
        }

        @Test("Another model or stream than the one that was edited")
        func otherInputs() async throws {
            for name in ["config.json", "spiece.model", "tokenizer_config.json", "special_tokens_map.json"] {
                try folder.file("model/\(name)", Data(contentsOf: answerer.url("model/\(name)")))
            }
            let weights = try SafetensorsFile(answerer.url("model/model.safetensors"))
            var writer = SafetensorsWriter(metadata: weights.metadata)
            for name in weights.names {
                let tensor = try weights.tensor(name).copy()
                if name == "encoder.final_layer_norm.weight" { tensor.pointer[0] += 1e-3 }
                writer.add(name, tensor)
            }
            try writer.write(to: folder.url("model/model.safetensors"))
            let model = folder.url("model").path
            expectRefused(
                try await run(["--edits", "log", "--model", model]), "\(model): not what the edit log")
            expectRefused(
                try await run(["--edits", "log", "--model", model, "--predict", "data/edits.jsonl"]), "digests differ")
            expectRefused(
                try await run(["--edits", "log", "--stream", answerer.holdout]),
                "holdout.safetensors: not what the edit log")
            expectRefused(try await run(["--edits", "log", "--model", "none"]), "none/config.json: no such file")
            expectRefused(try await run(["--edits", "log", "--stream", "none"]), "none: no such file")
            // Paths in the log are those of its run, so from elsewhere they have to be given.
            let elsewhere = try await ToolProcess("evaluate", in: folder.url).run(
                ["--edits", answerer.log, "--output", "m.tsv", "--model", answerer.model])
            expectRefused(
                elsewhere, "data/edits.safetensors: the edit log was made with this, but it is not there; give --stream"
            )
        }

        @Test("Evaluation sets with tokens that the model does not have")
        func foreignTokens() async throws {
            var set = try TokenizedSet(contentsOf: answerer.url("data/holdout.safetensors"))
            set.items[3].input[0] = 4000
            try set.write(to: folder.url("foreign.safetensors"))
            expectRefused(
                try await run(["--edits", "log", "--holdout", folder.url("foreign.safetensors").path]),
                "foreign.safetensors: row 3: token id 4000 is outside the model's vocabulary")
            expectRefused(
                try await run(["--edits", "log", "--upstream", "none.safetensors"]), "none.safetensors: no such file")
        }

        @Test(
            "Questions that cannot be read, with the line",
            arguments: [
                ("{\"question\":\"a\"}\n{\"question\":", "questions.jsonl: line 2: not JSON"),
                (
                    "{\"question\":\"a\"}\n\n{\"question\":5}\n",
                    "questions.jsonl: line 3: field question: expected a string"
                ),
                ("{\"answer\":\"a\"}\n", "questions.jsonl: line 1: field question is missing"),
                ("{\"question\":\"  \"}\n", "questions.jsonl: line 1: field question is empty"),
                ("{\"question\":\"a\",\"id\":\"b\"}\n", "questions.jsonl: line 1: field id"),
                ("[\"a\"]", "questions.jsonl: element 0"),
                ("\n\n", "questions.jsonl: no rows"),
                ("", "questions.jsonl: no rows"),
            ])
        func badQuestions(text: String, expected: String) async throws {
            let questions = try folder.file("questions.jsonl", text)
            expectRefused(try await run(["--edits", "log", "--predict", questions.path]), expected)
        }

        @Test("A codebook that could not have come about")
        func impossibleHistory() async throws {
            func refused(_ expected: String, _ edit: (inout [String: String], inout [String: [Int]]) -> Void)
                async throws
            {
                expectRefused(
                    try await run(["--edits", try brokenLog(edit), "--predict", "data/edits.jsonl"]), expected)
            }
            try await refused("'value_steps' has step 0, expected 1 to 24") { $1["value_steps"]?[0] = 0 }
            try await refused("'value_steps' has step 25, expected 1 to 24") { _, columns in
                let last = (columns["value_steps"]?.count ?? 1) - 1
                columns["value_steps"]?[last] = 25
            }
            try await refused("'value_steps' has two edits at step") { _, columns in
                columns["value_steps"]?[1] = 1
                columns["key_steps"]?[1] = 1
            }
            try await refused("'key_steps' is not in order") { $1["key_steps"]?.swapAt(0, 1) }
            try await refused("'value_keys' names key 1 before its birth") { $1["value_keys"]?[0] = 1 }
            try await refused("'value_keys' names key -1 before its birth") { $1["value_keys"]?[0] = -1 }
            try await refused("'key_steps' has no key born at step 2") { $1["key_steps"]?[1] = 3 }
            try await refused("'radius_keys' names a key that does not exist at that step") {
                $1["radius_keys"]?[0] = 5
            }
            try await refused("is no grace-codebook file of stream-edit") { metadata, _ in metadata["format"] = "pt" }
            try await refused("has format version 9, expected 1") { metadata, _ in metadata["format_version"] = "9" }
            try await refused("has radius 'wide'") { metadata, _ in metadata["radius"] = "wide" }
            try await refused("its metadata has no 'query'") { metadata, _ in metadata["query"] = nil }
            try await refused("does not say how many inputs") { metadata, _ in metadata["stream_steps"] = nil }
            for longest in ["0", "-3", "4097", "9223372036854775807"] {
                try await refused("has max_new_tokens '\(longest)'") { metadata, _ in
                    metadata["max_new_tokens"] = longest
                }
            }
            try await refused("no layer 'decoder' to edit") { metadata, _ in metadata["layer"] = "decoder" }
        }

        @Test("A log with a file missing or cut")
        func cutLog() async throws {
            let log = try brokenLog { _, _ in }
            let whole = try Data(contentsOf: folder.url("log/codebook.safetensors"))
            try whole.prefix(whole.count - 4).write(to: folder.url("log/codebook.safetensors"))
            expectRefused(try await run(["--edits", log]), "codebook.safetensors")
            try whole.write(to: folder.url("log/codebook.safetensors"))
            try FileManager.default.removeItem(at: folder.url("log/edits.tsv"))
            expectRefused(try await run(["--edits", log]), "edits.tsv: no such file")
            try folder.file("log/edits.tsv", "step\tid\n1\t2\n")
            expectRefused(try await run(["--edits", log]), "edits.tsv: does not belong to codebook.safetensors")
            let table = try String(contentsOf: answerer.url("log/edits.tsv"), encoding: .utf8)
            try folder.file("log/edits.tsv", table.replacing("\n3\t", with: "\n-3\t"))
            expectRefused(try await run(["--edits", log]), "edits.tsv: does not have the row of step 3 in its place")
            try folder.file("log/edits.tsv", table)
            try folder.file("log/run.json", "{}")
            expectRefused(try await run(["--edits", log]), "run.json: not the record of a run")
        }

        @Test(
            "Misuse ends with status 64",
            arguments: [
                (["--edits", "log", "--step", "3"], "--step goes with --predict"),
                (["--edits", "log", "--predict", "q.jsonl", "--step=-1"], "--step must not be negative, found -1"),
                (["--edits", "log", "--predict", "q.jsonl", "--step", "x"], "--step"),
                (
                    ["--edits", "log", "--predict", "q.jsonl", "--holdout", "h"],
                    "leave out --stream, --upstream and --holdout"
                ),
                (["--edits", "log", "--pad-batch", "0"], "--pad-batch must be from 1 to 65536, found 0"),
                (["--upstream", "u.safetensors"], "--edits"),
            ])
        func misuse(arguments: [String], expected: String) async throws {
            let made = try await run(arguments)
            #expect(made.status == 64 && made.errors.contains(expected), "\(made.errors)")
        }

        @Test("Output that cannot be written")
        func output() async throws {
            for arguments in [["--edits", "log"], ["--edits", "log", "--predict", "data/edits.jsonl"]] {
                let full = try await run(arguments, output: "/dev/full")
                #expect(
                    full.status == 1 && full.errors.contains("/dev/full: no space left on the disk"), "\(full.errors)")
                let inFile = try await run(arguments, output: "nq.jsonl/m.tsv")
                #expect(inFile.status == 1 && inFile.errors.contains("cannot be written"), "\(inFile.errors)")
                let asFolder = try await run(arguments, output: "data")
                #expect(asFolder.status == 1 && asFolder.errors.contains("data: is a folder"), "\(asFolder.errors)")
            }
        }
    }
}
