import Foundation
import Tables

/// What tells one run of an editor from another.
package struct RunKey: Hashable, Sendable {
    package var editor: String
    /// The edit site: the path of the edited layer.
    package var layer: String
    /// The initial deferral radius; `nil` for an editor that has none.
    package var epsilon: Double?
    /// The learning rate of an edit; `nil` for an editor that has none.
    package var learningRate: Double?
    package var seed: UInt64

    package init(editor: String, layer: String, epsilon: Double?, learningRate: Double?, seed: UInt64) {
        self.editor = editor
        self.layer = layer
        self.epsilon = epsilon
        self.learningRate = learningRate
        self.seed = seed
    }

    /// The fields of `MetricLayout.runColumns`.
    var cells: [any TableCell] {
        [editor, layer, epsilon, learningRate, seed]
    }

    /// The run in words, for messages.
    var text: String {
        zip(MetricLayout.runColumns, cells).map { "\($0) \($1.cell)" }.joined(separator: ", ")
    }
}

extension RunKey: Comparable {
    /// The order of the tables: by editor, layer (block 2 before block 10), radius, learning rate and seed.
    package static func < (left: RunKey, right: RunKey) -> Bool {
        if left.editor != right.editor { return left.editor < right.editor }
        switch left.layer.compare(right.layer, options: .numeric) {
        case .orderedAscending: return true
        case .orderedDescending: return false
        case .orderedSame: break
        }
        let lefts = [left.epsilon ?? -1, left.learningRate ?? -1]
        let rights = [right.epsilon ?? -1, right.learningRate ?? -1]
        return lefts == rights ? left.seed < right.seed : lefts.lexicographicallyPrecedes(rights)
    }
}
