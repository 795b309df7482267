import Foundation
import TestSupport
import Testing

@Suite("plot-data for classifiers, as a process")
struct PlotClassifierTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func run(_ arguments: [String]) async throws -> ToolProcess.Result {
        try await ToolProcess("plot-data", in: folder.url).run(arguments)
    }

    private func names(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.url(name).path).sorted()
    }

    private func lines(_ name: String) throws -> [String] {
        try String(contentsOf: folder.url(name), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test("Tables of classes become Table 1 and the comparison of editors, under the name of the task")
    func classes() async throws {
        try folder.file("g.tsv", MadeRun.table([.grace(radius: 1, keysPerEdit: 1, online: 0.9)], .classes))
        try folder.file(
            "f.tsv", MadeRun.table([.decaying("finetune", learningRate: 0.1, upstream: 0.1, online: 0.1)], .classes))
        let result = try await run(["--metrics", "g.tsv", "f.tsv", "--output", "out"])
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(
            try names("out") == [
                "fig3_scotus.tsv", "fig6_scotus.tsv", "fig7_scotus.tsv", "final.tsv", "run.json", "summary.tsv",
                "table1.tsv", "table_best.tsv",
            ])
        #expect(result.output.contains("edits until finetune has lost 5% of its upstream accuracy"))
        #expect(try lines("out/table1.tsv").count == 2)
        #expect(try lines("out/fig3_scotus.tsv").count == 1 + 91 + 10)

        let named = try await run(
            ["figures", "--metrics", "g.tsv", "f.tsv", "--output", "few", "--task", "court-2", "--figure", "fig3"]
                + ["--first-edit", "100"])
        #expect(named.status == 0 && named.output.isEmpty)
        #expect(try names("few") == ["fig3_court-2.tsv", "run.json"])
        #expect(try lines("few/fig3_court-2.tsv").count == 1 + 2)
    }

    @Test("Tables of two tasks are refused together, and Table 1 without a radius")
    func refused() async throws {
        try folder.file("a.tsv", MadeRun.table([MadeRun("grace", epsilon: 1)], .answers))
        try folder.file("c.tsv", MadeRun.table([MadeRun("mend")], .classes))
        let mixed = try await run(["--metrics", "a.tsv", "c.tsv", "--output", "out"])
        #expect(mixed.status == 1 && mixed.errors.contains("give the tables of one task at a time"))
        let flat = try await run(["--metrics", "c.tsv", "--output", "out", "--figure", "table1"])
        #expect(flat.status == 1 && flat.errors.contains("table1.tsv: no run has a radius"))
        #expect(try !folder.names().contains("out"))
    }

    @Test("A grid laid over points, and predictions on it, become Figure 5")
    func synthetic() async throws {
        try makeIllustration(in: folder)
        let grid = try await run(
            ["surface-grid", "--points", "upstream-none.jsonl", "edits-none.jsonl", "--size", "3", "-o", "grid.jsonl"])
        #expect(grid.status == 0 && grid.output.isEmpty && grid.errors.isEmpty)
        #expect(
            try lines("grid.jsonl")
                == (0..<9).map { index in
                    let x = ["-1.2", "0.0", "1.2"][index % 3], y = ["-0.1", "0.5", "1.1"][index / 3]
                    return "{\"id\":\(index),\"features\":[\(x),\(y)]}"
                })
        let result = try await run(illustrationArguments)
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(try names("out") == ["fig5_points.tsv", "fig5_surface.tsv", "run.json", "summary.tsv"])
        #expect(try lines("out/fig5_points.tsv").count == 1 + 2 + 3 * 3)
        #expect(try lines("out/fig5_surface.tsv").count == 1 + 4 * 4)
        #expect(try lines("out/summary.tsv").count == 1 + 7)
        #expect(result.output.contains("keys of grace at the end of the stream [layer 1, radius 0.45]"))
        let required = try await run(illustrationArguments + ["--require", "--no-print-summary"])
        #expect(required.status == 0, "\(required.errors)")
    }

    @Test(
        "Wrong points end with 1 and one line, and nothing is written",
        arguments: [
            ("upstream-grace.jsonl", "{}", "upstream-grace.jsonl"),
            ("edits-none.jsonl", #"{"features":[1,2,3],"label":"a","prediction":"a"}"#, "expected 2 numbers"),
            ("edits-grace.jsonl", #"{"features":[1,2],"label":"a","prediction":"a"}"#, "row 0 of the edits points of"),
            ("grace.tsv", "x\n", "grace.tsv: there is no column"),
        ])
    func wrong(file: String, contents: String, text: String) async throws {
        try makeIllustration(in: folder)
        try folder.file(file, contents)
        let result = try await run(illustrationArguments)
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("plot-data: ") && result.errors.contains(text), "\(result.errors)")
        #expect(result.errors.filter { $0 == "\n" }.count == 1)
        #expect(try !folder.names().contains("out"))
        let flat = try await run(["surface-grid", "--points", "edits-finetune.jsonl", "-o", "flat.jsonl"])
        #expect(flat.status == 1 && flat.errors.contains("all points have the same x"))
    }
}

/// The arguments of `plot-data` for the files of `makeIllustration`.
let illustrationArguments: [String] =
    ["synthetic"]
    + ["upstream", "edits", "surface"].flatMap { set in
        ["--\(set)"] + ["none", "grace", "finetune"].map { "\($0)=\(set)-\($0).jsonl" }
    } + ["--metrics", "grace.tsv", "finetune.tsv", "--output", "out"]

/// Predictions on two upstream points, one edit instance and a grid of four points, as Figure 5 has them.
func makeIllustration(in folder: TemporaryFolder) throws {
    let upstream = [(-1.0, 0.0, "left"), (1.0, 1.0, "right")], edits = [(-0.5, 0.5, "right")]
    let corners = [(-1.0, 0.0, ""), (1.0, 0.0, ""), (-1.0, 1.0, ""), (1.0, 1.0, "")]
    func write(_ name: String, _ points: [(Double, Double, String)], _ predictions: [String]) throws {
        let lines = zip(points, predictions).map { point, prediction in
            let label = point.2.isEmpty ? "" : "\"label\":\"\(point.2)\","
            return "{\"features\":[\(point.0),\(point.1)],\(label)\"prediction\":\"\(prediction)\"}\n"
        }
        try folder.file("\(name).jsonl", lines.joined())
    }
    let editors = [("none", "left", "left"), ("grace", "right", "left"), ("finetune", "right", "right")]
    for (editor, edited, far) in editors {
        try write("upstream-\(editor)", upstream, [far, "right"])
        try write("edits-\(editor)", edits, [edited])
        try write("surface-\(editor)", corners, [far, "right", far, "right"])
    }
    try folder.file("grace.tsv", MadeRun.table([.grace(radius: 0.45, keysPerEdit: 0.01, online: 1)], .classes))
    try folder.file("finetune.tsv", MadeRun.table([MadeRun("finetune")], .classes))
}
