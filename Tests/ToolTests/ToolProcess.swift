import Foundation

/// Runs a built tool as a process, as a user's shell would.
struct ToolProcess: Sendable {
    /// What a run left behind.
    struct Result: Sendable {
        /// The exit status, or minus the signal that ended the process.
        let status: Int32
        /// What it wrote to stdout.
        let output: String
        /// What it wrote to stderr.
        let errors: String

        /// The first line of stderr, for errors that are to be one line.
        var errorLine: String { errors.split(separator: "\n").first.map(String.init) ?? "" }
    }

    /// Where stdout goes.
    enum Destination: Sendable {
        case captured
        /// A pipe whose reader has gone, as after `| head`.
        case closedPipe
        case file(String)
    }

    /// The folder of the built tools, which is that of the test executable.
    static var products: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    }

    let tool: String
    var folder: URL?
    var environment: [String: String] = [:]
    var destination = Destination.captured

    /// - Parameters:
    ///   - tool: the name of the product, for example `plot-data`, or the whole path of another program.
    ///   - folder: the working folder, for relative paths among the arguments.
    init(
        _ tool: String, in folder: URL? = nil, environment: [String: String] = [:],
        stdout destination: Destination = .captured
    ) {
        self.tool = tool
        self.folder = folder
        self.environment = environment
        self.destination = destination
    }

    /// Runs a tool to its end in one call.
    static func run(_ tool: String, _ arguments: String..., in folder: URL? = nil) async throws -> Result {
        try await ToolProcess(tool, in: folder).run(arguments)
    }

    /// Runs the tool to its end.
    /// - Parameter input: what it reads from stdin; nothing by default.
    func run(_ arguments: [String], input: String = "") async throws -> Result {
        // Files hold any amount of output without a reader, so nothing can block.
        let capture = FileManager.default.temporaryDirectory.appendingPathComponent("grace-tool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: capture, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: capture) }

        let process = Process()
        process.executableURL =
            tool.hasPrefix("/") ? URL(fileURLWithPath: tool) : Self.products.appendingPathComponent(tool)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        // Help is wrapped to the width of the terminal, which must be the same for every test.
        process.environment = ProcessInfo.processInfo.environment
            .merging(["COLUMNS": "80"]) { $1 }.merging(environment) { $1 }
        process.standardInput = try Self.open(capture.appendingPathComponent("stdin"), containing: input)
        let errors = capture.appendingPathComponent("stderr")
        process.standardError = try Self.create(errors)
        let output = capture.appendingPathComponent("stdout")
        let reader = Pipe()
        switch destination {
        case .captured: process.standardOutput = try Self.create(output)
        case .file(let path): process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        case .closedPipe:
            try reader.fileHandleForReading.close()
            process.standardOutput = reader.fileHandleForWriting
        }
        try await Self.finish(process)
        return Result(
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: (try? String(contentsOf: output, encoding: .utf8)) ?? "",
            errors: try String(contentsOf: errors, encoding: .utf8))
    }

    private static func finish(_ process: Process) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
    }

    private static func create(_ url: URL) throws -> FileHandle {
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }

    private static func open(_ url: URL, containing text: String) throws -> FileHandle {
        try Data(text.utf8).write(to: url)
        return try FileHandle(forReadingFrom: url)
    }
}
