import Checkpoints
import Foundation

/// A Hugging Face folder of any model that can be edited.
package enum ModelFolder {
    /// Loads the model that `model_type` in config.json names.
    ///
    /// - Throws: `ModelError.unsupported` for other models, and what loading that model throws.
    package static func load(_ folder: URL) throws -> any EditableModel {
        switch try CheckpointFolder.config(Kind.self, in: folder).modelType {
        case "t5": return try T5Model(folder: folder)
        case "bert": return try BertModel(folder: folder)
        case "mlp": return try MLPModel(folder: folder)
        case let other:
            throw ModelError.unsupported(
                file: folder.appendingPathComponent("config.json").path, field: "model_type", value: other,
                supported: "t5, bert, mlp")
        }
    }

    /// The part of config.json that says which model it is.
    private struct Kind: Decodable {
        let modelType: String

        private enum CodingKeys: String, CodingKey {
            case modelType = "model_type"
        }
    }
}
