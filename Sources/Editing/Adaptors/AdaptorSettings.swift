/// What must be known of an editor with an adaptor to apply it, as the string metadata of its files.
package struct AdaptorSettings: Sendable {
    package let editor: EditorName
    package let layer: String
    package let learningRate: Float
    package let query: QueryToken
    package let replacement: Replacement
    package let seed: UInt64
    package let maxNewTokens: Int

    package init(editor: EditorName, layer: String, options: AdaptorOptions, maxNewTokens: Int) {
        self.editor = editor
        self.layer = layer
        self.maxNewTokens = maxNewTokens
        learningRate = options.learningRate
        query = options.query
        replacement = options.replacement
        seed = options.seed
    }

    package var values: [String: String] {
        [
            "editor": editor.rawValue, "layer": layer, "learning_rate": "\(learningRate)", "query": query.rawValue,
            "replacement": replacement.rawValue, "seed": "\(seed)", "max_new_tokens": "\(maxNewTokens)",
        ]
    }

    /// Reads what `values` wrote; `file` is named in errors.
    package init(_ metadata: LogMetadata) throws {
        editor = try metadata.field("editor", EditorName.init)
        layer = try metadata.field("layer") { $0 }
        learningRate = try metadata.field("learning_rate") { Float($0) }
        query = try metadata.field("query", QueryToken.init)
        replacement = try metadata.field("replacement", Replacement.init)
        seed = try metadata.field("seed") { UInt64($0) }
        maxNewTokens = try metadata.maxNewTokens()
    }
}
