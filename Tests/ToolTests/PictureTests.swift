import Foundation
import TestSupport
import Testing

private let gnuplot = "/usr/bin/gnuplot"

/// gnuplot draws the tables, where it is installed.
@Suite("Pictures", .enabled(if: FileManager.default.isExecutableFile(atPath: gnuplot)))
struct PictureTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func plotData(_ arguments: [String]) async throws {
        let result = try await ToolProcess("plot-data", in: folder.url).run(arguments)
        try #require(result.status == 0, "\(result.errors)")
    }

    /// Draws tables of the folder `out`, looks for texts in the picture, and then draws tables that are not there.
    private func draw(_ script: String, _ tables: [String], shows texts: [String]) async throws {
        let path = packageRoot.appendingPathComponent("pipelines/\(script).gp").path
        let tool = ToolProcess(gnuplot, in: folder.url)
        let drawn = try await tool.run(["-c", path] + tables.map { "out/\($0).tsv" } + ["out/picture"])
        #expect(drawn.status == 0 && drawn.errors.isEmpty, "\(script): \(drawn.errors)")
        let picture = try String(contentsOf: folder.url("out/picture.svg"), encoding: .utf8)
        for text in texts { #expect(picture.contains(text), "\(script): \(text)") }
        #expect(try Data(contentsOf: folder.url("out/picture.png")).starts(with: [0x89, 0x50, 0x4E, 0x47]))

        let missing = try await tool.run(["-c", path] + tables.map { _ in "none.tsv" } + ["none"])
        #expect(missing.status == 1 && missing.errorLine.contains("none.tsv: no such file"), "\(missing.errors)")
        let misuse = try await tool.run(["-c", path])
        #expect(misuse.status == 64 && misuse.errorLine.contains("usage: gnuplot -c \(script).gp"))
        #expect(try !folder.names().contains { $0.hasPrefix("none") })
    }

    @Test("Figures 4 and 8 show radii, layers and all scores")
    func radii() async throws {
        let runs = [0.01, 1, 2, 3].map { MadeRun.grace(radius: $0, keysPerEdit: 1, online: 0.9) }
        try folder.file("m.tsv", MadeRun.table(runs, .answers))
        try await plotData(["--metrics", "m.tsv", "--output", "out"])
        for figure in ["fig4", "fig8"] {
            try await draw(
                figure, [figure],
                shows: [
                    "Holdout F1", "Keys / edits", "radius 0.01", "radius 3", "layer 1", "inputs seen",
                ])
        }
        try folder.file("c.tsv", MadeRun.table(runs, .classes))
        try await plotData(["--metrics", "c.tsv", "--output", "out", "--figure", "fig8"])
        try await draw("fig8", ["fig8"], shows: ["Upstream accuracy", "radius 2"])
    }

    @Test("Figures 3, 6 and 7 and Table 1 show editors by name, settings and scores", arguments: [0, 1])
    func comparison(seeds: Int) async throws {
        let runs = (0...seeds).flatMap { seed -> [MadeRun] in
            [
                .grace(radius: 0.5, seed: seed, keysPerEdit: 1, online: 0.98),
                .grace(radius: 3, seed: seed, keysPerEdit: 0.4, online: 0.7),
                .decaying("finetune-ewc", learningRate: 0.01, seed: seed, upstream: 0.002, online: 0.001),
                .decaying("memory", learningRate: 0.1, seed: seed, upstream: 0.02, online: 0.02),
                .decaying("memory", learningRate: 0.01, seed: seed, success: 0.1, upstream: 0.02, online: 0.02),
            ]
        }
        try folder.file("m.tsv", MadeRun.table(runs, .classes))
        try await plotData(["--metrics", "m.tsv", "--output", "out"])
        let editors = ["GRACE", "Finetuning with EWC", "Memory network"]
        try await draw(
            "fig3", ["fig3_scotus"],
            shows: editors + ["Edit score", "Upstream accuracy", "edits made"]
                + (seeds > 0 ? ["mean of 2 seeds"] : []))
        try await draw("fig6", ["fig6_scotus"], shows: editors + ["online accuracy", "upstream accuracy"])
        try await draw(
            "fig7", ["fig7_scotus"],
            shows: editors + [
                "radius 0.5  (best)", "radius 3", "lr 0.1  (best)", "lr 0.01  (edits fail)", "edit success",
            ])
        try await draw("table1", ["table1"], shows: ["100 keys", "40 keys", "accuracy on previous edits"])
    }

    @Test("Table 1 shows the radii of one editor after those of another")
    func variants() async throws {
        var first = MadeRun.grace(radius: 2, keysPerEdit: 0.4, online: 0.7)
        first.editor = "grace-first"
        let runs = [0.5, 2].map { MadeRun.grace(radius: $0, keysPerEdit: 1, online: 0.98) } + [first]
        try folder.file("m.tsv", MadeRun.table(runs, .classes))
        try await plotData(["--metrics", "m.tsv", "--output", "out"])
        try await draw("table1", ["table1"], shows: ["GRACE, 0.5", "GRACE, 2", "grace-first, 2"])
    }

    @Test("Figure 5 shows what was right in each panel")
    func illustration() async throws {
        try makeIllustration(in: folder)
        try await plotData(illustrationArguments)
        try await draw(
            "fig5", ["fig5_points", "fig5_surface"],
            shows: [
                "After editing with GRACE", "After editing with Finetuning", "class left", "edit instance",
                "right: 100% of the upstream points, 0% of the edit instances",
                "right: 50% of the upstream points, 100% of the edit instances",
            ])
    }
}
