import Checkpoints
import Files
import Foundation

/// The digests of what a run reads, taken while it does its first work: those of a large model take longer than loading it.
///
/// They are waited for where they are compared with those of an earlier run, and before anything that holds them is
/// written.
struct InputDigests {
    private let model: Background<String>
    private let stream: Background<String>

    init(model: URL, stream: URL) {
        self.model = Background { try CheckpointFolder.digest(of: model) }
        self.stream = Background { try Digest.sha256(of: stream) }
    }

    /// - Throws: `FilesError` or `CheckpointError` when something cannot be read.
    func values() throws -> (model: String, stream: String) { (try model.value(), try stream.value()) }
}
