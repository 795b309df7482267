import Autodiff
import Tensors

extension T5Model {
    /// Greedy answers for encoded sequences, without the start token, `</s>` included where it was reached.
    ///
    /// Keys and values of earlier tokens are kept; sequences that have ended leave the batch. No row's result depends
    /// on the others, so any batching gives the same tokens. Of equal logits the lowest token wins.
    ///
    /// - Throws: `ModelError.notANumber` when a logit is NaN.
    package func generate(encoded: Tensor, _ layout: RaggedLayout, maxNewTokens: Int) throws(ModelError) -> [[Int32]] {
        let tape = Tape(recording: false)
        let memory = Variable(encoded)
        let state = DecodingState(self, memory, layout, capacity: max(maxNewTokens, 1), tape)
        var answers = [[Int32]](repeating: [], count: layout.count)
        var slots = Array(0..<layout.count)
        var tokens = [Int32](repeating: config.answerStartTokenID, count: layout.count)
        for position in 0..<maxNewTokens where !slots.isEmpty {
            let states = state.step(tokens, slots: slots, position: position, tape)
            let likeliest = likeliestTokens(after: states)
            var nextSlots: [Int] = [], nextTokens: [Int32] = []
            for (row, slot) in slots.enumerated() {
                guard let best = likeliest[row] else {
                    throw .notANumber(context: "generating token \(position + 1) of an answer")
                }
                answers[slot].append(Int32(best))
                if !config.isEnd(Int32(best)) {
                    nextSlots.append(slot)
                    nextTokens.append(Int32(best))
                }
            }
            slots = nextSlots
            tokens = nextTokens
        }
        return answers
    }

    /// The token with the largest logit after each of the decoder's states; nil where a logit is NaN.
    private func likeliestTokens(after states: Variable) -> [Int?] {
        let input = headInput(states, Tape(recording: false)).value
        // The copy that the other way makes would not follow a training.
        return head.requiresGradient ? GreedyHead.plain(input, weight: head.value) : greedyHead.argmax(input)
    }
}

/// What generation keeps between tokens: the keys and values of both kinds of attention in each decoder block.
private struct DecodingState {
    private let model: T5Model
    private let layout: RaggedLayout
    private let crossKeys: [Tensor]
    private let crossValues: [Tensor]
    private let caches: [KeyValueCache]
    private let bias: Attention.DistanceBias

    init(_ model: T5Model, _ memory: Variable, _ layout: RaggedLayout, capacity: Int, _ tape: Tape) {
        self.model = model
        self.layout = layout
        crossKeys = model.decoder.blocks.map { tape.linear(memory, weight: $0.crossAttention.k).value }
        crossValues = model.decoder.blocks.map { tape.linear(memory, weight: $0.crossAttention.v).value }
        caches = model.decoder.blocks.map { _ in
            KeyValueCache(sequences: layout.count, capacity: capacity, width: model.config.innerWidth)
        }
        bias = model.decoder.bias(length: capacity, tape).kernel
    }

    /// The decoder's states `[slots, d_model]` after feeding one token to each of the given sequences.
    func step(_ tokens: [Int32], slots: [Int], position: Int, _ tape: Tape) -> Variable {
        var x = tape.gather(model.shared, tokens)
        for (index, block) in model.decoder.blocks.enumerated() {
            let own = block.selfAttention, cross = block.crossAttention
            let normed = block.selfAttentionNorm(x, tape)
            caches[index].append(
                k: tape.linear(normed, weight: own.k).value, v: tape.linear(normed, weight: own.v).value, slots: slots,
                position: position)
            let seen = own.attention.step(
                q: tape.linear(normed, weight: own.q).value, cache: caches[index], slots: slots, position: position,
                bias: bias)
            x = tape.add(x, tape.linear(Variable(seen), weight: own.o))
            let read = cross.attention.step(
                q: tape.linear(block.crossAttentionNorm(x, tape), weight: cross.q).value, k: crossKeys[index],
                v: crossValues[index], keys: layout, slots: slots)
            x = tape.add(x, tape.linear(Variable(read), weight: cross.o))
            x = tape.add(x, block.feedForward(block.feedForwardNorm(x, tape), tape))
        }
        return model.decoder.finalNorm(x, tape)
    }
}
