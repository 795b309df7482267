import Checkpoints
import Foundation
import TestSupport
import Testing

extension QuestionTools {
    @Suite("evaluate")
    struct EvaluateTests {
        let answerer: TinyAnswerer
        let folder: TemporaryFolder

        init() throws {
            answerer = try #require(TinyAnswerer.current)
            folder = try TemporaryFolder()
        }

        /// Writes the metric table of the shared log; returns it row by row, fields by column.
        private func table(_ output: String, _ more: [String] = []) async throws -> [[String: String]] {
            let made = try await ToolProcess("evaluate", in: answerer.folder).run(
                ["--edits", "log", "--output", folder.url(output).path] + more)
            try #require(made.status == 0, "\(made.errors)")
            return try MetricRows(folder.url(output)).rows
        }

        private var sets: [String] { ["--upstream", answerer.upstream, "--holdout", answerer.holdout] }

        @Test("The metric table has the documented columns, a row before the first edit and one after each")
        func columns() async throws {
            let rows = try await table("m.tsv", sets + ["--threads", "1"])
            let lines = try String(contentsOf: folder.url("m.tsv"), encoding: .utf8).split(separator: "\n")
            let columns = """
                editor layer epsilon lr seed step edits keys upstream_f1 upstream_em online_f1 online_em edit_score \
                holdout_f1 holdout_em edit_success key_edit_ratio edit_share stream_em upstream_token_f1 \
                online_token_f1 holdout_token_f1 upstream_official_f1 online_official_f1 holdout_official_f1
                """
            #expect(lines[0].replacingOccurrences(of: "\t", with: " ") == columns)
            for row in rows {
                #expect(row["editor"] == "grace" && row["layer"] == TinyAnswerer.layer && row["epsilon"] == "2")
                #expect(row["lr"] == "1" && row["seed"] == "0")
            }
            let log = try LogFiles(folder: answerer.url("log")).rows()
            let edits = log.filter { $0["error"] == "1" }
            #expect(edits.count >= 15)
            var steps = ["0"] + edits.compactMap { $0["step"] }
            if steps.last != "\(log.count)" { steps.append("\(log.count)") }
            #expect(rows.compactMap { $0["step"] } == steps)
            let counts = rows.prefix(edits.count + 1).compactMap { $0["edits"] }
            #expect(counts == (0...edits.count).map { "\($0)" })

            let undefined = ["online_f1", "online_em", "edit_score", "edit_success", "key_edit_ratio", "edit_share"]
            #expect(undefined.allSatisfy { rows[0][$0] == "nan" })
            #expect(rows[0]["keys"] == "0" && rows[0]["upstream_em"] == "1")
            #expect(rows.dropFirst().allSatisfy { row in row.values.allSatisfy { $0 != "nan" } })
            #expect(rows.last?["edit_success"] == "1", "the small model is edited with success")
        }

        @Test("The table is the same on every day, with any number of threads, and in a run that names the inputs")
        func deterministic() async throws {
            _ = try await table("one.tsv", sets + ["--threads", "1"])
            _ = try await table("two.tsv", sets + ["--threads", "2"])
            for name in ["cold.tsv", "warm.tsv"] {
                _ = try await table(name, sets + ["--cache", folder.url("cache").path])
                #expect(try Data(contentsOf: folder.url(name)) == Data(contentsOf: folder.url("one.tsv")), "\(name)")
            }
            _ = try await table("named.tsv", sets + ["--model", answerer.model, "--stream", answerer.stream])
            let one = try Data(contentsOf: folder.url("one.tsv"))
            #expect(try Data(contentsOf: folder.url("two.tsv")) == one)
            #expect(try Data(contentsOf: folder.url("named.tsv")) == one)
        }

        @Test("Sets that are not given are nan, and the others keep their scores")
        func someSets() async throws {
            let all = try await table("all.tsv", sets), bare = try await table("bare.tsv")
            #expect(bare.count == all.count)
            for (bare, all) in zip(bare, all) {
                #expect(bare["upstream_f1"] == "nan" && bare["holdout_em"] == "nan" && bare["edit_score"] == "nan")
                for column in ["online_f1", "online_official_f1", "edit_success", "stream_em", "keys"] {
                    #expect(bare[column] == all[column])
                }
            }
        }

        @Test("True answers come from the JSONL beside a set, and without one the label is the answer")
        func trueAnswers() async throws {
            for name in ["upstream.safetensors", "upstream.jsonl"] {
                try folder.file(name, Data(contentsOf: answerer.url("data/\(name)")))
            }
            let text = try String(contentsOf: folder.url("upstream.jsonl"), encoding: .utf8)
            let upstream = ["--upstream", folder.url("upstream.safetensors").path]
            let labels = try await table("labels.tsv", upstream)
            // Every first answer is wrong now; for red, the model's answer is still accepted.
            let wrong = text.replacingOccurrences(
                of: "\"answers\":[\"red\"]", with: "\"answers\":[\"none\",\"The RED!\"]"
            )
            .replacingOccurrences(of: "\"answers\":[\"blue\"]", with: "\"answers\":[\"none\"]")
            try folder.file("upstream.jsonl", wrong)
            let given = try await table("given.tsv", upstream)
            #expect(labels[0]["upstream_em"] == "1" && given[0]["upstream_em"] == "0.8333333")
            #expect(given[0]["upstream_token_f1"] == "1", "scores over ids are against the label")
            try FileManager.default.removeItem(at: folder.url("upstream.jsonl"))
            #expect(try await table("beside.tsv", upstream)[0]["upstream_em"] == "1")

            try folder.file("upstream.jsonl", text.split(separator: "\n").dropFirst().joined(separator: "\n") + "\n")
            let made = try await ToolProcess("evaluate", in: answerer.folder).run(
                ["--edits", "log", "--output", folder.url("m.tsv").path] + upstream)
            #expect(made.status == 1 && made.errors.contains("upstream.jsonl: its rows are not those of"))
        }

        @Test("A log whose run still goes on is scored as far as it is")
        func unfinished() async throws {
            for name in ["codebook", "edits"] {
                let ending = name == "codebook" ? "safetensors" : "tsv"
                try folder.file(
                    "part/\(name).partial.\(ending)", Data(contentsOf: answerer.url("log/\(name).\(ending)")))
            }
            let tool = ToolProcess("evaluate", in: folder.url)
            let refused = try await tool.run(["--edits", "part", "--output", "m.tsv"])
            #expect(
                refused.status == 1
                    && refused.errors.contains("no finished run.json says what was edited; give --model"))
            let made = try await tool.run(
                ["--edits", "part", "--output", "m.tsv", "--model", answerer.model, "--stream", answerer.stream])
            #expect(made.status == 0, "\(made.errors)")
            _ = try await table("whole.tsv")
            #expect(try Data(contentsOf: folder.url("m.tsv")) == Data(contentsOf: folder.url("whole.tsv")))
        }

        @Test("Padding moves what the published code retrieves, and is refused elsewhere")
        func padding() async throws {
            let refused = try await ToolProcess("evaluate", in: answerer.folder).run(
                ["--edits", "log", "--output", folder.url("padded.tsv").path, "--pad-batch", "16"])
            #expect(
                refused.status == 1 && refused.errors.contains("--pad-batch goes with an edit log of --compat official")
            )

            let edited = try await ToolProcess("stream-edit", in: answerer.folder).run(
                ["--model", "model", "--stream", "data/edits.safetensors", "--output", folder.url("log").path]
                    + TinyAnswerer.editing + ["--compat", "official"])
            try #require(edited.status == 0, "\(edited.errors)")
            var tables: [[[String: String]]] = []
            for size in ["1", "24"] {
                let made = try await ToolProcess("evaluate", in: answerer.folder).run(
                    ["--edits", folder.url("log").path, "--output", folder.url("m.tsv").path, "--pad-batch", size]
                        + sets)
                try #require(made.status == 0, "\(made.errors)")
                tables.append(try MetricRows(folder.url("m.tsv")).rows)
            }
            // Frozen answers do not see padding; queries at the last position do.
            #expect(tables[0][0] == tables[1][0] && tables[0].count == 25)
            #expect(tables[0].map { $0["keys"] } == tables[1].map { $0["keys"] })
            #expect(tables[0].last?["edit_success"] == "1" && tables[1].last?["edit_success"] != "1")
        }

        @Test("A log without an edit has a row at the start and one at the end")
        func noEdits() async throws {
            // The upstream set as the stream: the model knows it.
            let edited = try await ToolProcess("stream-edit", in: answerer.folder).run(
                ["--model", "model", "--stream", "data/upstream.safetensors", "--output", folder.url("log").path]
                    + TinyAnswerer.editing)
            #expect(edited.status == 0 && edited.errors.contains("72 inputs, 0 edits, 0 keys"), "\(edited.errors)")
            let made = try await ToolProcess("evaluate", in: answerer.folder).run(
                ["--edits", folder.url("log").path, "--output", folder.url("m.tsv").path])
            #expect(made.status == 0, "\(made.errors)")
            let rows = try MetricRows(folder.url("m.tsv")).rows
            #expect(rows.map { $0["step"] } == ["0", "72"] && rows.map { $0["edits"] } == ["0", "0"])
            #expect(rows[1]["edit_share"] == "0" && rows[1]["stream_em"] == "1" && rows[1]["online_f1"] == "nan")
        }
    }
}

/// A metric table as text by column.
struct MetricRows {
    let rows: [[String: String]]

    init(_ url: URL) throws {
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
        let columns = try #require(lines.first).split(separator: "\t").map(String.init)
        rows = try lines.dropFirst().map { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            try #require(fields.count == columns.count)
            return Dictionary(uniqueKeysWithValues: zip(columns, fields))
        }
    }
}
