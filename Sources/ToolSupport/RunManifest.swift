import Files
import Foundation

/// The record of one run of a tool: what was run on what, with which result, and how long it took.
package struct RunManifest: Codable, Sendable {
    /// A file that the run read or wrote.
    package struct File: Codable, Sendable, Equatable {
        /// The path as it was given.
        package var path: String
        /// The SHA-256 digest of the contents, in hexadecimal.
        package var sha256: String?
    }

    /// The machine of the run.
    package struct Machine: Codable, Sendable, Equatable {
        package var cores: Int
        package var processor: String
        package var system: String
    }

    package var tool: String
    package var version = ToolVersion.current
    package var arguments: [String]
    package var seed: UInt64?
    package var inputs: [File] = []
    package var outputs: [File] = []
    /// Every setting that shaped the result, defaults included.
    package var settings: [String: String] = [:]
    /// Seconds that parts of the run took, by name.
    package var timings: [String: Double]?
    /// How much of each kind came from a cache and was not computed by this run.
    package var reused: [String: Int]?
    /// When the run began and ended, in ISO 8601, UTC.
    package var started: String
    package var finished: String?
    /// How long the run took.
    package var seconds: Double?
    /// The most memory that the process held.
    package var peakMemoryBytes: Int?
    package var machine = Machine(cores: Host.cores, processor: Host.processor, system: Host.system)

    // The clock of a run in progress; no part of the record.
    private var begin: Date?

    private enum CodingKeys: String, CodingKey {
        case tool, version, arguments, seed, inputs, outputs, settings, timings, reused, started, finished, seconds,
            machine
        case peakMemoryBytes = "peak_memory_bytes"
    }

    /// Begins the record of a run; its time counts from here.
    package init(
        tool: String = Message.tool, arguments: [String] = Array(CommandLine.arguments.dropFirst()), seed: UInt64? = nil
    ) {
        let now = Date()
        self.tool = tool
        self.arguments = arguments
        self.seed = seed
        started = Self.text(of: now)
        begin = now
    }

    /// Records a file that the run reads, with its digest.
    /// - Throws: `FilesError` when it cannot be read.
    package mutating func addInput(_ url: URL) throws {
        try InputFile.spool(url)
        inputs.append(File(path: url.relativePath, sha256: try Digest.sha256(of: url)))
    }

    /// Records something that the run reads, with a digest that was taken elsewhere, such as that of a folder.
    package mutating func addInput(_ url: URL, sha256: String) {
        inputs.append(File(path: url.relativePath, sha256: sha256))
    }

    /// Records a file that the run has written, with its digest.
    package mutating func addOutput(_ url: URL) throws {
        outputs.append(File(path: url.relativePath, sha256: try Digest.sha256(of: url)))
    }

    /// Checks that a record that stands at `url`, if one does, is of a run of this tool, whose folder it may then fill anew.
    /// - Throws: `ToolError.ofOtherTool`.
    package static func checkOwn(_ url: URL) throws {
        guard let found = try? RunManifest(contentsOf: url), found.tool != Message.tool else { return }
        throw ToolError.ofOtherTool(url.path, tool: found.tool)
    }

    /// Removes the record of an earlier run, if there is one, before the first of its files is replaced: where a record
    /// stands, its files are complete.
    /// - Throws: `ToolError.ofOtherTool` when it is of another tool.
    package static func withdraw(_ url: URL) throws {
        try checkOwn(url)
        if FileManager.default.fileExists(atPath: url.path) { try FileManager.default.removeItem(at: url) }
    }

    /// Ends the record and writes it.
    /// - Throws: `FilesError` when it cannot be written.
    package mutating func finish(writingTo url: URL) throws {
        let now = Date()
        finished = Self.text(of: now)
        seconds = begin.map { (now.timeIntervalSince($0) * 1000).rounded() / 1000 }
        peakMemoryBytes = Host.peakMemory
        try write(to: url)
    }

    /// Writes the record as JSON with sorted keys.
    package func write(to url: URL) throws {
        try AtomicFile.write(json: self, to: url)
    }

    /// Reads a record.
    /// - Throws: `FilesError` when the file cannot be read, `RunManifestError` when it is no record of a run.
    package init(contentsOf url: URL) throws {
        let data = try MappedFile(url).withBytes { Data($0) }
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch {
            throw RunManifestError(file: url.path, reason: ErrorText.line(for: error))
        }
    }

    private static func text(of date: Date) -> String {
        date.formatted(.iso8601)
    }
}

/// A file that should be the record of a run is not.
package struct RunManifestError: Error, CustomStringConvertible, Sendable {
    package let file: String
    package let reason: String

    package var description: String { "\(file): not the record of a run: \(reason)" }
}
