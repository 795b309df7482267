import Editing
import Foundation

/// The settings that define a run's result. They are kept with the edit log: a run resumes only its own.
struct RunSettings {
    let values: [String: String]

    /// - Parameters:
    ///   - editor: the editor's own settings.
    ///   - inputLength: the most tokens of an input, where the stream says so; questions that the edited model is asked
    ///     later are cut alike.
    init(
        editor: [String: String], compat: Compatibility, inputLength: String?, modelDigest: String, streamDigest: String
    ) {
        var values = editor.merging([
            "compat": compat.rawValue, "model_sha256": modelDigest, "stream_sha256": streamDigest,
        ]) { $1 }
        values["max_length"] = inputLength
        self.values = values
    }

    /// The state that is already in the folder; nil where a run starts afresh.
    ///
    /// - Throws: `EditingError.otherSettings` when it was made with other settings and is not to be overwritten.
    func resume<Record>(_ log: EditLog<Record>, overwrite: Bool) throws -> EditLog<Record>.State? {
        if log.isOfOtherEditor {
            guard overwrite else {
                throw EditingError.otherSettings(
                    file: log.folder.path, field: "editor", now: values["editor"] ?? "none", then: "another")
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
            if overwrite { try log.remove() }
            return nil
        }
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
