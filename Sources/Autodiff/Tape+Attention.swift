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
                dOutput: dy, output: output, q: q.value, k: k.value, v: v.value, probabilities: probabilities,
                queries: queries, keys: keys, dropout: dropout)
            q.accumulate(gradients.q)
            k.accumulate(gradients.k)
            v.accumulate(gradients.v)
        }
    }

    /// Attention of few queries from the states `x[rows, inputs]`: see `Attention.forwardFolded`.
    ///
    /// - Parameters:
    ///   - q: `[query rows, width]`.
    ///   - keys, values: the weights and biases of the layers that would compute keys and values from `x`.
    package func attentionFolded(
        _ attention: Attention, q: Variable, x: Variable, keys: (weight: Variable, bias: Variable?),
        values: (weight: Variable, bias: Variable?), queries: RaggedLayout, layout: RaggedLayout,
        dropout: Dropout? = nil
    ) -> Variable {
        let weights = Attention.KeyValueWeights(
            key: keys.weight.value, keyBias: keys.bias?.value, value: values.weight.value,
            valueBias: values.bias?.value)
        let parameters = [keys.weight, keys.bias, values.weight, values.bias].compactMap(\.self)
        let (output, state) = attention.forwardFolded(
            q: q.value, x: x.value, queries: queries, keys: layout, weights: weights, dropout: dropout)
        return record(output, from: [q, x] + parameters) { dy in
            let gradients = attention.backwardFolded(
                dOutput: dy, q: q.value, x: x.value, queries: queries, keys: layout, weights: weights, state: state,
                dropout: dropout, wantsWeightGradients: parameters.contains(where: \.requiresGradient))
            q.accumulate(gradients.q)
            x.accumulate(gradients.x)
            if let gradient = gradients.key { keys.weight.accumulate(gradient) }
            if let bias = keys.bias { bias.accumulate(Tensor(zeros: bias.shape)) }
            if let gradient = gradients.value { values.weight.accumulate(gradient) }
            if let bias = values.bias, let gradient = gradients.valueBias { bias.accumulate(gradient) }
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
