/// What a model does with its inputs, and how a label is written as numbers.
package enum ModelTask: Sendable, Equatable {
    /// It generates tokens until one of those that end an answer: a label is the token ids of the answer, the end token
    /// last.
    case generation(endTokens: [Int32], padToken: Int32)
    /// It names one of the classes, here in the order of their indices: a label is one class index.
    case classification(labels: [String])

    /// The names of the classes; nil for a model that generates.
    package var labels: [String]? {
        switch self {
        case .generation: nil
        case .classification(let labels): labels
        }
    }
}

/// What a model reads.
package enum InputKind: Sendable, Equatable {
    /// Token ids below `vocabulary`, at most `longest` of them where the model has a limit.
    case tokens(vocabulary: Int, longest: Int?)
    /// So many numbers.
    case features(width: Int)
}
