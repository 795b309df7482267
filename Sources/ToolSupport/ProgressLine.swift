import Foundation
import Synchronization

/// A line on stderr that shows how far a long run is: count, total, rate and time left.
///
/// It is shown only where stderr is a terminal, is redrawn at most five times a second, and is gone when the run
/// ends; messages are written above it.
package final class ProgressLine: Sendable {
    private let label: String
    private let unit: String
    private let total: Int?
    private let done: Int
    private let start: ContinuousClock.Instant
    private let state: Mutex<State>

    private struct State {
        var count: Int
        var drawn: ContinuousClock.Instant?
        var text = ""
    }

    /// The line that now stands on the terminal.
    private static let current = Mutex<ProgressLine?>(nil)
    private static let redraw = Duration.milliseconds(200)

    /// Begins a line.
    /// - Parameters:
    ///   - label: what is being done, for example `editing`.
    ///   - total: how many units there are, where that is known.
    ///   - unit: what is counted, in the plural.
    ///   - done: units done by an earlier run that this one goes on from; they do not count for the rate.
    package init(_ label: String, total: Int? = nil, unit: String = "items", done: Int = 0) {
        self.label = label
        self.unit = unit
        self.total = total
        self.done = done
        start = .now
        state = Mutex(State(count: done))
    }

    /// Whether a line would be seen.
    package static var isShown: Bool { isatty(STDERR_FILENO) == 1 && Message.level <= .note }

    /// Counts units, and redraws the line when it is time to.
    /// - Parameter extra: more words for the end of the line, for example the number of keys.
    package func advance(by count: Int = 1, _ extra: @autoclosure () -> String = "") {
        let now = ContinuousClock.now
        let text: String? = state.withLock { state in
            state.count += count
            guard state.drawn.map({ now - $0 >= Self.redraw }) ?? true else { return nil }
            state.drawn = now
            guard Self.isShown else { return nil }
            state.text = Self.text(
                label: label, unit: unit, count: state.count, total: total, done: done,
                seconds: (now - start).inSeconds, extra: extra())
            return state.text
        }
        guard let text else { return }
        Self.current.withLock { $0 = self }
        Message.raw("\r\u{1B}[K\(text)")
    }

    /// Takes the line away.
    package func finish() {
        Self.current.withLock { current in
            guard current === self else { return }
            current = nil
            Message.raw("\r\u{1B}[K")
        }
    }

    /// Takes away whatever line there is, for the end of a process.
    static func clear() {
        current.withLock { current in
            if current != nil { Message.raw("\r\u{1B}[K") }
            current = nil
        }
    }

    /// Clears the line, lets the body write, and draws the line again below.
    static func interrupt(_ body: () -> Void) {
        current.withLock { current in
            if current != nil { Message.raw("\r\u{1B}[K") }
            body()
            if let current { Message.raw(current.state.withLock { $0.text }) }
        }
    }

    /// The words of a line, for example `editing 120/1000 inputs, 4.0/s, 3m40s left, 90 keys`.
    package static func text(
        label: String, unit: String, count: Int, total: Int?, done: Int, seconds: Double, extra: String
    ) -> String {
        var text = "\(label) \(count)" + (total.map { "/\($0)" } ?? "") + " \(unit)"
        let rate = seconds > 0 ? Double(count - done) / seconds : 0
        if rate > 0 {
            text += rate >= 100 ? ", \(Int(rate.rounded()))/s" : ", \((rate * 10).rounded() / 10)/s"
            if let total, total >= count { text += ", \(ToolFormat.duration(Double(total - count) / rate)) left" }
        }
        return extra.isEmpty ? text : "\(text), \(extra)"
    }
}
