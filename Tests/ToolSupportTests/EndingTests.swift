import ArgumentParser
import Foundation
import Testing
import ToolSupport

private struct Sample: Tool {
    static let configuration = CommandConfiguration(
        commandName: "sample", abstract: "A sample.", version: ToolVersion.current, subcommands: [Part.self])

    struct Part: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "A part.")

        @Option(help: "A radius.")
        var radius: Double

        func validate() throws {
            if radius < 0 { throw ValidationError("--radius must not be negative, found \(radius)") }
            if radius > 10 { throw Broken() }
        }
    }
}

private struct Broken: Error, CustomStringConvertible {
    var description: String { "file.bin:\n  is broken" }
}

@Suite("How a tool ends")
struct EndingTests {
    private func ending(_ arguments: String...) throws -> Ending {
        do {
            var command = try Sample.parseAsRoot(arguments)
            try command.run()
            throw CancellationError()
        } catch {
            return Ending(of: error, in: Sample.self)
        }
    }

    @Test("An error of a run is one line after the tool's name, and status 1")
    func failure() {
        let ending = Ending(of: Broken(), in: Sample.self)
        #expect(ending.status == 1)
        #expect(ending.message == "sample: file.bin: is broken")
        #expect(ending.output.isEmpty)
    }

    @Test("An error of another kind thrown while arguments are checked is an error like any other")
    func failureInValidation() throws {
        let ending = try ending("part", "--radius", "11")
        #expect(ending.status == 1)
        #expect(ending.message == "sample: file.bin: is broken")
    }

    @Test(
        "A wrong option, a wrong value and a missing one are misuse, with the usage",
        arguments: [
            ["part", "--radius", "-1"], ["part", "--radius", "x"], ["part"], ["part", "--wrong"], ["nothing"],
        ])
    func misuse(arguments: [String]) {
        #expect {
            _ = try Sample.parseAsRoot(arguments)
        } throws: { error in
            let ending = Ending(of: error, in: Sample.self)
            #expect(ending.message.hasPrefix("sample: "))
            #expect(!ending.message.hasPrefix("sample: Error"))
            #expect(ending.message.contains("Usage: sample"))
            return ending.status == 64 && ending.output.isEmpty
        }
    }

    @Test("Help and version are data for stdout and success")
    func help() throws {
        let help = try ending("part", "--help")
        #expect(help.status == 0)
        #expect(help.output.contains("--radius <radius>"))
        #expect(help.message.isEmpty)
        let version = try ending("--version")
        #expect(version == (try ending("--version")))
        #expect(version.status == 0)
        #expect(version.output == "0.1.0")
    }

    @Test("A closed pipe is success, and an exit code is passed on without words")
    func quietEndings() {
        let closed = Ending(of: StandardOutput.Closed(), in: Sample.self)
        #expect(closed.status == 0 && closed.message.isEmpty && closed.output.isEmpty)
        let code = Ending(of: ExitCode(3), in: Sample.self)
        #expect(code.status == 3 && code.message.isEmpty && code.output.isEmpty)
    }

    @Test("Writing to a closed pipe throws Closed, and to a full device the system's reason")
    func writing() throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        #expect(throws: StandardOutput.Closed.self) {
            try StandardOutput.write("text", to: pipe.fileHandleForWriting.fileDescriptor)
        }
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        #expect { try StandardOutput.write("text", to: full) } throws: {
            "\($0)" == "cannot write to the standard output: No space left on device"
        }
    }
}
