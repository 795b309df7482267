import Checkpoints

/// The fields of an MLP folder's config.json that define the computation.
package struct MLPConfig: Codable, Sendable, Equatable {
    /// Width of the input, of each hidden layer, and of the output: one logit.
    package var layerWidths = [2, 100, 100, 1]
    /// Names of the classes by index; the logit is for class 1.
    package var id2label: [String: String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case layerWidths = "layer_widths"
        case id2label
    }

    /// Checks what loading relies on; `file` is named in errors.
    package func validate(file: String) throws(ModelError) {
        guard layerWidths.count >= 2, layerWidths.allSatisfy({ 1...1 << 20 ~= $0 }) else {
            throw .badConfiguration(
                file: file, field: "layer_widths", value: "\(layerWidths)",
                expected: "two or more widths from 1 to \(1 << 20)")
        }
        guard layerWidths.last == 1 else {
            throw .badConfiguration(
                file: file, field: "layer_widths", value: "\(layerWidths)",
                expected: "1 as the last width: one logit tells two classes apart")
        }
        let names = try LabelNames.ordered(id2label, count: 2, file: file)
        guard names.count == 2 else {
            throw .badConfiguration(
                file: file, field: "id2label", value: "\(names.count) classes", expected: "2, as one logit tells apart")
        }
    }
}
