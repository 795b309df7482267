import Checkpoints
import Scoring

/// An evaluation set with the texts that count as right for each of its inputs.
struct LabelledSet {
    let tokens: TokenizedSet
    let trueAnswers: [[String]]

    func scored<Predictions: PredictedSet>(
        _ predictions: Predictions, _ scorer: any PredictionScorer
    ) -> ScoredSet<Predictions> {
        ScoredSet(predictions, labels: tokens.items.map(\.label), trueAnswers: trueAnswers, scorer: scorer)
    }
}

/// The sets of a table, and what scores their predictions.
struct LabelledSets {
    let stream: LabelledSet
    let upstream: LabelledSet?
    let holdout: LabelledSet?
    let scorer: any PredictionScorer
}
