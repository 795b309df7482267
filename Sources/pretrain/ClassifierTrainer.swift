import Algorithms
import Autodiff
import Models
import Tensors
import ToolSupport

/// A document as token ids, with its class.
struct ClassifiedText {
    let tokens: [Int32]
    let label: Int32
}

/// Fine-tunes a BERT classifier with AdamW, and keeps the weights of the epoch that did best on other documents.
struct ClassifierTrainer {
    let model: BertModel
    let training: [ClassifiedText]
    let upstream: [ClassifiedText]
    let options: ClassifierTrainingOptions
    let learningRate: Float
    let weightDecay: Float
    let seed: UInt64
    let checkpoint: TrainingCheckpoint

    struct Result {
        var progress: TrainingProgress
        /// Tokens per second and seconds per step over the steps of this process; nil without any.
        var tokensPerSecond: Double?
        var stepSeconds: Double?
    }

    /// Trains from the checkpoint where there is one; leaves the best weights in the model.
    func train() throws -> Result {
        let optimiser = AdamW(
            model.parameters.map { name, variable in
                // Biases and norms are vectors.
                AdamW.Parameter(name: name, variable: variable, decays: variable.shape.count > 1)
            }, weightDecay: weightDecay)
        let buckets = LengthBuckets(
            lengths: training.map(\.tokens.count), batchSize: options.batchSize, seed: seed)
        let total = options.totalSteps(perEpoch: buckets.batchesPerEpoch)
        var progress = try checkpoint.load(into: optimiser) ?? TrainingProgress()
        if optimiser.steps > 0 { Message.note("going on after step \(optimiser.steps) of \(total)") }
        let line = ProgressLine("training", total: total, unit: "steps", done: optimiser.steps)
        var meter = Meter()
        while optimiser.steps < total {
            let epoch = optimiser.steps / buckets.batchesPerEpoch
            let batches = buckets.batches(epoch: epoch)
            for batch in batches[(optimiser.steps % buckets.batchesPerEpoch)...] where optimiser.steps < total {
                let examples = batch.map { training[$0] }
                let start = ContinuousClock.now
                let loss = try step(examples, optimiser, of: total, &progress)
                meter.add(tokens: examples.reduce(0) { $0 + $1.tokens.count }, start.duration(to: .now).inSeconds)
                line.advance(
                    "loss \(ToolFormat.decimal(Double(loss), digits: 4)), accuracy "
                        + "\(ToolFormat.decimal(progress.accuracy, digits: 3)), \(Int(meter.tokensPerSecond ?? 0)) tokens/s"
                )
                if optimiser.steps.isMultiple(of: options.checkpointEvery), optimiser.steps < total {
                    try checkpoint.save(optimiser, progress)
                }
            }
            try finish(epoch: epoch, of: total, optimiser, &progress, meter)
        }
        line.finish()
        try checkpoint.restoreBest(into: model)
        return Result(progress: progress, tokensPerSecond: meter.tokensPerSecond, stepSeconds: meter.medianStep)
    }

    /// One step on a batch; returns its mean loss.
    private func step(
        _ batch: [ClassifiedText], _ optimiser: AdamW, of total: Int, _ progress: inout TrainingProgress
    ) throws -> Float {
        let tape = Tape()
        let labels = batch.map(\.label)
        let logits = model.logits(
            batch.map { ModelInput($0.tokens) }, tape, training: TrainingStep(seed: seed, step: optimiser.steps))
        let (sum, losses) = model.loss(logits, labels: labels, tape)
        let mean = tape.scale(sum, by: 1 / Float(batch.count))
        guard mean.value.scalar.isFinite else {
            throw PretrainError.lossNotFinite(step: optimiser.steps + 1, learningRate: learningRate)
        }
        progress.add(losses: losses, right: try zip(BertModel.classes(logits.value), labels).count { $0 == $1 })
        tape.backward(from: mean)
        optimiser.step(learningRate: rate(at: optimiser.steps, of: total), clip: options.clip)
        return mean.value.scalar
    }

    /// Linear warm-up, then linear decay to zero.
    private func rate(at step: Int, of total: Int) -> Float {
        let warmUp = Int(Float(total) * options.warmUp)
        if step < warmUp { return learningRate * Float(step + 1) / Float(warmUp) }
        return learningRate * Float(total - step) / Float(max(1, total - warmUp))
    }

    /// Scores the model at the end of an epoch, keeps it if it is the best so far, and begins the next epoch's sums.
    private func finish(
        epoch: Int, of total: Int, _ optimiser: AdamW, _ progress: inout TrainingProgress, _ meter: Meter
    ) throws {
        let score = try evaluate(upstream)
        let isBest = progress.best.map { score.isBetter(than: $0) } ?? true
        Message.note(
            "epoch \(epoch + 1): loss \(ToolFormat.decimal(progress.meanLoss, digits: 4)), accuracy "
                + "\(ToolFormat.decimal(progress.accuracy, digits: 4)); upstream loss "
                + "\(ToolFormat.decimal(score.loss, digits: 4)), accuracy \(ToolFormat.decimal(score.accuracy, digits: 4))"
                + (isBest ? " (best)" : "") + "; \(Int(meter.tokensPerSecond ?? 0)) tokens/s")
        if isBest {
            try checkpoint.saveBest(model)
            (progress.best, progress.bestEpoch) = (score, epoch + 1)
        }
        progress.beginEpoch()
        try checkpoint.save(optimiser, progress)
    }

    /// Mean loss and accuracy without dropout, a few documents at a time.
    func evaluate(_ texts: [ClassifiedText]) throws -> ClassifierScore {
        var loss = 0.0, right = 0
        for part in texts.chunks(ofCount: Self.evaluationBatch) {
            let tape = Tape(recording: false)
            let logits = model.logits(part.map { ModelInput($0.tokens) }, tape)
            loss += model.loss(logits, labels: part.map(\.label), tape).each.reduce(0) { $0 + Double($1) }
            right += try zip(BertModel.classes(logits.value), part).count { $0 == $1.label }
        }
        return ClassifierScore(accuracy: Double(right) / Double(texts.count), loss: loss / Double(texts.count))
    }

    private static let evaluationBatch = 16
}

/// How well a classifier does.
struct ClassifierScore: Equatable {
    let accuracy: Double
    let loss: Double

    func isBetter(than other: ClassifierScore) -> Bool { (accuracy, -loss) > (other.accuracy, -other.loss) }
}

/// What training has seen and reached so far.
struct TrainingProgress: Equatable {
    var best: ClassifierScore?
    /// The epoch of `best`, from 1.
    var bestEpoch = 0
    /// Sums over the present epoch.
    var lossSum = 0.0
    var right = 0
    var seen = 0
    /// The mean training loss of the epoch before; NaN where there is none.
    var lastLoss = Double.nan

    var meanLoss: Double { seen == 0 ? .nan : lossSum / Double(seen) }
    var accuracy: Double { seen == 0 ? .nan : Double(right) / Double(seen) }

    mutating func add(losses: [Float], right: Int) {
        lossSum += losses.reduce(0) { $0 + Double($1) }
        self.right += right
        seen += losses.count
    }

    mutating func beginEpoch() {
        lastLoss = meanLoss
        (lossSum, right, seen) = (0, 0, 0)
    }
}

/// The speed of the steps of this process.
private struct Meter {
    private var tokens = 0
    private var steps: [Double] = []

    mutating func add(tokens: Int, _ seconds: Double) {
        self.tokens += tokens
        steps.append(seconds)
    }

    var tokensPerSecond: Double? { steps.isEmpty ? nil : Double(tokens) / steps.reduce(0, +) }
    var medianStep: Double? { steps.isEmpty ? nil : steps.sorted()[steps.count / 2] }
}
