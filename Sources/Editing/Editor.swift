import Models
import Tensors

/// An error to correct: an input that streamed in, with the label that the model failed to give.
package struct EditRequest: Sendable {
    /// Position in the stream, from 1; with the seed it governs all randomness of the edit.
    package let step: Int
    /// The input's id in its data set.
    package let id: Int
    package let prefix: SitePrefix
    package let label: [Int32]

    package init(step: Int, id: Int, prefix: SitePrefix, label: [Int32]) {
        self.step = step
        self.id = id
        self.prefix = prefix
        self.label = label
    }
}

/// What an editor did, for the edit log.
package struct EditOutcome: Sendable {
    package let action: String
    /// The key in force after the edit, its distance when the edit was decided (NaN if there was no key), and its
    /// radius after the edit; nil and NaN for editors without keys.
    package var key: Int?
    package var distance: Float = .nan
    package var radius: Float = .nan
    package let loss: Float
    package let steps: Int
    /// Whether the model gave the label right after the edit, where the editor looked.
    package var success: Bool?
}

/// What an editor has for an input.
package struct Retrieval {
    /// What the edited layer puts out, `[positions, valueWidth]`; nil defers to the frozen layer.
    package let siteOutput: Tensor?
    /// The nearest key with its distance and radius, for editors that have keys.
    package var key: Int?
    package var distance: Float = .nan
    package var radius: Float = .nan
}

/// Corrects a frozen model at one site, error by error. It sees an error, the frozen prefix and the site.
package protocol Editor: AnyObject {
    associatedtype Record: EditRecord

    /// Everything that the editor has done: what a log keeps, and what an editor is restored from.
    var record: Record { get }

    /// What the editor has for an input. Changes nothing. An editor that has not edited yet defers.
    func apply(to prefix: SitePrefix) -> Retrieval

    /// Told of inputs before the first of them is edited, may prepare for the edits of several. Changes no result.
    ///
    /// - Parameter isError: whether an input is an error where the edited layer puts out what is given; nil stands for what
    ///   the frozen layer does.
    /// - Returns: the steps of the edits that it has prepared.
    func lookAhead(_ requests: [EditRequest], isError: (EditRequest, Tensor?) -> Bool) -> [Int]

    /// Changes the editor so that the model gives the label.
    func edit(_ request: EditRequest) throws -> EditOutcome

    /// What the editor has done so far in a few words, such as `12 edits, 9 keys`.
    var summary: String { get }

    /// What stands in for the layer now, for the snapshots of a log; nil for an editor whose record tells of every step.
    var adaptor: (any Adaptor)? { get }
}

extension Editor {
    package func lookAhead(_ requests: [EditRequest], isError: (EditRequest, Tensor?) -> Bool) -> [Int] { [] }

    package var adaptor: (any Adaptor)? { nil }
}
