import Foundation

extension ToolProcess {
    /// Starts the tool and ends it with SIGKILL, as an impatient user or a lack of memory does.
    ///
    /// A thread of its own watches the tool: tasks of other tests may keep the shared threads busy for longer than the
    /// tool runs.
    ///
    /// - Parameter isTime: asked again and again; the process is killed when it holds.
    /// - Returns: whether the process was still running then.
    func runAndKill(_ arguments: [String], when isTime: @escaping @Sendable () -> Bool) async throws -> Bool {
        let process = Process()
        process.executableURL = Self.products.appendingPathComponent(tool)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let id = process.processIdentifier
        await withCheckedContinuation { continuation in
            Thread {
                // Signal 0 asks whether the process is there; a zombie is, until waitUntilExit takes it.
                while kill(id, 0) == 0 && !isTime() { usleep(500) }
                kill(id, SIGKILL)
                continuation.resume()
            }.start()
        }
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal
    }
}
