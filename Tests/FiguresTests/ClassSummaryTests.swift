import Figures
import TestSupport
import Testing

@Suite("The summary of a classifier's runs")
struct ClassSummaryTests {
    private let tables: MetricTables

    init() throws {
        tables = try MetricTables()
    }

    private let sweep: [MadeRun] = [
        .grace(radius: 1, keysPerEdit: 1, online: 0.99), .grace(radius: 5, keysPerEdit: 0.7, online: 0.8),
        .grace(radius: 20, keysPerEdit: 0.3, online: 0.6),
    ]

    private func claims(_ runs: [MadeRun]) throws -> [Claim] {
        try Summary(tables.read(runs, .classes)).claims
    }

    @Test("A sweep that shows Table 1's trend is summarised claim by claim")
    func holds() throws {
        let claims = try claims(sweep)
        #expect(!claims.contains { !$0.holds })
        #expect(
            claims.map(\.bound.text) == [
                ">= 0.85", ">= 0.25", ">= 0.98", ">= 0.95", ">= 0.9", ">= 0.95", ">= 3", "<= 0.9", ">= 0",
            ])
        for (value, expected) in zip(claims.map(\.value), [0.9, 0.6, 1, 1, 0.99, 0.89 / 0.9, 3, 0.3, 0.19]) {
            #expect(abs(value - expected) < 1e-12)
        }
        #expect(claims.map(\.epsilon) == [nil, nil, 1, 1, 1, 1, nil, 20, 5])
    }

    @Test(
        "Each claim can fail",
        arguments: [
            (0, MadeRun.grace(radius: 1, keysPerEdit: 1, online: 0.99), "upstream"),
            (2, .grace(radius: 1, keysPerEdit: 1, online: 0.99), "success"),
            (3, .grace(radius: 1, keysPerEdit: 0.9, online: 0.99), ""),
            (4, .grace(radius: 1, keysPerEdit: 1, online: 0.85), ""),
            (5, .grace(radius: 1, keysPerEdit: 1, upstream: 0.8, online: 0.99), ""),
            (8, .grace(radius: 1, keysPerEdit: 1, online: 0.75), ""),
        ])
    func fails(claim: Int, run: MadeRun, change: String) throws {
        var run = run
        if change == "upstream" { run.upstream = { _ in 0.84 } }
        if change == "success" { run.success = 0.97 }
        let claims = try claims([run] + sweep.dropFirst())
        #expect(!claims[claim].holds, "\(claims[claim].text): \(claims[claim].value)")
    }

    @Test("Radii that all key every edit, or too few of them, fail their claims")
    func flat() throws {
        let claims = try claims([sweep[0], .grace(radius: 5, keysPerEdit: 0.95, online: 0.9)])
        #expect(claims[6].value == 2 && !claims[6].holds)
        #expect(claims[7].value == 0.95 && !claims[7].holds)
        let one = try self.claims([sweep[0]])
        #expect(one[6].value == 1 && one[7].value.isNaN && one[8].value.isNaN)
        #expect(!one[7].holds && !one[8].holds)
    }

    @Test("Of several seeds the worst counts")
    func seeds() throws {
        let other: [MadeRun] = [
            .grace(radius: 1, seed: 1, keysPerEdit: 0.97, online: 0.95),
            .grace(radius: 5, seed: 1, keysPerEdit: 0.7, online: 0.8),
        ]
        let claims = try claims(sweep + other)
        #expect(claims[3].value == 0.97 && claims[4].value == 0.95 && claims[6].value == 2)
        #expect(abs(claims[7].value - 70.0 / 97) < 1e-12)
    }
}
