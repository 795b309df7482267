import Tensors

/// One input of a model: its tokens, and how many of them may be attended to.
package struct ModelInput: Sendable, Hashable {
    package let tokens: [Int32]
    package let visible: Int

    package init(_ tokens: [Int32]) {
        self.tokens = tokens
        visible = tokens.count
    }

    /// The tokens with padding up to `length`, as code that pads computes them: padding looks at the tokens, and
    /// nobody looks at it.
    package init(_ tokens: [Int32], paddedTo length: Int, with padding: Int32) {
        visible = tokens.count
        self.tokens = tokens + [Int32](repeating: padding, count: max(0, length - tokens.count))
    }

    static func layout(_ inputs: [ModelInput]) -> RaggedLayout {
        RaggedLayout(lengths: inputs.map(\.tokens.count), visible: inputs.map(\.visible))
    }
}
