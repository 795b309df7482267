import Editing
import Models

/// A replayed set with its labels, true answers and running scores.
package final class ScoredSet<Model: EditableModel> {
    private let replayed: ReplayedSet<Model>
    private let labels: [[Int32]]
    private let trueAnswers: [[String]]
    private let scorer: any PredictionScorer
    package private(set) var scores: [AnswerScore]
    private var sums = ScoreSums()

    /// - Parameters:
    ///   - trueAnswers: for each input the texts that count as right; may be empty.
    package init(
        _ replayed: ReplayedSet<Model>, labels: [[Int32]], trueAnswers: [[String]], scorer: any PredictionScorer
    ) {
        precondition(labels.count == replayed.count && trueAnswers.count == replayed.count, "one label for each input")
        self.replayed = replayed
        self.labels = labels
        self.trueAnswers = trueAnswers
        self.scorer = scorer
        scores = []
        for i in 0..<replayed.count {
            let score = scorer.score(replayed.answers[i], label: labels[i], trueAnswers: trueAnswers[i])
            scores.append(score)
            sums.add(score)
        }
    }

    package var metrics: SetMetrics { sums.means }

    /// Follows an edit; calls `onChange` with the old and new score of each input that was answered anew.
    func follow(
        _ codebook: Codebook, newKeys: Range<Int>, trained: Int,
        onChange: (_ input: Int, _ old: AnswerScore, _ new: AnswerScore) -> Void = { _, _, _ in }
    ) throws {
        for i in try replayed.follow(codebook, newKeys: newKeys, trained: trained) {
            let old = scores[i]
            scores[i] = scorer.score(replayed.answers[i], label: labels[i], trueAnswers: trueAnswers[i])
            sums.remove(old)
            sums.add(scores[i])
            onChange(i, old, scores[i])
        }
    }
}
