import Autodiff
import Checkpoints
import Foundation
import Tensors

/// T5, versions 1.0 and 1.1, as config.json describes it (`T5ForConditionalGeneration` in transformers).
package final class T5Model {
    package let config: T5Config
    package let parameters: [(name: String, variable: Variable)]
    let shared: Variable
    let encoder: T5Encoder
    let decoder: T5Decoder
    let head: Variable
    /// Finds the largest logit of a frozen head. Made when a token is generated for the first time: loading only maps.
    lazy var greedyHead = GreedyHead(weight: head.value)

    /// Loads a Hugging Face folder. Float32 weights of a safetensors file stay in the mapped file.
    ///
    /// - Parameter trainable: copy the weights and give them gradients.
    package convenience init(folder: URL, trainable: Bool = false) throws {
        var config = try CheckpointFolder.config(T5Config.self, in: folder)
        if let generation = try CheckpointFolder.generationConfig(T5GenerationConfig.self, in: folder) {
            config.apply(generation)
        }
        try config.validate(file: folder.appendingPathComponent("config.json").path)
        let source = try CheckpointFolder.openWeights(in: folder)
        try self.init(config, WeightStore(.checkpoint(source), trainable: trainable))
    }

    /// A model with random weights, initialised as T5 is (by layer widths), ready for training.
    package convenience init(config: T5Config, seed: UInt64) throws {
        try config.validate(file: "model configuration")
        try self.init(config, WeightStore(.random(seed: seed), trainable: true))
    }

    init(_ config: T5Config, _ store: WeightStore) throws {
        self.config = config
        let root = store.root
        shared = try root("shared").weight(
            [config.vocabSize, config.dModel], aliases: ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"])
        encoder = try T5Encoder(config, root("encoder"))
        decoder = try T5Decoder(config, root("decoder"))
        // A head of its own in a checkpoint counts, whatever config.json says, as in transformers 5.
        let mayShare = config.tieWordEmbeddings || config.mayLackHead
        head =
            try mayShare && !store.hasOther("lm_head.weight", than: shared.value)
            ? shared
            : try root("lm_head").weight(
                [config.vocabSize, config.dModel], deviation: 1 / Float(config.dModel).squareRoot())
        parameters = store.parameters
    }

    /// The encoder's hidden states `[rows, d_model]` of a batch of token sequences.
    package func encode(_ inputs: [ModelInput], _ tape: Tape) -> (hidden: Variable, layout: RaggedLayout) {
        let layout = ModelInput.layout(inputs)
        let embedded = tape.gather(shared, inputs.flatMap(\.tokens))
        return (encoder.finish(embedded, fromBlock: 0, layout, encoder.bias(layout, tape), tape), layout)
    }

    /// What the output head reads with teacher forcing, `[label rows, d_model]`: each label is predicted from the true
    /// ones before it.
    ///
    /// - Parameter labels: target tokens of each sequence, `</s>` included; -100 is fed as padding.
    private func states(
        encoded: Variable, _ layout: RaggedLayout, labels: [[Int32]], _ tape: Tape
    ) -> Variable {
        let inputs = labels.flatMap { sequence -> [Int32] in
            let shifted = sequence.dropLast().map { $0 < 0 ? config.padTokenID : $0 }
            return [config.decoderStartTokenID] + shifted
        }
        return headInput(
            decoder(
                tape.gather(shared, inputs), RaggedLayout(lengths: labels.map(\.count)), encoded: encoded, layout, tape),
            tape)
    }

    /// With tied embeddings the decoder's states are scaled by d_model^-0.5 before the head.
    func headInput(_ decoded: Variable, _ tape: Tape) -> Variable {
        config.tieWordEmbeddings ? tape.scale(decoded, by: 1 / Float(config.dModel).squareRoot()) : decoded
    }

    /// Logits `[label rows, vocabulary]` with teacher forcing.
    package func logits(
        encoded: Variable, _ layout: RaggedLayout, labels: [[Int32]], _ tape: Tape
    ) -> Variable {
        tape.linear(states(encoded: encoded, layout, labels: labels, tape), weight: head)
    }

    /// Cross-entropy of each sequence, as the mean over its labels that are not -100, and the sum over sequences.
    package func loss(
        encoded: Variable, _ layout: RaggedLayout, labels: [[Int32]], _ tape: Tape
    ) -> (total: Variable, each: [Float]) {
        let weights = labels.flatMap { sequence -> [Float] in
            let counted = sequence.count { $0 != CrossEntropy.ignoredLabel }
            return sequence.map { $0 == CrossEntropy.ignoredLabel ? 0 : 1 / Float(counted) }
        }
        let (total, rows) = tape.crossEntropy(
            states(encoded: encoded, layout, labels: labels, tape), head: head, labels: labels.flatMap { $0 },
            weights: weights)
        var row = 0
        let each = labels.map { sequence -> Float in
            defer { row += sequence.count }
            return (row..<row + sequence.count).reduce(0) { $0 + weights[$1] * rows.pointer[$1] }
        }
        return (total, each)
    }
}
