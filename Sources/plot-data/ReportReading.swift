import Figures
import Files
import Foundation
import Tables
import ToolSupport

/// Reads what the report shows.
enum ReportReading {
    /// A folder of figures.
    /// - Throws: `ReportError.noTables` when there is none in it, or what is wrong with a file.
    static func section(_ folder: URL) throws -> Report.Section {
        let files = try names(in: folder).filter { !$0.hasPrefix(".") }
        var tables: [String: TSVTable] = [:]
        for file in files where file.hasSuffix(".tsv") {
            tables[String(file.dropLast(4))] = try TSVTable(contentsOf: folder.appendingPathComponent(file))
        }
        if tables.isEmpty { throw ReportError.noTables(folder: folder.path) }
        let drawn = files.filter { file in
            file.hasSuffix(".svg") || (file.hasSuffix(".png") && !files.contains(file.dropLast(4) + ".svg"))
        }
        let pictures = try drawn.map { file in
            let data = try contents(folder.appendingPathComponent(file))
            return Report.Picture(
                name: String(file.dropLast(4)), mediaType: file.hasSuffix(".svg") ? "image/svg+xml" : "image/png",
                base64: data.base64EncodedString(), width: width(ofSVG: data) ?? 1_000)
        }
        return Report.Section(name: folder.lastPathComponent, pictures: pictures, tables: tables)
    }

    /// The width of an SVG's view box.
    private static func width(ofSVG data: Data) -> Int? {
        String(decoding: data.prefix(1_000), as: UTF8.self).firstMatch(of: /viewBox="0 0 (\d+) \d+"/)
            .flatMap { Int($0.1) }
    }

    /// The runs whose records are in a folder or below it.
    /// - Throws: `ReportError.noRecords` when there is none, `RunManifestError` when a record is none.
    static func runs(below folder: URL) throws -> [Report.Run] {
        var runs: [Report.Run] = []
        var folders = [""]
        while let path = folders.popLast() {
            for name in try names(in: folder.appendingPathComponent(path)).sorted() where !name.hasPrefix(".") {
                let inner = path.isEmpty ? name : "\(path)/\(name)"
                let url = folder.appendingPathComponent(inner)
                if (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true {
                    folders.append(inner)
                } else if name == "run.json" || (name.hasPrefix("run-") && name.hasSuffix(".json")) {
                    runs.append(run(try RunManifest(contentsOf: url), path: inner))
                }
            }
        }
        if runs.isEmpty { throw ReportError.noRecords(folder: folder.path) }
        return runs
    }

    private static func run(_ record: RunManifest, path: String) -> Report.Run {
        var settings = record.settings
        if let seed = record.seed { settings["seed"] = "\(seed)" }
        return Report.Run(
            path: path, tool: record.tool, version: record.version,
            command: ([record.tool] + record.arguments).map(shellWord).joined(separator: " "), settings: settings,
            started: record.started, finished: record.finished ?? record.started, seconds: record.seconds ?? .nan,
            duration: ToolFormat.duration(record.seconds ?? .nan),
            memory: record.peakMemoryBytes.map(ToolFormat.bytes) ?? "?",
            machine: "\(record.machine.cores) cores, \(record.machine.processor), \(record.machine.system)")
    }

    /// An argument as a shell would take it.
    private static func shellWord(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=,:+@".contains($0) }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }

    private static func names(in folder: URL) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw ReportError.noFolder(folder: folder.path, reason: ErrorText.line(for: error))
        }
    }

    private static func contents(_ url: URL) throws -> Data {
        try MappedFile(url).withBytes { Data($0) }
    }
}

/// Why there is nothing to report.
enum ReportError: Error, CustomStringConvertible {
    case noFolder(folder: String, reason: String)
    case noTables(folder: String)
    case noRecords(folder: String)

    var description: String {
        switch self {
        case .noFolder(let folder, let reason): return "\(folder): no folder that can be read: \(reason)"
        case .noTables(let folder): return "\(folder): there are no tables; plot-data writes them"
        case .noRecords(let folder):
            return
                "\(folder): there is no record of a run (run.json) below; give the folder of a pipeline, as runs/mini"
        }
    }
}
