import Foundation
import TestSupport
import Testing

@Suite("plot-data as a process")
struct PlotDataTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for (index, radius) in ["0.01", "1", "2", "3"].enumerated() {
            try folder.file("m\(index).tsv", metrics(radius: radius, keys: index == 0 ? 2 : 1))
        }
    }

    /// A run of two edits; only the keys and the holdout F1 depend on the radius.
    private func metrics(radius: String, keys: Int) -> String {
        let header = """
            editor layer epsilon lr seed step edits keys upstream_f1 upstream_em online_f1 online_em edit_score \
            holdout_f1 holdout_em edit_success key_edit_ratio edit_share stream_em upstream_token_f1 online_token_f1 \
            holdout_token_f1 upstream_official_f1 online_official_f1 holdout_official_f1
            """
        let run = "grace encoder.block.1.layer.1.DenseReluDense.wo \(radius) 1 0"
        let rest = " 0.5 0.5 0.5 0.5 0.5 0.5"
        let rows = [
            header, run + " 0 0 0 0.9 0.95 nan nan nan 0.1 0.1 nan nan nan 0.2" + rest,
            run + " 1 1 1 0.9 0.95 1 1 0.95 0.2 0.1 1 1 1 0.4" + rest,
            run + " 2 2 \(keys) 0.9 0.95 1 1 0.95 \(keys == 1 ? 0.6 : 0.3) 0.1 1 \(Double(keys) / 2) 1 0.6" + rest,
        ]
        return rows.map { $0.replacingOccurrences(of: " ", with: "\t") + "\n" }.joined()
    }

    private var files: [String] { (0..<4).map { "m\($0).tsv" } }

    @Test("Metric tables become the tables of the figures, the summary and a record of the run")
    func all() async throws {
        let result = try await ToolProcess("plot-data", in: folder.url)
            .run(["--metrics"] + files + ["--output", "out/figures"])
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url("out/figures").path).sorted()
                == [
                    "fig3_qa.tsv", "fig4.tsv", "fig6_qa.tsv", "fig7_qa.tsv", "fig8.tsv", "final.tsv", "run.json",
                    "summary.tsv", "table_best.tsv",
                ])
        #expect(try lines("out/figures/fig4.tsv").count == 1 + 3 * 3)
        #expect(try lines("out/figures/fig8.tsv").count == 1 + 4 * 3)
        #expect(try lines("out/figures/final.tsv").count == 1 + 4)
        #expect(try lines("out/figures/summary.tsv").count == 1 + 9)
        let shown = result.output.split(separator: "\n")
        #expect(shown.count == 10)
        #expect(shown[0] == "holds  value  bound    claim")
        #expect(
            shown[7] == "yes    0.500  <= 0.9   keys at a larger radius as a share of those at the tiniest (0.01)"
                + " [block 1, radius 1]")
        #expect(shown[9] == "no     nan    >= 0.02  difference of final holdout F1 between layers at one radius")
        let manifest = try String(contentsOf: folder.url("out/figures/run.json"), encoding: .utf8)
        #expect(manifest.contains(#""tool" : "plot-data""#) && manifest.contains(#""path" : "m3.tsv""#))
    }

    @Test("Only what is asked for is written and printed")
    func some() async throws {
        let tool = ToolProcess("plot-data", in: folder.url)
        let arguments = ["--figure", "fig4", "--figure", "summary", "--fig4-radii", "1", "2", "--no-print-summary"]
        let result = try await tool.run(["--metrics"] + files + ["-o", "out"] + arguments)
        #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url("out").path).sorted()
                == ["fig4.tsv", "run.json", "summary.tsv"])
        #expect(try lines("out/fig4.tsv").count == 1 + 2 * 3)
    }

    @Test("A claim that does not hold ends the run with 1 only where claims are required")
    func require() async throws {
        let result = try await ToolProcess.run(
            "plot-data", "--metrics", "m0.tsv", "m1.tsv", "--output", "out", "--require", in: folder.url)
        #expect(result.status == 1)
        #expect(
            result.errors == "plot-data: 1 of 9 claims do not hold: "
                + "difference of final holdout F1 between layers at one radius\n")
        #expect(result.output.hasPrefix("holds"))
        #expect(try lines("out/summary.tsv").count == 10)
    }

    @Test(
        "Wrong input ends with 1 and one line, and nothing is written",
        arguments: [
            (["--metrics", "none.tsv"], "none.tsv"),
            (["--metrics", "m0.tsv", "m0.tsv"], "the run (editor grace"),
            (["--metrics", "m0.tsv", "--fig4-radii", "7"], "no run has the radius 7; the radii are: 0.01"),
            (["--metrics", "m0.tsv", "--editor", "x"], "no run has the editor 'x'; the editors are: grace"),
        ])
    func wrong(arguments: [String], text: String) async throws {
        let result = try await ToolProcess("plot-data", in: folder.url).run(arguments + ["--output", "out"])
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("plot-data: ") && result.errors.contains(text))
        #expect(result.errors.filter { $0 == "\n" }.count == 1)
        #expect(try !folder.names().contains("out"))
    }

    @Test(
        "Misuse ends with 64 and the usage",
        arguments: [
            [], ["--metrics"], ["--metrics", "m0.tsv"], ["--output", "out"],
            ["--metrics", "m0.tsv", "--output", "out", "--figure", "fig5"],
            ["--metrics", "m0.tsv", "--output", "out", "--fig4-radii", "-1"],
            ["--metrics", "m0.tsv", "--output", "out", "--task", "a/b"],
            ["--metrics", "m0.tsv", "--output", "out", "--least-success", "1.5"],
            ["--metrics", "m0.tsv", "--output", "out", "--first-edit", "-1"],
            ["surface-grid", "--output", "g.jsonl"], ["surface-grid", "--points", "p.jsonl", "-o", "g", "--size", "1"],
            ["synthetic", "--upstream", "p.jsonl", "--output", "out"],
            ["--metrics", "m0.tsv", "--output", "out", "--quiet", "--verbose"],
        ])
    func misuse(arguments: [String]) async throws {
        let result = try await ToolProcess("plot-data", in: folder.url).run(arguments)
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("plot-data: ") && result.errors.lowercased().contains("usage: plot-data"))
    }

    @Test("A reader that goes away is success, a full device is not")
    func closedOutput() async throws {
        let arguments = ["--metrics", "m0.tsv", "--output", "out"]
        let closed = try await ToolProcess("plot-data", in: folder.url, stdout: .closedPipe).run(arguments)
        #expect(closed.status == 0 && closed.errors.isEmpty)
        #expect(try lines("out/summary.tsv").count == 10)
        let full = try await ToolProcess("plot-data", in: folder.url, stdout: .file("/dev/full")).run(arguments)
        #expect(full.status == 1)
        #expect(full.errors == "plot-data: cannot write to the standard output: No space left on device\n")
        let help = try await ToolProcess("plot-data", stdout: .file("/dev/full")).run(["--help"])
        #expect(help.status == 1)
    }

    @Test("An output folder that cannot be made is named")
    func noFolder() async throws {
        try folder.file("out", "a file")
        let result = try await ToolProcess.run("plot-data", "--metrics", "m0.tsv", "--output", "out", in: folder.url)
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("plot-data: ") && result.errors.contains("/out/fig3_qa.tsv"))
    }

    private func lines(_ name: String) throws -> [Substring] {
        try String(contentsOf: folder.url(name), encoding: .utf8).split(separator: "\n")
    }
}
