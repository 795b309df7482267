import Foundation
import Logging
import Synchronization

/// Words for a person, on stderr, each line with the name of the tool before it.
package enum Message {
    private static let state = Mutex(State())

    private struct State {
        var tool = (CommandLine.arguments.first ?? "grace").split(separator: "/").last.map(String.init) ?? "grace"
        var level = Logger.Level.notice
    }

    /// The name that stands before each message.
    package static var tool: String { state.withLock { $0.tool } }

    /// Sets the name that stands before each message.
    static func begin(tool: String) {
        state.withLock { $0.tool = tool }
    }

    /// What is shown: `.debug` shows everything, `.notice` all but details, `.warning` only warnings.
    package static var level: Logger.Level {
        get { state.withLock { $0.level } }
        set { state.withLock { $0.level = newValue } }
    }

    /// A message only for `--verbose`.
    package static func detail(_ text: @autoclosure () -> String) {
        show(.debug, text())
    }

    /// A message that `--quiet` silences.
    package static func note(_ text: @autoclosure () -> String) {
        show(.notice, text())
    }

    /// Something that the user should look at, but that does not end the run.
    package static func warning(_ text: @autoclosure () -> String) {
        show(.warning, "warning: \(text())")
    }

    /// A logger for code that takes one; its records become messages.
    package static var logger: Logger {
        Logger(label: tool) { _ in MessageHandler() }
    }

    /// Writes text to stderr as it is. A closed stderr is no error: there is nobody to tell.
    static func raw(_ text: String) {
        try? StandardOutput.write(text, to: STDERR_FILENO)
    }

    static func show(_ level: Logger.Level, _ text: @autoclosure () -> String) {
        let (tool, least) = state.withLock { ($0.tool, $0.level) }
        guard level >= least else { return }
        ProgressLine.interrupt { raw("\(tool): \(text())\n") }
    }
}

/// Sends records of swift-log to `Message`.
struct MessageHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    // Message decides what is shown, so the logger itself passes everything on.
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let words = ["\(event.message)"] + fields.map { "\($0.key)=\($0.value)" }
        let text = words.joined(separator: " ")
        Message.show(event.level, event.level >= .warning ? "\(event.level): \(text)" : text)
    }
}
