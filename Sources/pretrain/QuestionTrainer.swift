import Algorithms
import Autodiff
import Models
import Tensors
import ToolSupport

/// A question and its answer as tokens.
struct TrainingExample {
    let input: [Int32]
    let label: [Int32]
}

/// Trains a T5 on questions and answers with Adam.
struct QuestionTrainer {
    let model: T5Model
    let examples: [TrainingExample]
    /// Text to learn to restore, of which a part of each batch is made; may be empty.
    let denoising: DenoisingTask
    let options: TrainingOptions
    let seed: UInt64

    /// Runs all steps; returns the mean loss of the last tenth of them.
    func train() throws -> Float {
        let parameters = model.parameters.map(\.variable)
        let adam = Adam(learningRate: options.learningRate)
        let progress = ProgressLine("training", total: options.steps, unit: "steps")
        var recent: [Float] = []
        var batches = BatchOrder(count: examples.count, seed: seed)
        var texts = BatchOrder(count: denoising.texts.count, seed: seed ^ 1)
        let textsPerBatch = denoising.texts.isEmpty ? 0 : Int(Float(options.batchSize) * options.textShare)
        for step in 0..<options.steps {
            let batch =
                batches.next(options.batchSize - textsPerBatch).map { examples[$0] }
                + denoising.examples(texts.next(textsPerBatch), step: step)
            adam.learningRate = learningRate(at: step)
            let tape = Tape()
            let (hidden, layout) = model.encode(batch.map { ModelInput($0.input) }, tape)
            let (total, _) = model.loss(encoded: hidden, layout, labels: batch.map(\.label), tape)
            let mean = tape.scale(total, by: 1 / Float(batch.count))
            guard mean.value.scalar.isFinite else {
                throw PretrainError.lossNotFinite(step: step + 1, learningRate: options.learningRate)
            }
            tape.backward(from: mean)
            adam.step(parameters)
            if step >= options.steps - max(1, options.steps / 10) { recent.append(mean.value.scalar) }
            progress.advance("loss \(ToolFormat.decimal(Double(mean.value.scalar), digits: 4))")
        }
        progress.finish()
        return recent.reduce(0, +) / Float(recent.count)
    }

    /// Linear warm-up over a twentieth of the steps, then linear decay to a tenth.
    private func learningRate(at step: Int) -> Float {
        let warmUp = max(1, options.steps / 20)
        if step < warmUp { return options.learningRate * Float(step + 1) / Float(warmUp) }
        let done = Float(step - warmUp) / Float(max(1, options.steps - warmUp))
        return options.learningRate * (1 - 0.9 * done)
    }

    /// The share of questions whose generated tokens are the answer's.
    func exactMatch(maxNewTokens: Int) throws -> Double {
        var right = 0
        for part in examples.chunks(ofCount: 128) {
            let (hidden, layout) = model.encode(part.map { ModelInput($0.input) }, Tape(recording: false))
            let answers = try model.generate(encoded: hidden.value, layout, maxNewTokens: maxNewTokens)
            right += zip(answers, part).count { $0 == $1.label }
        }
        return Double(right) / Double(examples.count)
    }
}

/// The order of examples: a new permutation for each pass, from a stream of its own.
struct BatchOrder {
    private let count: Int
    private let seed: UInt64
    private var pass: UInt64 = 0
    private var order: ArraySlice<Int> = []

    init(count: Int, seed: UInt64) {
        self.count = count
        self.seed = seed
    }

    /// The next `size` examples; passes follow each other without a gap.
    mutating func next(_ size: Int) -> [Int] {
        var batch: [Int] = []
        while batch.count < size {
            if order.isEmpty {
                var random = RandomStream(seed: seed, purpose: .batchOrder, index: pass)
                order = random.permutation(count)[...]
                pass += 1
            }
            let taken = order.prefix(size - batch.count)
            batch += taken
            order = order.dropFirst(taken.count)
        }
        return batch
    }
}
