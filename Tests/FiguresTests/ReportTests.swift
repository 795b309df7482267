import Figures
import Foundation
import Tables
import TestSupport
import Testing

@Suite("The report")
struct ReportTests {
    private static let summary = TSVTable.of(
        ["claim", "value", "bound", "holds", "layer", "epsilon"],
        [
            ["keys < edits & \"more\"", "0.5", "<= 0.9", "yes", "encoder.block.2.layer.1.DenseReluDense.wo", "1"],
            ["<script>alert(1)</script>", "nan", "> 0", "no", "any", "nan"],
            ["edits until mend has lost 5%", "inf", "<= 99", "no", "any", "nan"],
        ])
    private static let best = TSVTable.of(
        ["editor", "edit_score", "edit_score_min", "edit_score_max", "lr"],
        [["grace", "0.91239", "0.9", "0.92", "1e-05"], ["mend", "0.5", "0.5", "0.5", "0.1"]])

    private func report(runs: [Report.Run]? = nil, pictures: [Report.Picture]? = nil) -> Report {
        let drawn = ["fig7_qa", "other", "fig3_qa"].map {
            Report.Picture(
                name: $0, mediaType: "image/svg+xml", base64: Data($0.utf8).base64EncodedString(), width: 700)
        }
        let section = Report.Section(
            name: "qa", pictures: pictures ?? drawn,
            tables: ["summary": Self.summary, "table_best": Self.best, "fig3_qa": Self.best])
        return Report(
            title: "Results <1>", sections: [section],
            runs: runs ?? [
                run("edits/b/run.json", radius: "2", seconds: 2, started: "2026-01-01T10:00:05Z"),
                run("edits/a/run.json", radius: "1", seconds: 1, started: "2026-01-01T10:00:00Z"),
            ], duration: { "\(Int($0)) seconds" })
    }

    private func run(_ path: String, radius: String, seconds: Double, started: String) -> Report.Run {
        Report.Run(
            path: path, tool: "stream-edit", version: "1.2.3", command: "stream-edit --radius \(radius) 'a <b>'",
            settings: ["radius": radius, "steps": "100"], started: started, finished: "2026-01-01T10:00:09Z",
            seconds: seconds, duration: "\(seconds) s", memory: "3 MB", machine: "2 cores, X")
    }

    @Test("The page refers to nothing outside of it, and holds every picture once, in the order of the paper")
    func selfContained() throws {
        let page = try report().html()
        try expectSelfContained(page)
        let positions = try ["fig3_qa", "fig7_qa", "other"].map { name in
            let source = "src=\"data:image/svg+xml;base64,\(Data(name.utf8).base64EncodedString())\""
            #expect(page.components(separatedBy: source).count == 2, "\(name)")
            return try #require(page.range(of: source)).lowerBound
        }
        #expect(positions == positions.sorted())
        #expect(page.contains("alt=\"Figure 3. Edit score"))
    }

    @Test("Text from files cannot become markup")
    func escaped() throws {
        let page = try report().html()
        #expect(page.contains("keys &lt; edits &amp; &quot;more&quot;"))
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script"))
        #expect(page.contains("<title>Results &lt;1&gt;</title>") && page.contains("'a &lt;b&gt;'"))
        try expectBalanced(page)
    }

    @Test("Claims that do not hold are said first, and each claim stands with value and bound")
    func claims() throws {
        let page = try report().html()
        #expect(page.contains("1 of 3 claims hold."))
        #expect(page.contains("Question answering: edits until mend has lost 5%</li>"))
        #expect(page.contains("<tr class=\"unmet\"><td>edits until mend has lost 5%</td>"))
        #expect(page.contains("<td class=\"number\">never</td>"))
        #expect(page.contains("<td title=\"encoder.block.2.layer.1.DenseReluDense.wo\">block 2</td>"))
    }

    @Test("A mean stands with its least and most, and tables that are too long are listed")
    func tables() throws {
        let page = try report().html()
        #expect(page.contains("<td class=\"number\">0.912 (0.900–0.920)</td><td class=\"number\">1e-05</td>"))
        #expect(page.contains("<td class=\"number\">0.500</td><td class=\"number\">0.1</td>"))
        #expect(!page.contains("edit score min"))
        #expect(page.contains("<code>fig3_qa.tsv</code>: 2 rows of editor, edit_score"))
    }

    @Test("Runs stand by tool in the order of time, with what they share above and what differs as columns")
    func runs() throws {
        let page = try report().html()
        #expect(page.contains("stream-edit: 2 runs, 3 seconds"))
        #expect(page.contains("steps 100</p>") && page.contains("<th class=\"number\">radius</th>"))
        #expect(page.contains("2026-01-01T10:00:00Z to 2026-01-01T10:00:09Z") && page.contains("1.2.3"))
        let first = try #require(page.range(of: "edits/a/run.json"))
        let second = try #require(page.range(of: "edits/b/run.json"))
        #expect(first.lowerBound < second.lowerBound)
    }

    @Test("Without pictures the page says how to get them")
    func noPictures() throws {
        #expect(try report(pictures: []).html().contains("make figures"))
    }

    /// Every element that is opened is closed, in order.
    private func expectBalanced(_ page: String) throws {
        var open: [Substring] = []
        for tag in page.matches(of: /<(\/?)([a-z0-9]+)[^>]*>/).map(\.output) where !["meta", "img"].contains(tag.2) {
            if tag.1.isEmpty {
                open.append(tag.2)
            } else {
                try #require(open.popLast() == tag.2, "</\(tag.2)>")
            }
        }
        #expect(open.isEmpty)
    }
}

extension TSVTable {
    fileprivate static func of(_ columns: [String], _ rows: [[String]]) -> TSVTable {
        var table = TSVTable(columns: columns)
        for row in rows { table.append(fields: row) }
        return table
    }
}
