import Editing
import Foundation

/// The settings that define a run's result. They are kept with the edit log: a run resumes only its own.
struct RunSettings {
    /// Those that are known without the digests of the inputs.
    private let given: [String: String]
    private let digests: InputDigests

    /// - Parameters:
    ///   - editor: the editor's own settings.
    ///   - inputLength: the most tokens of an input, where the stream says so; questions that the edited model is asked
    ///     later are cut alike.
    init(editor: [String: String], compat: Compatibility, inputLength: String?, digests: InputDigests) {
        var given = editor.merging(["compat": compat.rawValue]) { $1 }
        given["max_length"] = inputLength
        self.given = given
        self.digests = digests
    }

    /// All settings; waits for the digests.
    func values() throws -> [String: String] {
        let digests = try digests.values()
        return given.merging(["model_sha256": digests.model, "stream_sha256": digests.stream]) { $1 }
    }

    /// The state that is already in the folder; nil where a run starts afresh.
    ///
    /// - Throws: `EditingError.otherSettings` when it was made with other settings and is not to be overwritten.
    func resume<Record>(_ log: EditLog<Record>, overwrite: Bool) throws -> EditLog<Record>.State? {
        if log.isOfOtherEditor {
            guard overwrite else {
                throw EditingError.otherSettings(
                    file: log.folder.path, field: "editor", now: given["editor"] ?? "none",
                    then: Record.fileName == CodebookHistory.fileName ? "one that has no codebook" : "grace")
            }
            try log.remove()
        }
        let found: EditLog<Record>.State?
        do {
            found = try log.load()
        } catch  where overwrite {
            found = nil
        }
        // A run that failed before its first input is no obstacle to one with other settings.
        guard let state = found, state.steps > 0 else {
            if overwrite { try log.remove() } else { try log.removeSnapshots() }
            return nil
        }
        let values = try values()
        guard let field = values.keys.sorted().first(where: { state.metadata[$0] != values[$0] }) else { return state }
        guard overwrite else {
            throw EditingError.otherSettings(
                file: log.folder.path, field: field, now: values[field] ?? "none", then: state.metadata[field] ?? "none"
            )
        }
        try log.remove()
        return nil
    }
}
