/// Finds the dictionary of tensors in what a pickle built.
enum StateDictionary {
    /// Names under which training scripts keep it beside other things.
    static let wrappers = ["state_dict", "model", "model_state_dict", "module", "net", "network"]

    /// The tensors by name: those of the dictionary itself, or of the one dictionary of tensors inside it.
    ///
    /// Entries that are no tensors (an epoch, a version) are left out.
    static func views(in value: PickleValue, path: String) throws(CheckpointError) -> [String: TensorView] {
        func bad(_ reason: String) -> CheckpointError { .noStateDict(path: path, reason: reason) }
        guard case .dictionary(let root) = value else { throw bad("holds \(value.kind)") }
        let direct = tensors(in: root)
        var nested: [(name: String, views: [String: TensorView])] = []
        for name in wrappers {
            guard case .dictionary(let inner)? = root.last(named: name) else { continue }
            let views = tensors(in: inner)
            if !views.isEmpty { nested.append((name, views)) }
        }
        if direct.isEmpty, nested.count == 1 { return nested[0].views }
        if nested.isEmpty, !direct.isEmpty { return direct }
        if nested.isEmpty { throw bad("holds no tensors") }
        let found = (direct.isEmpty ? [] : ["tensors of its own"]) + nested.map { "tensors under \($0.name)" }
        throw bad("holds \(found.joined(separator: " and ")), so it is not clear which are meant")
    }

    private static func tensors(in dictionary: PickleDictionary) -> [String: TensorView] {
        var views: [String: TensorView] = [:]
        for (key, value) in dictionary.entries {
            guard let name = key.string else { continue }
            if case .tensor(let view) = value { views[name] = view } else { views[name] = nil }
        }
        return views
    }
}

extension PickleDictionary {
    /// The value that counts for a name.
    func last(named name: String) -> PickleValue? {
        entries.last { $0.key.string == name }?.value
    }
}
