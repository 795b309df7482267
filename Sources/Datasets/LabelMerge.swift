/// Classes that become another one: `First Amendment,Due Process=Civil Rights` (the paper's Appendix B).
package struct LabelMerge: Equatable, Sendable {
    package let sources: [String]
    package let target: String

    /// What the paper merges in the training split: 14 issue areas become 11.
    package static let paper = [
        LabelMerge(["First Amendment", "Due Process"], into: "Civil Rights"),
        LabelMerge(["Unions"], into: "Economic Activity"),
    ]

    package init(_ sources: [String], into target: String) {
        self.sources = sources
        self.target = target
    }

    /// A merge as `A,B=C`; nil for other text.
    package init?(_ text: String) {
        func name(_ part: Substring) -> String? {
            let words = part.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            return words.isEmpty ? nil : words
        }
        let sides = text.split(separator: "=", omittingEmptySubsequences: false)
        guard sides.count == 2, let target = name(sides[1]) else { return nil }
        let parts = sides[0].split(separator: ",", omittingEmptySubsequences: false)
        let sources = parts.compactMap(name)
        guard sources.count == parts.count else { return nil }
        self.init(sources, into: target)
    }

    package var text: String { sources.joined(separator: ",") + "=" + target }
}

/// What each class of a list is called after merging.
package struct LabelMerger: Equatable, Sendable {
    private let targets: [String: String]

    /// - Throws: `DatasetError` for a merge that names a class the list lacks, merges a class twice or into itself, or
    ///   merges into a class that is merged away.
    package init(_ merges: [LabelMerge], labels: LabelList) throws {
        var targets: [String: String] = [:]
        func known(_ name: String, _ merge: LabelMerge) throws -> String {
            guard let label = labels.canonical(name) else {
                throw DatasetError.badMerge(
                    merge.text,
                    reason: "\(name) is no class of \(labels.name) (\(labels.names.joined(separator: ", ")))")
            }
            return label
        }
        for merge in merges {
            let target = try known(merge.target, merge)
            for source in try merge.sources.map({ try known($0, merge) }) {
                guard source != target else {
                    throw DatasetError.badMerge(merge.text, reason: "\(source) is merged into itself")
                }
                guard targets.updateValue(target, forKey: source) == nil else {
                    throw DatasetError.badMerge(merge.text, reason: "\(source) is merged twice")
                }
            }
        }
        for merge in merges {
            let target = try known(merge.target, merge)
            if let next = targets[target] {
                throw DatasetError.badMerge(merge.text, reason: "\(target) is itself merged into \(next)")
            }
        }
        self.targets = targets
    }

    /// The name of a class, as the list has it, after merging.
    package func merged(_ label: String) -> String { targets[label] ?? label }
}
