import Foundation

extension ToolProcess {
    /// Starts the tool and ends it with SIGKILL, as an impatient user or a lack of memory does.
    ///
    /// - Parameter isTime: asked again and again; the process is killed when it holds.
    /// - Returns: whether the process was still running then.
    func runAndKill(_ arguments: [String], when isTime: () -> Bool) async throws -> Bool {
        let process = Process()
        process.executableURL = Self.products.appendingPathComponent(tool)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        while process.isRunning && !isTime() { try await Task.sleep(for: .milliseconds(1)) }
        let wasRunning = process.isRunning
        if wasRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return wasRunning && process.terminationReason == .uncaughtSignal
    }
}
