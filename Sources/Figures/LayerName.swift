/// The name of an edit site for people.
package enum LayerName {
    /// `block 2` for `encoder.block.2.layer.1.DenseReluDense.wo`, `layer 10` for `bert.encoder.layer.10.output.dense`
    /// and `layers.10`, `layer 10 intermediate` for `bert.encoder.layer.10.intermediate.dense`, the path itself for any
    /// other; the pictures of pipelines/panels.gp use the same names.
    package static func short(_ path: String) -> String {
        let parts = path.split(separator: ".")
        for (word, name) in [("block", "block"), ("layers", "layer"), ("layer", "layer")] {
            if let position = parts.firstIndex(where: { $0 == word }), position + 1 < parts.count {
                let side = parts[0] == "decoder" ? "decoder " : ""
                let half = parts.contains("intermediate") ? " intermediate" : ""
                return "\(side)\(name) \(parts[position + 1])\(half)"
            }
        }
        return path
    }
}
