import Foundation
import TestSupport
import Testing

/// The help that users read is part of what a tool promises, so a change of it has to be seen in a commit.
@Suite("Help")
struct HelpTests {
    /// The fixtures in Tests/Fixtures/help with the arguments that print them.
    static let pages = [
        ("prepare-data", ["prepare-data", "--help"]),
        ("prepare-data-zsre", ["prepare-data", "zsre", "--help"]),
        ("prepare-data-nq", ["prepare-data", "nq", "--help"]),
        ("prepare-data-facts", ["prepare-data", "facts", "--help"]),
        ("prepare-data-opinions", ["prepare-data", "opinions", "--help"]),
        ("prepare-data-scotus", ["prepare-data", "scotus", "--help"]),
        ("prepare-data-synthetic", ["prepare-data", "synthetic", "--help"]),
        ("stream-edit", ["stream-edit", "--help"]),
        ("evaluate", ["evaluate", "--help"]),
        ("plot-data", ["plot-data", "--help"]),
        ("plot-data-figures", ["plot-data", "figures", "--help"]),
        ("plot-data-synthetic", ["plot-data", "synthetic", "--help"]),
        ("plot-data-report", ["plot-data", "report", "--help"]),
        ("plot-data-surface-grid", ["plot-data", "surface-grid", "--help"]),
        ("pretrain", ["pretrain", "--help"]),
        ("pretrain-qa", ["pretrain", "qa", "--help"]),
        ("pretrain-scotus", ["pretrain", "scotus", "--help"]),
        ("pretrain-synthetic", ["pretrain", "synthetic", "--help"]),
    ]

    /// Writes the fixtures instead: `GRACE_REFRESH_HELP=1 swift test -c release --filter HelpTests`, then read the diff.
    static let refresh = ProcessInfo.processInfo.environment["GRACE_REFRESH_HELP"] != nil

    @Test("The help is what users were told", arguments: pages)
    func help(page: String, arguments: [String]) async throws {
        let result = try await ToolProcess(arguments[0]).run(Array(arguments.dropFirst()))
        #expect(result.status == 0 && result.errors.isEmpty)
        let file = fixtures.appendingPathComponent("help/\(page).txt")
        if Self.refresh { try Data(result.output.utf8).write(to: file) }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(
            result.output == expected, "if this is meant: GRACE_REFRESH_HELP=1 swift test -c release --filter HelpTests"
        )
    }

    @Test(
        "Every tool says its version", arguments: ["prepare-data", "pretrain", "stream-edit", "evaluate", "plot-data"])
    func version(tool: String) async throws {
        let result = try await ToolProcess.run(tool, "--version")
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(result.output.split(separator: ".").count == 3, "\(result.output)")
    }
}
