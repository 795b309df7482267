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
            "editor": "grace", "layer": layer, "radius": "\(options.radius)",
            "learning_rate": "\(options.learningRate)", "steps": "\(options.steps)",
            "value_init": options.initialisation.rawValue, "replacement": options.replacement.rawValue,
            "query": options.query.rawValue, "rules": options.rules.rawValue, "seed": "\(options.seed)",
            "max_new_tokens": "\(maxNewTokens)",
        ]
    }

    /// Reads what `values` wrote; `file` is named in errors.
    package init(_ metadata: [String: String], file: String) throws {
        func field<T>(_ name: String, _ parse: (String) -> T?) throws -> T {
            guard let text = metadata[name] else {
                throw EditingError.badLog(file: file, what: "its metadata has no '\(name)'")
            }
            guard let value = parse(text) else {
                throw EditingError.badLog(file: file, what: "its metadata has \(name) '\(text)', which is not understood")
            }
            return value
        }
        var options = GRACEOptions(radius: try field("radius") { Float($0) })
        options.learningRate = try field("learning_rate") { Float($0) }
        options.steps = try field("steps") { Int($0) }
        options.initialisation = try field("value_init", ValueInitialisation.init)
        options.replacement = try field("replacement", Replacement.init)
        options.query = try field("query", QueryToken.init)
        options.rules = try field("rules", CodebookRules.init)
        options.seed = try field("seed") { UInt64($0) }
        self.options = options
        layer = try field("layer") { $0 }
        maxNewTokens = try field("max_new_tokens") { Int($0) }
    }
}
