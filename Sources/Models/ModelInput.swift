import Checkpoints
import Tensors

/// One input of a model: its tokens and how many of them may be attended to, or its numbers.
package struct ModelInput: Sendable, Hashable {
    /// Empty for a model that reads numbers.
    package let tokens: [Int32]
    package let visible: Int
    /// Empty for a model that reads tokens.
    package let features: [Float]

    package init(_ tokens: [Int32]) {
        self.tokens = tokens
        visible = tokens.count
        features = []
    }

    /// Numbers, which pass through a model as one row.
    package init(features: [Float]) {
        tokens = []
        visible = 1
        self.features = features
    }

    /// The input of a row of a set.
    package init(_ item: TokenizedSet.Item) {
        self = item.features.isEmpty ? ModelInput(item.input) : ModelInput(features: item.features)
    }

    /// The tokens with padding up to `length`, as code that pads computes them: padding looks at the tokens, and
    /// nobody looks at it.
    package init(_ tokens: [Int32], paddedTo length: Int, with padding: Int32) {
        visible = tokens.count
        self.tokens = tokens + [Int32](repeating: padding, count: max(0, length - tokens.count))
        features = []
    }

    /// How many rows of activations the input has: one for each token, or one.
    package var rowCount: Int { features.isEmpty ? tokens.count : 1 }

    /// The inputs, as many at a time as may pass through a model together: the states of hundreds of long ones would fill
    /// the memory. No result depends on what an input passes with.
    static func groups(_ inputs: [ModelInput], rows most: Int = 2048) -> [ArraySlice<ModelInput>] {
        var groups: [ArraySlice<ModelInput>] = [], start = 0, rows = 0
        for (index, input) in inputs.enumerated() {
            rows += input.rowCount
            if rows >= most || index == inputs.count - 1 {
                groups.append(inputs[start...index])
                (start, rows) = (index + 1, 0)
            }
        }
        return groups
    }

    static func layout(_ inputs: [ModelInput]) -> RaggedLayout {
        RaggedLayout(lengths: inputs.map(\.rowCount), visible: inputs.map(\.visible))
    }
}
