import Foundation

/// GRACE's settings as the string metadata of an edit log, both ways.
package struct GRACEMetadata: Sendable {
    package let options: GRACEOptions
    package let layer: String
    package let maxNewTokens: Int

    package init(options: GRACEOptions, layer: String, maxNewTokens: Int) {
        self.options = options
        self.layer = layer
        self.maxNewTokens = maxNewTokens
    }

    package var values: [String: String] {
        [
            "editor": EditorName.grace.rawValue, "layer": layer, "radius": "\(options.radius)",
            "learning_rate": "\(options.learningRate)", "steps": "\(options.steps)",
            "value_init": options.initialisation.rawValue, "replacement": options.replacement.rawValue,
            "query": options.query.rawValue, "rules": options.rules.rawValue, "seed": "\(options.seed)",
            "max_new_tokens": "\(maxNewTokens)",
        ]
    }

    /// Reads what `values` wrote; `file` is named in errors.
    package init(_ metadata: [String: String], file: String) throws {
        let log = LogMetadata(metadata, file: file)
        var options = GRACEOptions(radius: try log.field("radius") { Float($0) })
        options.learningRate = try log.field("learning_rate") { Float($0) }
        options.steps = try log.field("steps") { Int($0) }
        options.initialisation = try log.field("value_init", ValueInitialisation.init)
        options.replacement = try log.field("replacement", Replacement.init)
        options.query = try log.field("query", QueryToken.init)
        options.rules = try log.field("rules", CodebookRules.init)
        options.seed = try log.field("seed") { UInt64($0) }
        self.options = options
        layer = try log.field("layer") { $0 }
        maxNewTokens = try log.maxNewTokens()
    }
}
