import Foundation

/// A run of an editor with curves that a test chooses, as `evaluate` would write it.
package struct MadeRun: Sendable {
    /// Which scores the table has.
    package enum Scores { case answers, classes }

    package var editor: String
    package var layer: String
    /// The radius, where the editor has one.
    package var epsilon: Double?
    package var learningRate: Double
    package var seed: Int
    /// The numbers of edits that have a row.
    package var edits: [Int]
    package var success: Double
    package var upstream: @Sendable (Int) -> Double
    package var online: @Sendable (Int) -> Double
    package var keys: @Sendable (Int) -> Double

    package init(
        _ editor: String, layer: String = "layers.1", epsilon: Double? = nil, learningRate: Double = 1, seed: Int = 0,
        edits: [Int] = Array(stride(from: 0, through: 100, by: 10)), success: Double = 1,
        upstream: @escaping @Sendable (Int) -> Double = { _ in 0.9 },
        online: @escaping @Sendable (Int) -> Double = { _ in 0.9 },
        keys: @escaping @Sendable (Int) -> Double = { _ in .nan }
    ) {
        self.editor = editor
        self.layer = layer
        self.epsilon = epsilon
        self.learningRate = learningRate
        self.seed = seed
        self.edits = edits
        self.success = success
        self.upstream = upstream
        self.online = online
        self.keys = keys
    }

    /// An editor whose scores decay by a share with each edit.
    package static func decaying(
        _ editor: String, learningRate: Double, seed: Int = 0, success: Double = 1, upstream: Double, online: Double
    ) -> MadeRun {
        MadeRun(
            editor, learningRate: learningRate, seed: seed, success: success,
            upstream: { 0.9 * pow(1 - upstream, Double($0)) }, online: { pow(1 - online, Double($0)) })
    }

    /// GRACE, which keys a share of its edits.
    package static func grace(
        radius: Double, seed: Int = 0, keysPerEdit: Double, upstream: Double = 0.89, online: Double
    ) -> MadeRun {
        MadeRun(
            "grace", epsilon: radius, seed: seed, edits: Array(0...100), upstream: { $0 == 0 ? 0.9 : upstream },
            online: { _ in online }, keys: { (keysPerEdit * Double($0)).rounded() })
    }

    /// The metric table of some runs.
    package static func table(_ runs: [MadeRun], _ scores: Scores) -> String {
        let columns =
            scores == .answers
            ? """
            editor layer epsilon lr seed step edits keys upstream_f1 upstream_em online_f1 online_em edit_score \
            holdout_f1 holdout_em edit_success key_edit_ratio edit_share stream_em upstream_token_f1 online_token_f1 \
            holdout_token_f1 upstream_official_f1 online_official_f1 holdout_official_f1
            """
            : """
            editor layer epsilon lr seed step edits keys upstream_accuracy online_accuracy edit_score \
            holdout_accuracy edit_success key_edit_ratio edit_share stream_accuracy
            """
        let names = columns.split(separator: " ").map(String.init)
        let rows = runs.flatMap { run in
            run.edits.map { edits in names.map { run.field($0, edits) } }
        }
        return ([names] + rows).map { $0.joined(separator: "\t") + "\n" }.joined()
    }

    private func field(_ column: String, _ edits: Int) -> String {
        switch column {
        case "editor": return editor
        case "layer": return layer
        case "epsilon": return Self.text(epsilon ?? .nan)
        case "lr": return Self.text(learningRate)
        case "seed": return "\(seed)"
        case "step": return "\(edits * 2)"
        case "edits": return "\(edits)"
        default: return Self.text(score(column, edits))
        }
    }

    private func score(_ column: String, _ edits: Int) -> Double {
        let isBefore = edits == 0
        switch column {
        case "keys": return keys(edits)
        case "edit_success": return isBefore ? .nan : success
        case "key_edit_ratio": return isBefore ? .nan : keys(edits) / Double(edits)
        case "edit_share": return isBefore ? .nan : 0.5
        case "edit_score": return isBefore ? .nan : (upstream(edits) + online(edits)) / 2
        case let name where name.hasPrefix("upstream"): return upstream(edits)
        case let name where name.hasPrefix("online"): return isBefore ? .nan : online(edits)
        case let name where name.hasPrefix("holdout"): return .nan
        default: return isBefore ? 0.4 : 0.6
        }
    }

    private static func text(_ number: Double) -> String {
        number.isNaN ? "nan" : "\(number)"
    }
}
