import Autodiff
import Tensors

/// `EncDecAttention` over all target positions at once.
///
/// With frozen weights, a sequence with few targets attends without keys and values (`Attention.forwardFolded`), which
/// saves more than half of the multiplications there for an answer of five tokens to a question of fourteen. Which way a
/// sequence goes depends on it alone, so that its bits are those that it has in any batch.
extension T5Attention {
    /// Queries from `x[target rows, d_model]`, keys and values from the encoder's `memory`; returns the shape of `x`.
    func cross(
        _ x: Variable, memory: Variable, queries: RaggedLayout, keys: RaggedLayout, _ tape: Tape
    ) -> Variable {
        if k.requiresGradient || v.requiresGradient {
            return self(x, memory: memory, queries: queries, keys: keys, bias: nil, tape)
        }
        let q = tape.linear(x, weight: q)
        let folds = (0..<queries.count).map {
            attention.foldingPays(queries: queries.length(of: $0), keys: keys.visible[$0])
        }
        guard folds.contains(false) else {
            return tape.linear(folded(q, memory: memory, queries, keys, tape), weight: o)
        }
        // Each group by itself, then every row where it belongs.
        var mixed = Variable(Tensor(zeros: q.shape))
        for group in [true, false] {
            let sequences = folds.indices.filter { folds[$0] == group }
            if sequences.isEmpty { continue }
            let (queries, rows) = queries.selecting(sequences), (keys, states) = keys.selecting(sequences)
            let q = tape.gather(q, rows), memory = tape.gather(memory, states)
            let part =
                group
                ? folded(q, memory: memory, queries, keys, tape)
                : mix(q, memory: memory, queries: queries, keys: keys, bias: nil, tape)
            var places = [Int32](repeating: -1, count: x.value.rowCount)
            for (place, row) in rows.enumerated() { places[Int(row)] = Int32(place) }
            mixed = tape.replaceRows(of: mixed, with: part, places)
        }
        return tape.linear(mixed, weight: o)
    }

    private func folded(
        _ q: Variable, memory: Variable, _ queries: RaggedLayout, _ keys: RaggedLayout, _ tape: Tape
    ) -> Variable {
        tape.attentionFolded(
            attention, q: q, x: memory, keys: (k, nil), values: (v, nil), queries: queries, layout: keys)
    }
}
