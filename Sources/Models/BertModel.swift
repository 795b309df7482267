import Autodiff
import Checkpoints
import Foundation
import Tensors

/// BERT with a classification head, as config.json describes it (`BertForSequenceClassification` in transformers).
package final class BertModel {
    package let config: BertConfig
    package let parameters: [(name: String, variable: Variable)]
    /// Parameters that the checkpoint lacks and that were initialised instead: a head, a pooler.
    package let initialised: [String]
    let embeddings: BertEmbeddings
    let layers: [BertLayer]
    let pooler: BertLinear
    let classifier: BertLinear

    /// Loads a Hugging Face folder: a classifier, or a bare encoder whose missing head is then initialised. Float32
    /// weights of a safetensors file stay in the mapped file.
    ///
    /// - Parameters:
    ///   - trainable: copy the weights and give them gradients.
    ///   - labels: the classes, in place of those of config.json; a head that the checkpoint has must be for them.
    ///   - newHead: initialise the head even where the checkpoint has one.
    ///   - seed: governs what is initialised.
    package convenience init(
        folder: URL, trainable: Bool = false, labels: [String]? = nil, newHead: Bool = false, seed: UInt64 = 0
    ) throws {
        var config = try CheckpointFolder.config(BertConfig.self, in: folder)
        let source = try CheckpointFolder.openWeights(in: folder)
        let head = ["classifier.weight", "classifier.bias"]
        if let labels {
            if !newHead, source.contains(head[0]) {
                try Self.checkHead(source, config.labels, for: labels, folder: folder)
            }
            config.labels = labels
        }
        try config.validate(file: folder.appendingPathComponent("config.json").path)
        try self.init(
            config,
            WeightStore(
                .checkpoint(source), trainable: trainable, missingSeed: seed, without: newHead ? head : [],
                otherNames: Self.otherNames))
    }

    /// Checks that the head of a checkpoint is for the given classes in their order; where config.json only numbers
    /// them, their count has to do.
    private static func checkHead(
        _ source: any TensorSource, _ names: [String], for labels: [String], folder: URL
    ) throws {
        let count = try source.shape(of: "classifier.weight").first ?? 0
        guard count == labels.count else {
            throw ModelError.otherHead(
                folder: folder.path, found: "\(count) classes", asked: "the \(labels.count) classes of the data")
        }
        guard names.count == count, !LabelNames.arePlaceholders(names) else { return }
        if let index = labels.indices.first(where: { labels[$0] != names[$0] }) {
            throw ModelError.otherHead(
                folder: folder.path, found: "class \(index) '\(names[index])'", asked: "'\(labels[index])'")
        }
    }

    /// A model with random weights, ready for training: embeddings as BERT begins with them, layers by their widths.
    package convenience init(config: BertConfig, seed: UInt64) throws {
        try config.validate(file: "model configuration")
        try self.init(config, WeightStore(.random(seed: seed), trainable: true))
    }

    init(_ config: BertConfig, _ store: WeightStore) throws {
        // Long sequences go through it, in training and without.
        try BLAS.load()
        self.config = config
        let root = store.root("bert")
        embeddings = try BertEmbeddings(config, root("embeddings"))
        layers = try (0..<config.numHiddenLayers).map {
            try BertLayer(config, index: $0, root("encoder")("layer", $0))
        }
        pooler = try BertLinear(
            config, from: config.hiddenSize, to: config.hiddenSize, root("pooler")("dense"), mayBeMissing: true)
        classifier = try BertLinear(
            config, from: config.hiddenSize, to: config.labels.count, store.root("classifier"), mayBeMissing: true)
        parameters = store.parameters
        initialised = store.initialised
    }

    /// What a parameter is also called: without the prefix in a bare encoder, and with the norms' parameters named
    /// gamma and beta in checkpoints that come from TensorFlow.
    static func otherNames(_ name: String) -> [String] {
        let bare = name.hasPrefix("bert.") ? String(name.dropFirst(5)) : name
        var names = bare == name ? [] : [bare]
        for (modern, legacy) in [("LayerNorm.weight", "LayerNorm.gamma"), ("LayerNorm.bias", "LayerNorm.beta")]
        where name.hasSuffix(modern) {
            names += [name, bare].map { $0.dropLast(modern.count) + legacy }
        }
        return names
    }

    /// The states `[rows, hidden]` after the last layer: of all tokens, or of `[CLS]` alone, which the classifier reads.
    package func encode(
        _ inputs: [ModelInput], firstOnly: Bool, _ tape: Tape, training: TrainingStep? = nil
    ) -> (hidden: Variable, layout: RaggedLayout) {
        let pass = BertPass(tape: tape, training: training)
        let layout = ModelInput.layout(inputs)
        return (finish(embeddings(inputs, pass), fromLayer: 0, layout, firstOnly: firstOnly, pass), layout)
    }

    /// Layers `first...`, of which there is at least one, over the states `x[tokens, hidden]`.
    func finish(
        _ x: Variable, fromLayer first: Int, _ layout: RaggedLayout, firstOnly: Bool, _ pass: BertPass
    ) -> Variable {
        let all = BertRows.all(layout)
        let states = layers[first..<layers.count - 1].reduce(x) { $1($0, layout, all, pass) }
        return layers[layers.count - 1](states, layout, firstOnly ? .first(of: layout) : all, pass)
    }

    /// The pooler's output `[inputs, hidden]` from the states `[inputs, hidden]` of `[CLS]`.
    package func pool(_ first: Variable, _ tape: Tape) -> Variable {
        tape.activation(tape.linear(first, weight: pooler.weight, bias: pooler.bias), .tanh)
    }

    /// Logits `[inputs, classes]` from the states `[inputs, hidden]` of `[CLS]`.
    func classify(_ first: Variable, _ pass: BertPass) -> Variable {
        let probability = config.classifierDropout ?? config.hiddenDropoutProb
        let pooled = pass.tape.dropout(
            pool(first, pass.tape), pass.dropout(probability, place: 1 + 3 * layers.count))
        return pass.tape.linear(pooled, weight: classifier.weight, bias: classifier.bias)
    }

    /// Logits `[inputs, classes]` of a batch.
    ///
    /// - Parameter training: the step, for dropout; nil computes without.
    package func logits(_ inputs: [ModelInput], _ tape: Tape, training: TrainingStep? = nil) -> Variable {
        let (first, _) = encode(inputs, firstOnly: true, tape, training: training)
        return classify(first, BertPass(tape: tape, training: training))
    }

    /// The class with the largest of its logits, for each row of `[inputs, classes]`.
    ///
    /// - Throws: `ModelError.notANumber` when a logit is NaN.
    package static func classes(_ logits: Tensor) throws(ModelError) -> [Int32] {
        var classes: [Int32] = []
        for row in 0..<logits.rowCount {
            guard let best = Reduction.argmax(logits.pointer + row * logits.rowWidth, logits.rowWidth) else {
                throw .notANumber(context: "classifying")
            }
            classes.append(Int32(best))
        }
        return classes
    }

    /// Cross-entropy of each input by its class, and their sum, which carries the gradient.
    package func loss(_ logits: Variable, labels: [Int32], _ tape: Tape) -> (total: Variable, each: [Float]) {
        let (total, rows) = tape.crossEntropy(
            logits, labels: labels, weights: [Float](repeating: 1, count: labels.count))
        return (total, rows.array)
    }
}
