import Foundation
import TestSupport
import Testing

extension QuestionTools {
    @Suite("pretrain qa")
    struct PretrainTests {
        static let files = [
            "config.json", "generation_config.json", "model.safetensors", "run.json", "special_tokens_map.json",
            "spiece.model", "tokenizer_config.json",
        ]

        let answerer: TinyAnswerer
        let folder: TemporaryFolder

        init() throws {
            answerer = try #require(TinyAnswerer.current)
            folder = try TemporaryFolder()
        }

        /// Trains for a few steps on a few questions; what `more` gives again counts.
        private func train(_ output: String, _ more: [String] = [], input: String? = nil) async throws
            -> ToolProcess.Result
        {
            var options = [
                "--vocabulary-size": "60", "--d-model": "16", "--d-ff": "16", "--d-kv": "4", "--heads": "2",
                "--layers": "1", "--steps": "4", "--batch-size": "8", "--threads": "1",
            ]
            for name in more { options[name] = nil }
            return try await ToolProcess("pretrain", in: folder.url).run(
                ["qa", "--input", input ?? answerer.path("text/upstream.jsonl"), "--output", output]
                    + options.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] } + more)
        }

        private func record(_ output: String) throws -> [String: Any] {
            let data = try Data(contentsOf: folder.url("\(output)/run.json"))
            return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        }

        private func weights(_ output: String) throws -> Data {
            try Data(contentsOf: folder.url("\(output)/model.safetensors"))
        }

        @Test("The small answerer of these tests learned its questions, and its folder has all files")
        func answers() throws {
            #expect(try FileManager.default.contentsOfDirectory(atPath: answerer.model).sorted() == Self.files)
            let data = try Data(contentsOf: answerer.url("model/run.json"))
            let record = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            let settings = try #require(record["settings"] as? [String: String])
            #expect(settings["exact_match"] == "1.0")
            #expect(settings["d_model"] == "32" && settings["vocabulary_size"] == "70" && settings["steps"] == "120")
            #expect((record["inputs"] as? [[String: String]])?.count == 2)
            #expect(settings["seed"] == "0" && record["tool"] as? String == "pretrain")
            let config = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: answerer.url("model/config.json")))
                    as? [String: Any])
            #expect(config["model_type"] as? String == "t5" && config["feed_forward_proj"] as? String == "gated-gelu")
            #expect(config["tie_word_embeddings"] as? Bool == false && config["d_model"] as? Int == 32)
        }

        @Test("The same seed trains the same model, byte by byte; another seed another one")
        func seeds() async throws {
            for (name, seed) in [("a", "3"), ("b", "3"), ("c", "4")] {
                let made = try await train(name, ["--seed", seed])
                #expect(made.status == 0, "\(made.errors)")
                #expect(made.output.isEmpty)
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: folder.url(name).path).sorted() == Self.files)
            }
            #expect(try weights("a") == weights("b"))
            #expect(try weights("a") != weights("c"))
            // The vocabulary draws no random numbers.
            for file in ["spiece.model", "tokenizer_config.json", "config.json"] {
                #expect(
                    try Data(contentsOf: folder.url("a/\(file)")) == Data(contentsOf: folder.url("c/\(file)")),
                    "\(file)")
            }
        }

        @Test("The number of threads does not change the model")
        func threads() async throws {
            // Wide enough for products that are shared out among threads, and small enough for parts of them to fall
            // below the size at which OpenBLAS takes another kernel.
            for threads in ["1", "2", "3", "5"] {
                let made = try await train(
                    threads,
                    ["--threads", threads, "--d-model", "128", "--d-ff", "256", "--d-kv", "32", "--heads", "4"]
                        + ["--batch-size", "6"])
                #expect(made.status == 0, "\(made.errors)")
                #expect(try weights(threads) == weights("1"), "\(threads) threads")
            }
        }

        @Test("Text decides the model, and the questions of a JSONL file serve its vocabulary alone")
        func text() async throws {
            try folder.file("text.jsonl", "{\"question\":\"who lives there\",\"answer\":[\"an owl\"]}\n")
            try folder.file("text.txt", "an owl\n\nwho lives there\n")
            try folder.file("other.txt", "an owl\nwho lived there\n")
            for (name, more) in [
                ("jsonl", ["--text", "text.jsonl"]), ("lines", ["--text", "text.txt"]),
                ("other", ["--text", "other.txt"]),
                ("none", []), ("unused", ["--text", "text.txt", "--text-share", "0"]),
            ] {
                let made = try await train(name, more)
                #expect(made.status == 0, "\(made.errors)")
            }
            #expect(try weights("jsonl") != weights("lines") && weights("jsonl") != weights("none"))
            #expect(
                try Data(contentsOf: folder.url("jsonl/spiece.model"))
                    == Data(contentsOf: folder.url("lines/spiece.model")))
            #expect(try weights("other") != weights("lines") && weights("none") != weights("lines"))
            #expect(try weights("unused") != weights("lines"))
            #expect(
                try Data(contentsOf: folder.url("unused/spiece.model"))
                    == Data(contentsOf: folder.url("lines/spiece.model")))
        }

        @Test("run.json is written last, and a run without it is not complete")
        func recordLast() async throws {
            #expect(try await train("model").status == 0)
            let made = try Self.files.map { file -> Date in
                let attributes = try FileManager.default.attributesOfItem(atPath: folder.url("model/\(file)").path)
                return try #require(attributes[.modificationDate] as? Date)
            }
            #expect(made.max() == made[Self.files.firstIndex(of: "run.json") ?? 0])

            try FileManager.default.removeItem(at: folder.url("model/run.json"))
            let refused = try await train("model")
            #expect(
                refused.status == 1 && refused.errors.contains("already there; give --overwrite"), "\(refused.errors)")
            #expect(try await train("model", ["--overwrite"]).status == 0)
            #expect(FileManager.default.fileExists(atPath: folder.url("model/run.json").path))
        }

        @Test("A rerun says that all is done; other settings or questions need --overwrite")
        func again() async throws {
            #expect(try await train("model").status == 0)
            let first = try weights("model")
            for more in [[], ["--overwrite"], ["--threads", "2"]] {
                let rerun = try await train("model", more)
                #expect(rerun.status == 0 && rerun.errors == "pretrain: model: all done\n", "\(rerun.errors)")
            }
            let refused = try await train("model", ["--seed", "9"])
            #expect(refused.status == 1)
            #expect(
                refused.errors.contains("model: this model was trained with seed 0, not 9; choose another --output"))
            try folder.file("few.jsonl", "{\"question\":\"who is it\",\"answer\":\"nobody knows\"}\n")
            let other = try await train("model", input: "few.jsonl")
            #expect(other.status == 1 && other.errors.contains("--overwrite"), "\(other.errors)")
            #expect(try weights("model") == first)
            #expect(try await train("model", ["--seed", "9", "--overwrite"]).status == 0)
            #expect(try weights("model") != first)
            #expect(try record("model")["seed"] as? Int == 9)
        }

        @Test("A folder of somebody else's model is not written to without --overwrite")
        func otherModel() async throws {
            try folder.file("t5/config.json", "{}")
            let made = try await train("t5")
            #expect(made.status == 1 && made.errors.contains("t5/config.json: already there"), "\(made.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url("t5").path) == ["config.json"])
        }

        @Test(
            "Questions that cannot be read end with status 1, one line on stderr and no output",
            arguments: [
                (nil, "questions.jsonl: no such file"),
                ("", "questions.jsonl: no rows"),
                ("{\"question\":\"a\"}\n", "questions.jsonl: line 1: field answer is missing"),
                ("{\"question\":\"a\",\"answer\":\"b\"}\n[]\n", "questions.jsonl: line 2"),
                ("{\"question\":\"a\",\"answer\":3}\n", "questions.jsonl: line 1: field answer: expected"),
                ("{\"question\":\"a\",\"answer\":[]}\n", "questions.jsonl: line 1: field answer is empty"),
                ("{\"question\":\"?\",\"answer\":\"!\"}\n", "none of 2 sentences holds a letter or a digit"),
            ])
        func badInput(text: String?, expected: String) async throws {
            if let text { try folder.file("questions.jsonl", text) }
            let made = try await train("out", input: "questions.jsonl")
            #expect(made.status == 1 && made.errors.contains(expected), "\(made.errors)")
            #expect(made.errors.hasPrefix("pretrain: ") && made.errors.count { $0 == "\n" } == 1, "\(made.errors)")
            #expect(((try? FileManager.default.contentsOfDirectory(atPath: folder.url("out").path)) ?? []).isEmpty)
        }

        @Test("A vocabulary too small for the characters, and an output that cannot be a folder, are named")
        func impossible() async throws {
            let small = try await train("out", ["--vocabulary-size", "5"])
            #expect(small.status == 1 && small.errors.contains("5"), "\(small.errors)")
            #expect(small.errors.count { $0 == "\n" } == 1, "\(small.errors)")
            try folder.file("file", "")
            let inFile = try await train("file/model", ["--steps", "1000000"])
            #expect(inFile.status == 1 && inFile.errors.contains("file/model"), "\(inFile.errors)")
            let text = try await train("out", ["--text", "none.jsonl"])
            #expect(text.status == 1 && text.errors.contains("none.jsonl: no such file"))
        }

        @Test("A learning rate that lets training diverge is named, and no model is left")
        func divergence() async throws {
            let made = try await train("out", ["--learning-rate", "1e30", "--steps", "30"])
            #expect(made.status == 1, "\(made.errors)")
            #expect(made.errors.contains("lower --learning-rate"), "\(made.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url("out").path).isEmpty)
        }

        @Test(
            "Misuse ends with status 64",
            arguments: [
                (["--d-model", "0"], "--d-model must be from 1 to"), (["--steps", "0"], "--steps must be from 1 to"),
                (["--batch-size", "-1"], "--batch-size"), (["--heads", "two"], "--heads"),
                (["--learning-rate", "nan"], "--learning-rate must be a positive number"),
                (["--text-share", "1"], "--text-share must be at least 0 and less than 1, found 1"),
                (["--max-new-tokens", "0"], "--max-new-tokens must be from 1 to 4096"),
                (["--vocabulary-size", "0"], "--vocabulary-size must be from 1 to"),
            ])
        func misuse(options: [String], expected: String) async throws {
            let made = try await train("out", options)
            #expect(made.status == 64 && made.errors.contains(expected), "\(made.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.url("out").path))
        }
    }
}
