import Tensors

extension Tape {
    /// `x[rows, inputs] · weight[outputs, inputs]ᵀ + bias[outputs]`, giving `[rows, outputs]`.
    ///
    /// A frozen weight goes through products whose results for a sequence do not depend on the batch; a trained one
    /// through `StrassenProduct`, all rows at once. `layout` says how rows divide into sequences; without it each row
    /// is for itself.
    package func linear(
        _ x: Variable, weight: Variable, bias: Variable? = nil, layout: RaggedLayout? = nil
    ) -> Variable {
        let isTrained = isRecording && weight.requiresGradient
        let y: Tensor
        if isTrained {
            y = StrassenProduct.forward(x: x.value, weight: weight.value, bias: bias?.value)
        } else {
            y = FrozenProduct.forward(x: x.value, weight: weight.value, layout: layout)
            if let bias { Elementwise.addToRows(bias.value, into: y) }
        }
        return record(y, from: [x, weight] + (bias.map { [$0] } ?? [])) { dy in
            if isTrained {
                x.accumulate { StrassenProduct.backward(dy: dy, weight: weight.value, plus: $0, inPlace: $1) }
            } else if x.requiresGradient {
                x.accumulate(FrozenProduct.backward(dy: dy, weight: weight.value, layout: layout))
            }
            weight.accumulate { StrassenProduct.weightGradient(dy: dy, x: x.value, plus: $0, inPlace: $1) }
            if let bias, bias.requiresGradient { bias.accumulate(Elementwise.sumOfRows(dy)) }
        }
    }

    /// Rows `indices` of `table[rows, width]`: an embedding.
    package func gather(_ table: Variable, _ indices: [Int32]) -> Variable {
        record(Rows.gather(table.value, indices), from: [table]) { dy in
            Rows.scatterAdd(dy, indices, into: table.gradientForAccumulation())
        }
    }

    /// `base[rows, width]` with row i replaced by `table[indices[i]]` wherever that index is not negative.
    package func replaceRows(of base: Variable, with table: Variable, _ indices: [Int32]) -> Variable {
        record(Rows.replace(in: base.value, with: table.value, indices), from: [base, table]) { dy in
            if table.requiresGradient { Rows.scatterAdd(dy, indices, into: table.gradientForAccumulation()) }
            if base.requiresGradient {
                let kept = dy.copy()
                for (i, index) in indices.enumerated() where index >= 0 {
                    (kept.pointer + i * kept.rowWidth).update(repeating: 0, count: kept.rowWidth)
                }
                base.accumulate(kept)
            }
        }
    }
}
