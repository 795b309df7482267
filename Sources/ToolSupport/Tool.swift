import ArgumentParser
import Foundation

/// A command-line tool of this package: the root command, marked `@main`.
///
/// Running it through this protocol gives every tool the same behaviour at its borders:
/// - any error ends with one line `toolname: what is wrong` on stderr and status 1;
/// - misuse of the arguments prints the same line with the usage and ends with status 64;
/// - `--help` and `--version` go to stdout and end with status 0;
/// - a reader that closes stdout early (`| head`) is success.
package protocol Tool: ParsableCommand {}

extension Tool {
    /// The name of the tool, which stands before each of its messages.
    package static var toolName: String { configuration.commandName ?? _commandName }

    /// Parses the arguments of the process, runs the command and ends the process.
    package static func main() {
        ToolLifetime.begin(name: toolName)
        do {
            var command = try parseAsRoot()
            try command.run()
            try StandardOutput.flush()
        } catch {
            ToolLifetime.end(with: Ending(of: error, in: self))
        }
    }
}

/// How a tool ends: what it says, where, and with which status.
package struct Ending: Equatable {
    /// The exit status: 0 done, 1 failed, 64 misuse.
    package var status: Int32
    /// The text for stdout.
    package var output = ""
    /// The text for stderr, with the name of the tool.
    package var message = ""

    /// The ending that an error thrown by a command means.
    /// - Parameter root: the root command, whose name stands before the message.
    package init(of error: any Error, in root: any Tool.Type) {
        if error is StandardOutput.Closed {
            status = 0
            return
        }
        let code = root.exitCode(for: error)
        switch code {
        case .success:
            status = 0
            output = root.fullMessage(for: error)
        case .validationFailure:
            status = code.rawValue
            // ArgumentParser begins with "Error: ", our tools with their name, like any other Unix tool.
            let text = root.fullMessage(for: error)
            let label = root._errorPrefix
            message = "\(root.toolName): " + (text.hasPrefix(label) ? String(text.dropFirst(label.count)) : text)
        default:
            status = code.rawValue
            if error is ExitCode { return }
            message = "\(root.toolName): \(ErrorText.line(for: ErrorText.cause(of: error, in: root)))"
        }
    }
}

/// The state of the process that a tool runs in.
enum ToolLifetime {
    static func begin(name: String) {
        // A closed pipe then is an error of the write, which StandardOutput turns into success, and not the end of
        // the process in the middle of its work.
        signal(SIGPIPE, SIG_IGN)
        Message.begin(tool: name)
    }

    static func end(with ending: Ending) -> Never {
        ProgressLine.clear()
        var status = ending.status
        do {
            if !ending.output.isEmpty { try StandardOutput.write(ending.output + "\n") }
            try StandardOutput.flush()
        } catch let error where !(error is StandardOutput.Closed) {
            Message.raw("\(Message.tool): \(ErrorText.line(for: error))\n")
            status = status == 0 ? 1 : status
        } catch {}
        if !ending.message.isEmpty { Message.raw(ending.message + "\n") }
        exit(status)
    }
}
