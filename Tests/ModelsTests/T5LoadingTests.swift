import Autodiff
import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite("T5 folders")
struct T5LoadingTests {
    /// A copy of the v1_0 fixture with some tensors changed or left out, and fields of its config replaced.
    private func folder(
        config changes: [String: Any?] = [:], tensors: (String, Tensor) -> Tensor? = { $1 }
    ) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let source = T5Fixture.v1_0.folder
        let weights = try SafetensorsFile(source.appendingPathComponent("model.safetensors"))
        var writer = SafetensorsWriter()
        for name in weights.names {
            if let tensor = tensors(name, try weights.tensor(name)) { writer.add(name, tensor) }
        }
        try writer.write(to: folder.url("model.safetensors"))
        let data = try Data(contentsOf: source.appendingPathComponent("config.json"))
        var fields = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        for (field, value) in changes { fields[field] = value }
        try folder.file("config.json", try JSONSerialization.data(withJSONObject: fields))
        return folder
    }

    @Test("Every parameter is loaded under its Hugging Face name, from safetensors and from a PyTorch file")
    func names() throws {
        for fixture in T5Fixture.small {
            let model = try fixture.model()
            let source = try CheckpointFolder.openWeights(in: fixture.folder)
            let aliases = Set(["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"])
            #expect(Set(model.parameters.map(\.name)) == Set(source.names).subtracting(aliases))
            for (name, variable) in model.parameters {
                #expect(sameBits(variable.value.array, try source.tensor(name).array), "\(name)")
                #expect(!variable.requiresGradient)
            }
        }
    }

    @Test("A model that is written and loaded again is the same model", arguments: T5Fixture.small)
    func roundTrip(fixture: T5Fixture) throws {
        let folder = try TemporaryFolder()
        let model = try fixture.model()
        try model.write(to: folder.url)
        let again = try T5Model(folder: folder.url)
        #expect(again.config == model.config)
        #expect(again.parameters.map(\.name) == model.parameters.map(\.name))
        for (a, b) in zip(model.parameters, again.parameters) {
            #expect(sameBits(a.variable.value.array, b.variable.value.array), "\(a.name)")
        }
        let reference = try fixture.reference()
        let (encoded, layout) = again.encode(try reference.inputs(), Tape(recording: false))
        #expect(
            try again.generate(encoded: encoded.value, layout, maxNewTokens: 20) == reference.answers("generated"))
    }

    @Test("Random weights depend on the seed alone, and every parameter has its own")
    func random() throws {
        let config = try T5Fixture.v1_1.model().config
        let (a, b, c) = (
            try T5Model(config: config, seed: 1), try T5Model(config: config, seed: 1),
            try T5Model(config: config, seed: 2)
        )
        for (x, y) in zip(a.parameters, b.parameters) {
            #expect(sameBits(x.variable.value.array, y.variable.value.array) && x.variable.requiresGradient)
        }
        let matrices = { (model: T5Model) in
            model.parameters.filter { $0.variable.shape.count == 2 }.map { $0.variable.value.array.prefix(8) }
        }
        #expect(Set(matrices(a) + matrices(c)).count == 2 * matrices(a).count)
        for (name, variable) in a.parameters where variable.shape.count == 1 {
            #expect(variable.value.array.allSatisfy { $0 == 1 }, "\(name)")
        }
    }

    @Test("transformers 5 writes tie_word_embeddings true for every T5 and tells an untied head otherwise")
    func tying() throws {
        let tied = { (text: String) in
            try JSONDecoder().decode(T5Config.self, from: Data(text.utf8)).tieWordEmbeddings
        }
        #expect(try tied("{}"))
        #expect(try tied(#"{"tie_word_embeddings": true}"#))
        #expect(try !tied(#"{"tie_word_embeddings": false}"#))
        #expect(try tied(#"{"tie_word_embeddings": true, "scale_decoder_outputs": true}"#))
        #expect(try !tied(#"{"tie_word_embeddings": true, "scale_decoder_outputs": false}"#))
        #expect(try !tied(#"{"scale_decoder_outputs": false}"#))
    }

    @Test("Fields that a config leaves out have the format's defaults")
    func defaults() throws {
        let config = try JSONDecoder().decode(T5Config.self, from: Data(#"{"num_layers": 4, "pad_token_id": 3}"#.utf8))
        #expect(config.numDecoderLayers == 4 && config.decoderStartTokenID == 3)
        #expect(config.dModel == 512 && config.dKV == 64 && config.numHeads == 8 && config.vocabSize == 32128)
        #expect(config.relativeAttentionNumBuckets == 32 && config.relativeAttentionMaxDistance == 128)
        #expect(config.layerNormEpsilon == 1e-6 && config.feedForwardProj == "relu" && config.eosTokenID == 1)
        #expect(try JSONDecoder().decode(T5Config.self, from: JSONEncoder().encode(config)) == config)
    }

    @Test("A missing weight is named with its file, whichever it is")
    func missingWeight() throws {
        for name in try T5Fixture.v1_0.model().parameters.map(\.name) {
            let folder = try folder { $0 == name ? nil : $1 }
            let text = message { _ = try T5Model(folder: folder.url) }
            #expect(text.contains("no tensor '\(name)'") && text.contains("model.safetensors"), "\(text)")
        }
    }

    @Test("A head of its own counts where the config says tied, and one that is the embedding is shared")
    func separateHead() throws {
        let source = try SafetensorsFile(T5Fixture.v1_0.folder.appendingPathComponent("model.safetensors"))
        let shared = try source.tensor("shared.weight")
        for factor in [Float(1), 2] {
            let folder = try folder()
            var writer = SafetensorsWriter()
            for name in source.names { writer.add(name, try source.tensor(name)) }
            writer.add("lm_head.weight", Tensor(shared.array.map { $0 * factor }, shape: shared.shape))
            try writer.write(to: folder.url("model.safetensors"))
            let model = try T5Model(folder: folder.url)
            #expect(model.config.tieWordEmbeddings && (model.head === model.shared) == (factor == 1))
            #expect(model.head.value.array == shared.array.map { $0 * factor })
        }
    }

    @Test("transformers 5 leaves a tied head out where outputs are not scaled; elsewhere it is missing")
    func headLeftOut() throws {
        let unscaled = try folder(config: ["scale_decoder_outputs": false])
        let later = try T5Model(folder: unscaled.url)
        #expect(!later.config.tieWordEmbeddings && later.head === later.shared)
        let earlier = try folder(config: ["tie_word_embeddings": false])
        #expect(message { _ = try T5Model(folder: earlier.url) }.contains("no tensor 'lm_head.weight'"))
    }

    @Test("Answers start and end as generation_config.json says, or else config.json")
    func generationConfig() throws {
        func answers(_ folder: TemporaryFolder, _ generation: String? = nil) throws -> [[Int32]] {
            if let generation { try folder.file("generation_config.json", generation) }
            let model = try T5Model(folder: folder.url)
            let (hidden, layout) = model.encode([[5, 9, 1], [7, 1]].map { ModelInput($0) }, Tape(recording: false))
            return try model.generate(encoded: hidden.value, layout, maxNewTokens: 8)
        }
        let plain = try answers(folder())
        let started = try answers(folder(config: ["decoder_start_token_id": 5]))
        #expect(plain != started)
        #expect(try answers(folder(), #"{"decoder_start_token_id": 5, "eos_token_id": 1}"#) == started)
        #expect(try answers(folder(), #"{"decoder_start_token_id": null, "pad_token_id": 0}"#) == plain)
        // An answer goes to the first of the tokens that end it.
        let end = plain[0][2]
        let cut = plain.map { answer in Array(answer.prefix(1 + (answer.firstIndex(of: end) ?? answer.count))) }
        #expect(cut != plain)
        #expect(try answers(folder(config: ["eos_token_id": [1, Int(end)]])) == cut)
        #expect(try answers(folder(), #"{"eos_token_id": [1, \#(end)]}"#) == cut)
        #expect(message { _ = try answers(folder(), #"{"eos_token_id": "x"}"#) }.contains("generation_config.json"))
    }

    @Test("A weight of a wrong shape is named with both shapes")
    func wrongShape() throws {
        let name = "encoder.block.1.layer.1.DenseReluDense.wo.weight"
        let folder = try folder { $0 == name ? $1.reshaped([$1.shape[1], $1.shape[0]]) : $1 }
        let text = message { _ = try T5Model(folder: folder.url) }
        #expect(text.contains("'\(name)' has shape [48, 32]") && text.contains("[32, 48]"), "\(text)")
    }

    @Test("A config that does not fit the weights is an error of shape")
    func wrongConfig() throws {
        let folder = try folder(config: ["d_ff": 50])
        #expect(message { _ = try T5Model(folder: folder.url) }.contains("asks for [50, 32]"))
    }

    @Test("Embeddings are found under any of their names")
    func aliases() throws {
        for alias in ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"] {
            let source = try SafetensorsFile(T5Fixture.v1_0.folder.appendingPathComponent("model.safetensors"))
            let folder = try folder { $0 == "shared.weight" ? nil : $1 }
            var writer = SafetensorsWriter()
            for name in source.names { writer.add(name == "shared.weight" ? alias : name, try source.tensor(name)) }
            try writer.write(to: folder.url("model.safetensors"))
            #expect(try T5Model(folder: folder.url).parameters[0].name == "shared.weight")
        }
    }

    private static let badFields: [(String, any Sendable, String)] = [
        ("vocab_size", 0, "vocab_size is 0"), ("d_model", -1, "d_model is -1"), ("num_layers", 0, "num_layers is 0"),
        ("num_decoder_layers", 0, "num_decoder_layers is 0"), ("num_heads", 1 << 30, "num_heads is 1073741824"),
        ("relative_attention_num_buckets", 30, "a multiple of 4"),
        ("relative_attention_max_distance", 16, "relative_attention_max_distance is 16"),
        ("layer_norm_epsilon", 0, "layer_norm_epsilon"), ("eos_token_id", 160, "eos_token_id is 160"),
        ("decoder_start_token_id", -1, "decoder_start_token_id is -1"), ("pad_token_id", 999, "pad_token_id is 999"),
        ("feed_forward_proj", "gated-silu", "feed_forward_proj is 'gated-silu', which is not supported"),
        ("feed_forward_proj", "gelu", "supported: relu, gated-gelu"),
        ("d_model", "wide", "d_model"), ("d_model", 32.5, "config.json"), ("eos_token_id", ["a"], "eos_token_id"),
        ("eos_token_id", [1, 160], "eos_token_id is 160"),
        ("tie_word_embeddings", 7, "tie_word_embeddings"),
    ]

    @Test("A config field that cannot be is named", arguments: 0..<badFields.count)
    func badField(index: Int) throws {
        let (field, value, expected) = Self.badFields[index]
        let folder = try folder(config: [field: value])
        let text = message { _ = try T5Model(folder: folder.url) }
        #expect(text.contains(expected) && text.contains("config.json"), "\(text)")
        #expect(!text.contains("\n"))
    }

    @Test("An unknown site prints those there are")
    func unknownSite() throws {
        let model = try T5Fixture.v1_0.model()
        let text = message { _ = try model.site("encoder.block.9.layer.1.DenseReluDense.wo") }
        #expect(text.contains("no layer 'encoder.block.9.layer.1.DenseReluDense.wo'"))
        for block in 0..<3 { #expect(text.contains("encoder.block.\(block).layer.1.DenseReluDense.wo")) }
        let site = try model.site("encoder.block.2.layer.1.DenseReluDense.wo")
        #expect(site.keyWidth == 48 && site.valueWidth == 32)
    }

    @Test("A token outside the vocabulary is refused with its place")
    func tokens() throws {
        let model = try T5Fixture.v1_0.model()
        try model.check(ModelInput([0, 159]), context: "f: row 0")
        for token: Int32 in [160, -1, .max, .min] {
            let text = message { try model.check(ModelInput([5, token]), context: "f: row 3") }
            #expect(text.hasPrefix("f: row 3: token id \(token) is outside the model's vocabulary of 160"))
        }
    }

    @Test("A NaN in any one weight is an error, not an answer", arguments: T5Fixture.small)
    func notANumber(fixture: T5Fixture) throws {
        let model = try fixture.model(trainable: true)
        let inputs = try fixture.reference().inputs()
        for (name, variable) in model.parameters {
            let clean = variable.value.pointer[0]
            variable.value.pointer[0] = .nan
            defer { variable.value.pointer[0] = clean }
            let text = message {
                let (encoded, layout) = model.encode(inputs, Tape(recording: false))
                _ = try model.generate(encoded: encoded.value, layout, maxNewTokens: 20)
            }
            #expect(text.contains("not a number"), "\(name): \(text)")
        }
    }
}
