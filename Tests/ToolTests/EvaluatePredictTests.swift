import Checkpoints
import Foundation
import TestSupport
import Testing

extension QuestionTools {
    @Suite("evaluate --predict")
    struct EvaluatePredictTests {
        let answerer: TinyAnswerer
        let folder: TemporaryFolder

        init() throws {
            answerer = try #require(TinyAnswerer.current)
            folder = try TemporaryFolder()
        }

        /// A line of the answers.
        struct Answer: Decodable, Equatable {
            let id: Int
            let question: String
            let prediction: String
            let edited: Bool
            let key: Int?
            let distance: Float?
            let radius: Float?
        }

        private func predict(
            _ questions: String, step: Int? = nil, log: String = "log", _ more: [String] = []
        ) async throws -> [Answer] {
            let output = folder.url("answers-\(UUID().uuidString).jsonl")
            let made = try await ToolProcess("evaluate", in: answerer.folder).run(
                ["--edits", log, "--predict", questions, "--output", output.path, "--threads", "1"]
                    + (step.map { ["--step", "\($0)"] } ?? []) + more)
            try #require(made.status == 0, "\(made.errors)")
            let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
            return try lines.map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
        }

        /// The stream's questions with their labels, in order.
        private func stream() throws -> [(question: String, answer: String)] {
            try String(contentsOf: answerer.url("data/edits.jsonl"), encoding: .utf8).split(separator: "\n").map {
                line in
                let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                return (try #require(row["question"] as? String), try #require(row["answer"] as? String))
            }
        }

        @Test("Step 0 is the model before editing; the last step, which is the default, is the edited one")
        func ends() async throws {
            let edits = answerer.path("data/edits.jsonl")
            let before = try await predict(edits, step: 0)
            let rows = try LogFiles(folder: answerer.url("log")).rows()
            #expect(before.map(\.question) == (try stream().map(\.question)))
            #expect(before.allSatisfy { !$0.edited && $0.key == nil && $0.distance == nil && $0.radius == nil })
            let known = try await predict(answerer.path("data/upstream.jsonl"), step: 0)
            let taught = try String(contentsOf: answerer.url("data/upstream.jsonl"), encoding: .utf8)
            #expect(known.count == 72)
            #expect(
                known.allSatisfy { taught.contains("\"question\":\"\($0.question)\",\"answer\":\"\($0.prediction)\"") })

            let last = try await predict(edits), named = try await predict(edits, step: rows.count)
            #expect(last == named)
            #expect(last.contains { $0.edited } && last.allSatisfy { $0.key != nil && $0.distance != nil })
            #expect(last.allSatisfy { answer in answer.edited == ((answer.distance ?? 9) <= (answer.radius ?? -9)) })
            // The last edit has just been made, so its answer is the label.
            let edit = try #require(rows.lastIndex { $0["error"] == "1" })
            #expect(last[edit].prediction == (try stream()[edit].answer))
            #expect(last[edit].edited && last[edit].key == Int(rows[edit]["key"] ?? ""))
        }

        @Test("What edits.tsv says of every input is what the model of the step before answers to its question")
        func trust() async throws {
            // edits.tsv was written while the codebook grew; --predict rebuilds it from the log for each step and
            // starts from the text of the question.
            let rows = try LogFiles(folder: answerer.url("log")).rows(), stream = try stream()
            for step in [1, 2, 5, 8, 11, 14, 17, 20, 24] {
                let answers = try await predict(answerer.path("data/edits.jsonl"), step: step - 1)
                let row = rows[step - 1], answer = answers[step - 1]
                #expect((row["error"] == "1") == (answer.prediction != stream[step - 1].answer), "step \(step)")
                #expect(row["distance"] == (answer.distance.map { text($0) } ?? "nan"), "step \(step)")
                if row["error"] == "0" {
                    #expect(row["key"] == (answer.key.map { "\($0)" } ?? "nan"))
                    #expect(row["radius"] == (answer.radius.map { text($0) } ?? "nan"))
                } else {
                    let after = try await predict(answerer.path("data/edits.jsonl"), step: step)
                    #expect(row["key"] == after[step - 1].key.map { "\($0)" }, "step \(step)")
                    #expect(row["radius"] == after[step - 1].radius.map { text($0) }, "step \(step)")
                    #expect(after[step - 1].prediction == stream[step - 1].answer, "step \(step)")
                }
            }
        }

        /// A number as a table has it.
        private func text(_ number: Float) -> String {
            number == number.rounded() ? "\(Int(number))" : "\(number)"
        }

        @Test("The scores of a metric table are those of the answers to the same questions, counted by hand")
        func tableAndAnswers() async throws {
            let output = folder.url("m.tsv")
            let made = try await ToolProcess("evaluate", in: answerer.folder).run(
                ["--edits", "log", "--output", output.path, "--upstream", answerer.upstream])
            try #require(made.status == 0, "\(made.errors)")
            let rows = try MetricRows(output).rows, stream = try stream()
            let edited = try LogFiles(folder: answerer.url("log")).rows().map { $0["error"] == "1" }
            for row in [rows[0], rows[3], rows[9], rows[rows.count - 1]] {
                let step = try #require(Int(row["step"] ?? ""))
                let answers = try await predict(answerer.path("data/edits.jsonl"), step: step).map(\.prediction)
                let right = zip(answers, stream).map { $0 == $1.answer }
                #expect(row["stream_em"] == share(right), "step \(step)")
                let online = right.indices.filter { $0 < step && edited[$0] }.map { right[$0] }
                #expect(row["online_em"] == share(online), "step \(step)")
                // Answers are single words, so the F1 over words is the exact match.
                #expect(row["online_f1"] == row["online_em"])
                let upstream = try await predict(answerer.path("data/upstream.jsonl"), step: step).map(\.prediction)
                let known = try await predict(answerer.path("data/upstream.jsonl"), step: 0).map(\.prediction)
                #expect(row["upstream_em"] == share(zip(upstream, known).map(==)), "step \(step)")
            }
        }

        private func share(_ right: [Bool]) -> String {
            right.isEmpty ? "nan" : text(Float(Double(right.count { $0 }) / Double(right.count)))
        }

        @Test("A model that was edited for a while is the model at that step of a longer run")
        func prefixes() async throws {
            let edits = answerer.path("data/edits.jsonl")
            let made = try await ToolProcess("stream-edit", in: answerer.folder).run(
                ["--model", "model", "--stream", "data/edits.safetensors", "--output", folder.url("log").path]
                    + TinyAnswerer.editing + ["--max-edits", "6"])
            try #require(made.status == 0, "\(made.errors)")
            let step = try LogFiles(folder: folder.url("log")).rows().count
            #expect(try await predict(edits, log: folder.url("log").path) == predict(edits, step: step))
        }

        @Test("Any JSONL with questions is answered, in its order, whatever else it holds")
        func anyQuestions() async throws {
            let questions = try folder.file(
                "any.jsonl",
                "{\"question\":\"color of ada\"}\n\n"
                    + "{\"question\":\"bob color\",\"id\":77,\"answer\":[\"x\"],\"note\":{\"a\":[1]}}\n"
                    + "{\"input\":\"caf\\u00e9 \\ud83d\\ude00 \\\"quoted\\\"\"}\n")
            let answers = try await predict(questions.path)
            #expect(answers.map(\.id) == [0, 77, 2])
            #expect(answers.map(\.question) == ["color of ada", "bob color", "café 😀 \"quoted\""])
            #expect(answers[0].prediction == "red")
            let list = try folder.file("list.json", "[{\"question\":\"color of ada\"}]")
            #expect(try await predict(list.path) == [answers[0]])
        }
    }
}
