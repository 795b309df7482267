import Foundation
import TestSupport
import Testing

@Suite("plot-data report as a process")
struct PlotReportTests {
    private let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder()
        try folder.file("g.tsv", MadeRun.table([.grace(radius: 1, keysPerEdit: 1, online: 0.9)], .classes))
        let made = try await ToolProcess("plot-data", in: folder.url)
            .run(["--metrics", "g.tsv", "--output", "runs/mini/figures/scotus"])
        try #require(made.status == 0, "\(made.errors)")
    }

    private func report(_ figures: [String], runs: String = "runs/mini") async throws -> ToolProcess.Result {
        try await ToolProcess("plot-data", in: folder.url)
            .run(["report", "--figures"] + figures + ["--runs", runs, "--output", "report.html"])
    }

    @Test("The page has the pictures, tables and claims of each folder, and the records of all runs")
    func page() async throws {
        let svg = "<svg \n viewBox=\"0 0 640 480\"\n xmlns=\"http://www.w3.org/2000/svg\"></svg>"
        try folder.file("runs/mini/figures/scotus/fig3_scotus.svg", svg)
        try folder.file("runs/mini/figures/scotus/fig3_scotus.png", "a picture that the SVG stands for")
        try folder.file("runs/mini/figures/scotus/table1.png", "PNG")
        try folder.file("runs/mini/.stages/run.json", "no record")
        let result = try await report(["runs/mini/figures/scotus"])
        #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty)
        let page = try String(contentsOf: folder.url("report.html"), encoding: .utf8)
        try expectSelfContained(page)
        #expect(page.contains("src=\"data:image/svg+xml;base64,\(Data(svg.utf8).base64EncodedString())\""))
        #expect(page.contains("width=\"640\""))
        #expect(page.contains("src=\"data:image/png;base64,\(Data("PNG".utf8).base64EncodedString())\""))
        #expect(page.components(separatedBy: "<img").count == 3)
        for text in [
            "Court opinions (SCOTUS)", "keys per edit at the smallest radius", "figures/scotus/run.json",
            "plot-data --metrics g.tsv --output runs/mini/figures/scotus", "fig7_scotus.tsv", "claims hold.",
        ] {
            #expect(page.contains(text), "\(text)")
        }
    }

    @Test("What is not there, or no record, ends with 1 and one line, and nothing is written")
    func refused() async throws {
        for (figures, runs, text) in [
            ("none", "runs/mini", "none: no folder that can be read"),
            ("runs/mini", "runs/mini", "there are no tables"),
            ("runs/mini/figures/scotus", "none", "none: no folder"),
        ] {
            let result = try await report([figures], runs: runs)
            #expect(result.status == 1 && result.errors.contains(text), "\(result.errors)")
            #expect(result.errors.hasPrefix("plot-data: ") && result.errors.filter { $0 == "\n" }.count == 1)
        }
        try folder.file("empty/x.txt", "")
        let empty = try await report(["runs/mini/figures/scotus"], runs: "empty")
        #expect(empty.status == 1 && empty.errors.contains("there is no record of a run"))
        try folder.file("runs/mini/edits/run.json", "{}")
        let broken = try await report(["runs/mini/figures/scotus"])
        #expect(broken.status == 1 && broken.errors.contains("edits/run.json: not the record of a run"))
        #expect(try !folder.names().contains("report.html"))
    }
}
