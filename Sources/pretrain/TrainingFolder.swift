import Files
import Foundation
import Models
import ToolSupport

/// The folder that a run trains a model into, locked while it does.
///
/// `run.json`, which lists the files of the model, is written last and removed first: with it the model is complete.
struct TrainingFolder {
    let url: URL
    private let lock: FolderLock
    private var record: URL { url.appendingPathComponent("run.json") }

    /// Makes the folder where it is missing, so that one that cannot be made is known before the training and not after it.
    /// - Throws: `FilesError` when it cannot be made, or another run has it.
    init(_ url: URL) throws {
        self.url = url
        lock = try FolderLock(url)
    }

    func release() { lock.release() }

    /// Whether the folder holds just what this run would make, so that nothing is left to do; says so.
    ///
    /// - Parameter planned: the record of this run with its settings and inputs.
    /// - Throws: `PretrainError` when the folder holds something else and is not to be overwritten.
    func isDone(_ planned: RunManifest, overwrite: Bool) throws -> Bool {
        guard FileManager.default.fileExists(atPath: record.path) else {
            let model = ["config.json", "model.safetensors", "spiece.model"].first { exists($0) }
            if let model, !overwrite { throw ToolError.exists(url.appendingPathComponent(model).path) }
            return false
        }
        try RunManifest.checkOwn(record)
        let found: RunManifest
        do {
            found = try RunManifest(contentsOf: record)
        } catch  where overwrite {
            return false
        }
        if let difference = planned.difference(from: found) {
            guard overwrite else {
                throw PretrainError.otherRun(
                    folder: url.path, field: difference.field, now: difference.now, then: difference.then)
            }
            return false
        }
        let isComplete = found.outputs.allSatisfy { exists(URL(fileURLWithPath: $0.path).lastPathComponent) }
        if isComplete { Message.note("\(url.relativePath): all done") }
        return isComplete
    }

    /// Writes the model and the files of its tokenizer, then the record of the run that made them.
    ///
    /// - Parameter results: what came out, by name.
    func finish(
        _ manifest: inout RunManifest, results: [String: String], model: some SavedModel,
        tokenizer: [(name: String, data: Data)] = []
    ) throws {
        try RunManifest.withdraw(record)
        for file in tokenizer { try AtomicFile.write(file.data, to: url.appendingPathComponent(file.name)) }
        for name in try model.write(to: url) + tokenizer.map(\.name) {
            try manifest.addOutput(url.appendingPathComponent(name))
        }
        manifest.settings.merge(results) { $1 }
        try manifest.finish(writingTo: record)
    }

    private func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: url.appendingPathComponent(name).path)
    }
}

extension RunManifest {
    /// The first of the planned settings and inputs that another record has otherwise.
    fileprivate func difference(from other: RunManifest) -> (field: String, now: String, then: String)? {
        for (field, now) in settings.sorted(by: { $0.key < $1.key }) where other.settings[field] != now {
            return (field, now, other.settings[field] ?? "none")
        }
        let digests = [self, other].map { $0.inputs.map { $0.sha256 ?? "" }.joined(separator: ",") }
        return digests[0] == digests[1] ? nil : ("input digests", digests[0], digests[1])
    }
}
