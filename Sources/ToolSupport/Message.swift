import Foundation
import Synchronization

/// Words for a person, on stderr, each line with the name of the tool before it.
package enum Message {
    /// How much a message matters.
    package enum Level: Int, Comparable, Sendable {
        /// Only for `--verbose`.
        case detail
        /// Silenced by `--quiet`.
        case note
        case warning

        package static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    }

    private static let state = Mutex(State())

    private struct State {
        var tool = (CommandLine.arguments.first ?? "grace").split(separator: "/").last.map(String.init) ?? "grace"
        var level = Level.note
    }

    /// The name that stands before each message.
    package static var tool: String { state.withLock { $0.tool } }

    /// Sets the name that stands before each message.
    static func begin(tool: String) {
        state.withLock { $0.tool = tool }
    }

    /// The least level that is shown.
    package static var level: Level {
        get { state.withLock { $0.level } }
        set { state.withLock { $0.level = newValue } }
    }

    /// A message only for `--verbose`.
    package static func detail(_ text: @autoclosure () -> String) {
        show(.detail, text())
    }

    /// A message that `--quiet` silences.
    package static func note(_ text: @autoclosure () -> String) {
        show(.note, text())
    }

    /// Something that the user should look at, but that does not end the run.
    package static func warning(_ text: @autoclosure () -> String) {
        show(.warning, "warning: \(text())")
    }

    /// Writes text to stderr as it is. A closed stderr is no error: there is nobody to tell.
    static func raw(_ text: String) {
        try? StandardOutput.write(text, to: STDERR_FILENO)
    }

    private static func show(_ level: Level, _ text: @autoclosure () -> String) {
        let (tool, least) = state.withLock { ($0.tool, $0.level) }
        guard level >= least else { return }
        ProgressLine.interrupt { raw("\(tool): \(text())\n") }
    }
}
