import Tensors

/// Everything that ever happened to a codebook, so that its state after any step of the stream can be rebuilt.
///
/// Steps are positions in the stream, from 1. Every edit adds one version of one value, at most one key, and at most
/// two changes of radius.
package struct CodebookHistory: Sendable {
    package struct Key: Sendable {
        package let step: Int
        package let id: Int
        package let key: [Float]
        package let label: [Int32]
    }

    package struct ValueVersion: Sendable {
        package let step: Int
        package let id: Int
        package let key: Int
        package let value: Tensor
    }

    package struct RadiusChange: Sendable {
        package let step: Int
        package let key: Int
        package let radius: Float
    }

    package let keyWidth: Int
    package let valueWidth: Int
    package internal(set) var keys: [Key] = []
    /// One for each edit, in order.
    package internal(set) var values: [ValueVersion] = []
    package internal(set) var radii: [RadiusChange] = []

    package init(keyWidth: Int, valueWidth: Int) {
        self.keyWidth = keyWidth
        self.valueWidth = valueWidth
    }

    package var editCount: Int { values.count }

    /// Adds what an edit did; `codebook` is its state after the edit.
    mutating func record(
        _ decision: Codebook.Decision, key: Int, of codebook: Codebook, _ request: EditRequest
    ) {
        func radius(_ key: Int) -> RadiusChange {
            RadiusChange(step: request.step, key: key, radius: codebook.radii[key])
        }
        switch decision {
        case .add: radii.append(radius(key))
        case .expand: radii.append(radius(key))
        case .train: break
        case .split(let near): radii += [radius(near.key), radius(key)]
        }
        if key == keys.count {
            let floats = Array(codebook.keys[key * keyWidth..<(key + 1) * keyWidth])
            keys.append(Key(step: request.step, id: request.id, key: floats, label: request.label))
        }
        values.append(ValueVersion(step: request.step, id: request.id, key: key, value: codebook.values[key]))
    }

    /// The codebook as it was when `step` inputs had streamed in.
    package func codebook(at step: Int, rules: CodebookRules) -> Codebook {
        var codebook = Codebook(keyWidth: keyWidth, rules: rules)
        for key in keys.prefix(while: { $0.step <= step }) {
            codebook.add(key: key.key, value: Tensor(zeros: [valueWidth]), radius: 0, label: key.label)
        }
        for version in values.prefix(while: { $0.step <= step }) { codebook.setValue(version.value, of: version.key) }
        for change in radii.prefix(while: { $0.step <= step }) { codebook.setRadius(change.radius, of: change.key) }
        return codebook
    }
}
