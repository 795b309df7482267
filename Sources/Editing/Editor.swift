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
    /// radius after the edit.
    package let key: Int
    package let distance: Float
    package let radius: Float
    package let loss: Float
    package let steps: Int
}

/// What an editor has for an input.
package struct Retrieval {
    /// What the edited layer puts out, `[positions, valueWidth]`; nil defers to the frozen layer.
    package let siteOutput: Tensor?
    /// The nearest key with its distance and radius, for editors that have keys.
    package let key: Int?
    package let distance: Float
    package let radius: Float
}

/// Corrects a frozen model at one site, error by error.
package protocol Editor: AnyObject {
    /// What the editor has for an input. Changes nothing.
    func retrieve(_ prefix: SitePrefix) -> Retrieval

    /// Told of errors that will probably stream in next, may prepare for them. Changes no result.
    func lookAhead(_ requests: [EditRequest])

    /// Changes the editor so that the model gives the label.
    func edit(_ request: EditRequest) throws -> EditOutcome
}
