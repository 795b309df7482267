import Autodiff
import Checkpoints
import Files
import Foundation

/// A model that can be trained and written as a Hugging Face folder.
package protocol SavedModel {
    /// The trainable tensors under their names in the checkpoint, in a fixed order.
    var parameters: [(name: String, variable: Variable)] { get }

    /// The JSON files of the folder by name, `config.json` among them.
    var settingsFiles: [(name: String, content: any Encodable)] { get }
}

extension SavedModel {
    /// Number of trainable floats.
    package var parameterCount: Int { parameters.reduce(0) { $0 + $1.variable.value.count } }

    /// Writes `model.safetensors` and the JSON files as transformers writes and reads them; returns their names.
    ///
    /// - Throws: `FilesError` when something cannot be written.
    @discardableResult
    package func write(to folder: URL) throws -> [String] {
        let weights = "model.safetensors"
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        for (name, variable) in parameters { writer.add(name, variable.value) }
        try writer.write(to: folder.appendingPathComponent(weights))
        for (name, content) in settingsFiles {
            try AtomicFile.write(json: content, to: folder.appendingPathComponent(name))
        }
        return [weights] + settingsFiles.map(\.name)
    }
}
