/// The names of a classifier's classes, as config.json has them.
package enum LabelNames {
    /// The names of `id2label` in the order of their indices; `LABEL_0`, ... as transformers names them where there is
    /// no `id2label`.
    ///
    /// - Throws: `ModelError.badConfiguration` when the indices are not 0, 1, ..., or two classes have one name.
    package static func ordered(
        _ names: [String: String]?, count: Int, file: String
    ) throws(ModelError) -> [String] {
        guard let names else { return (0..<count).map(placeholder) }
        var ordered: [String] = []
        for index in 0..<names.count {
            guard let name = names["\(index)"] else {
                throw .badConfiguration(
                    file: file, field: "id2label", value: "without a class \(index)",
                    expected: "the classes 0 to \(names.count - 1)")
            }
            if let first = ordered.firstIndex(of: name) {
                throw .badConfiguration(
                    file: file, field: "id2label", value: "'\(name)' for the classes \(first) and \(index)",
                    expected: "a name for each class")
            }
            ordered.append(name)
        }
        return ordered
    }

    /// `id2label` of the names.
    package static func id2label(_ names: [String]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: names.enumerated().map { ("\($0.offset)", $0.element) })
    }

    /// `label2id` of the names.
    package static func label2id(_ names: [String]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
    }

    /// Whether the names are those that transformers gives to classes that have none.
    static func arePlaceholders(_ names: [String]) -> Bool { names == names.indices.map(placeholder) }

    private static func placeholder(_ index: Int) -> String { "LABEL_\(index)" }
}
