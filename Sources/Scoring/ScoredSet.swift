/// An evaluation set with its predictions, which change as a model is edited.
package protocol PredictedSet: AnyObject {
    var count: Int { get }
    var answers: [[Int32]] { get }
}

/// A predicted set with its labels, true answers and running scores.
package final class ScoredSet<Predictions: PredictedSet> {
    package let predictions: Predictions
    private let labels: [[Int32]]
    private let trueAnswers: [[String]]
    private let scorer: any PredictionScorer
    package private(set) var scores: [AnswerScore]
    private var sums = ScoreSums()

    /// - Parameters:
    ///   - trueAnswers: for each input the texts that count as right; may be empty.
    package init(
        _ predictions: Predictions, labels: [[Int32]], trueAnswers: [[String]], scorer: any PredictionScorer
    ) {
        precondition(
            labels.count == predictions.count && trueAnswers.count == predictions.count, "one label for each input")
        self.predictions = predictions
        self.labels = labels
        self.trueAnswers = trueAnswers
        self.scorer = scorer
        scores = []
        for i in 0..<predictions.count {
            let score = scorer.score(predictions.answers[i], label: labels[i], trueAnswers: trueAnswers[i])
            scores.append(score)
            sums.add(score)
        }
    }

    package var metrics: SetMetrics { sums.means }

    /// Scores the given inputs again; calls `onChange` with the old and new score of each.
    func rescore(
        _ inputs: [Int], onChange: (_ input: Int, _ old: AnswerScore, _ new: AnswerScore) -> Void = { _, _, _ in }
    ) {
        for i in inputs {
            let old = scores[i]
            scores[i] = scorer.score(predictions.answers[i], label: labels[i], trueAnswers: trueAnswers[i])
            sums.remove(old)
            sums.add(scores[i])
            onChange(i, old, scores[i])
        }
    }
}
