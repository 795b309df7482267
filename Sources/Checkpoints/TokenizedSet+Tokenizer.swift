import Files
import Foundation

extension TokenizedSet {
    /// Checks that the set was made with the vocabulary of a model, as far as both say: by the digest of the file that
    /// `tokenizer_file` in the metadata names, where the model's folder has one too.
    ///
    /// - Throws: `CheckpointError.otherTokenizer`; `FilesError` when the vocabulary cannot be read.
    package func checkTokenizer(of folder: URL, file: URL) throws {
        guard let name = metadata["tokenizer_file"], !name.contains("/"), let digest = metadata["tokenizer_sha256"]
        else {
            return
        }
        let vocabulary = folder.appendingPathComponent(name)
        guard FileManager.default.fileExists(atPath: vocabulary.path) else { return }
        guard try Digest.sha256(of: vocabulary) == digest else {
            throw CheckpointError.otherTokenizer(path: file.path, vocabulary: vocabulary.path)
        }
    }
}
