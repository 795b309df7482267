import Tensors

extension Tape {
    /// Attention over ragged batches: see `Attention`. `bias[heads, span]` is added by distance, with the entry for
    /// distance zero at column `biasZero`.
    package func attention(
        _ attention: Attention, q: Variable, k: Variable, v: Variable, queries: RaggedLayout, keys: RaggedLayout,
        bias: Variable? = nil, biasZero: Int = 0
    ) -> Variable {
        let distanceBias = bias.map { Attention.DistanceBias(values: $0.value, zero: biasZero) }
        let (output, probabilities) = attention.forward(
            q: q.value, k: k.value, v: v.value, queries: queries, keys: keys, bias: distanceBias)
        return record(output, from: [q, k, v] + (bias.map { [$0] } ?? [])) { dy in
            let gradients = attention.backward(
                dOutput: dy, q: q.value, k: k.value, v: v.value, probabilities: probabilities, queries: queries,
                keys: keys, bias: distanceBias, wantsBiasGradient: bias?.requiresGradient ?? false)
            q.accumulate(gradients.q)
            k.accumulate(gradients.k)
            v.accumulate(gradients.v)
            if let bias, let gradient = gradients.bias { bias.accumulate(gradient) }
        }
    }

    /// Attention over long sequences, through matrix products: see `Attention.forwardProducts`.
    package func attentionProducts(
        _ attention: Attention, q: Variable, k: Variable, v: Variable, queries: RaggedLayout, keys: RaggedLayout,
        dropout: Dropout? = nil
    ) -> Variable {
        let needsGradient = isRecording && [q, k, v].contains(where: \.requiresGradient)
        let (output, kept) = attention.forwardProducts(
            q: q.value, k: k.value, v: v.value, queries: queries, keys: keys, dropout: dropout,
            keepsProbabilities: needsGradient)
        guard let probabilities = kept else { return Variable(output) }
        return record(output, from: [q, k, v]) { dy in
            let gradients = attention.backwardProducts(
                dOutput: dy, q: q.value, k: k.value, v: v.value, probabilities: probabilities, queries: queries,
                keys: keys, dropout: dropout)
            q.accumulate(gradients.q)
            k.accumulate(gradients.k)
            v.accumulate(gradients.v)
        }
    }

    /// Spreads a table of relative position biases `table[buckets, heads]` over distances: `result[h, i]` is the bias
    /// of head h in bucket `buckets[i]`.
    package func spreadBias(_ table: Variable, buckets: [Int]) -> Variable {
        let heads = table.value.rowWidth, span = buckets.count
        let result = Tensor(uninitialized: [heads, span])
        for h in 0..<heads {
            for (i, bucket) in buckets.enumerated() {
                result.pointer[h * span + i] = table.value.pointer[bucket * heads + h]
            }
        }
        return record(result, from: [table]) { dy in
            let sum = table.gradientForAccumulation()
            for h in 0..<heads {
                for (i, bucket) in buckets.enumerated() { sum.pointer[bucket * heads + h] += dy.pointer[h * span + i] }
            }
        }
    }
}
