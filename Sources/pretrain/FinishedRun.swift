import Foundation
import ToolSupport

/// What a folder that is to be written to already holds.
enum FinishedRun {
    /// Whether the folder holds just what this run would make, so that nothing is left to do.
    ///
    /// - Parameter planned: the record of this run with its settings and inputs.
    /// - Throws: `PretrainError` when the folder holds something else and is not to be overwritten.
    static func isDone(_ planned: RunManifest, in folder: URL, overwrite: Bool) throws -> Bool {
        let record = folder.appendingPathComponent("run.json")
        guard FileManager.default.fileExists(atPath: record.path) else {
            let model = ["config.json", "model.safetensors", "spiece.model"].first { name in
                FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
            }
            if let model, !overwrite {
                throw ToolError.exists(folder.appendingPathComponent(model).path)
            }
            return false
        }
        let found: RunManifest
        do {
            found = try RunManifest(contentsOf: record)
        } catch {
            guard overwrite else { throw error }
            return false
        }
        guard let difference = difference(planned, found) else {
            let model = folder.appendingPathComponent("model.safetensors")
            return FileManager.default.fileExists(atPath: model.path)
        }
        guard overwrite else {
            throw PretrainError.otherRun(
                folder: folder.path, field: difference.field, now: difference.now, then: difference.then)
        }
        return false
    }

    /// The first of the planned settings and inputs that the record has otherwise.
    private static func difference(
        _ planned: RunManifest, _ found: RunManifest
    ) -> (field: String, now: String, then: String)? {
        for (field, now) in planned.settings.sorted(by: { $0.key < $1.key }) where found.settings[field] != now {
            return (field, now, found.settings[field] ?? "none")
        }
        let digests = [planned, found].map { $0.inputs.map { $0.sha256 ?? "" }.joined(separator: ",") }
        return digests[0] == digests[1] ? nil : ("input digests", digests[0], digests[1])
    }
}
