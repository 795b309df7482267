import Tables

/// The scores of an edited model after one edit: a row of a metric table.
package struct Metrics: Sendable {
    /// How many inputs had streamed in.
    package var step: Int
    package var edits: Int
    /// Keys in the codebook; nil for an editor without one.
    package var keys: Int?
    package var upstream = SetMetrics.undefined
    /// Over all inputs edited so far.
    package var online = SetMetrics.undefined
    package var holdout = SetMetrics.undefined
    /// Over the whole stream, edited or not, past and to come.
    package var stream = SetMetrics.undefined
    /// Share of edits after which the model at once gave the label.
    package var editSuccess: Float = .nan

    /// Mean of upstream and online F1, or accuracy (paper, section 3.2).
    package var editScore: Float { (upstream.f1 + online.f1) / 2 }
    package var keyEditRatio: Float { keys.map { edits == 0 ? .nan : Float($0) / Float(edits) } ?? .nan }
    /// Share of the inputs so far that needed editing.
    package var editShare: Float { step == 0 ? .nan : Float(edits) / Float(step) }
}

extension MetricLayout {
    /// The values of `scoreColumns`.
    package func cells(_ row: Metrics) -> [any TableCell] {
        let upstream = row.upstream, online = row.online, holdout = row.holdout
        switch self {
        case .answers:
            return [
                row.step, row.edits, row.keys, upstream.f1, upstream.exactMatch, online.f1, online.exactMatch,
                row.editScore, holdout.f1, holdout.exactMatch, row.editSuccess, row.keyEditRatio, row.editShare,
                row.stream.exactMatch, upstream.tokenF1, online.tokenF1, holdout.tokenF1, upstream.officialF1,
                online.officialF1, holdout.officialF1,
            ]
        case .classes:
            return [
                row.step, row.edits, row.keys, upstream.exactMatch, online.exactMatch, row.editScore,
                holdout.exactMatch, row.editSuccess, row.keyEditRatio, row.editShare, row.stream.exactMatch,
            ]
        }
    }
}

/// Means of answer scores over a set.
package struct SetMetrics: Sendable {
    package var f1: Float
    package var exactMatch: Float
    package var tokenF1: Float
    package var officialF1: Float

    /// The scores of a set that is empty or was not given.
    package static let undefined = SetMetrics(f1: .nan, exactMatch: .nan, tokenF1: .nan, officialF1: .nan)
}

/// Sums of scores that follow changes of single answers, so that a mean costs nothing.
struct ScoreSums {
    private var count = 0
    private var f1 = 0.0
    private var exactMatch = 0.0
    private var tokenF1 = 0.0
    private var officialF1 = 0.0

    mutating func add(_ score: AnswerScore) { change(by: 1, score) }
    mutating func remove(_ score: AnswerScore) { change(by: -1, score) }

    private mutating func change(by sign: Double, _ score: AnswerScore) {
        count += Int(sign)
        f1 += sign * Self.fixed(score.f1)
        exactMatch += sign * Self.fixed(score.exactMatch)
        tokenF1 += sign * Self.fixed(score.tokenF1)
        officialF1 += sign * Self.fixed(score.officialF1)
    }

    /// A multiple of 2⁻³², so that sums of millions are exact and do not depend on the order of changes.
    private static func fixed(_ score: Float) -> Double { (Double(score) * 0x1p32).rounded() * 0x1p-32 }

    var means: SetMetrics {
        guard count > 0 else { return .undefined }
        func mean(_ sum: Double) -> Float { Float(sum / Double(count)) }
        return SetMetrics(
            f1: mean(f1), exactMatch: mean(exactMatch), tokenF1: mean(tokenF1), officialF1: mean(officialF1))
    }
}
