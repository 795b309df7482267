import Checkpoints
import Files
import Foundation

/// Checks that a model is the one that was edited, while the first work is done: its digest takes longer than loading it.
struct ModelCheck {
    private let digest: Background<String>
    private let folder: URL
    private let edits: LoggedEdits

    /// Begins.
    init(folder: URL, edits: LoggedEdits) {
        digest = Background { try CheckpointFolder.digest(of: folder) }
        (self.folder, self.edits) = (folder, edits)
    }

    /// Waits for the result; to be called before anything is written. Returns the model's digest.
    ///
    /// - Throws: `EvaluateError.otherInput` when it is another model.
    @discardableResult
    func finish() throws -> String {
        let digest = try digest.value()
        try edits.checkModel(digest, in: folder)
        return digest
    }

    /// Does what needs the right model. Where it fails because the model is another, that is what is said.
    func guarding(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch {
            try finish()
            throw error
        }
    }
}
