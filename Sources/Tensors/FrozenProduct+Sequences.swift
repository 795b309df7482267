/// Products for whole sequences: a long one goes through OpenBLAS by itself, whose order of additions then depends on
/// the length of that sequence alone; short ones go through the products that treat every row alike.
extension FrozenProduct {
    /// Rows from which OpenBLAS is faster for one sequence.
    private static let longSequence = 32

    /// `forward` for rows that divide into sequences; without a layout every row is for itself.
    package static func forward(x: Tensor, weight w: Tensor, layout: RaggedLayout?) -> Tensor {
        guard let layout, layout.longest >= longSequence else { return forward(x: x, weight: w) }
        return bySequence(x, layout, width: w.rowCount) { rows, isLong in
            isLong ? BLAS.forward(x: rows, weight: w) : forward(x: rows, weight: w)
        }
    }

    /// `backward` for rows that divide into sequences.
    package static func backward(dy: Tensor, weight w: Tensor, layout: RaggedLayout?) -> Tensor {
        guard let layout, layout.longest >= longSequence else { return backward(dy: dy, weight: w) }
        return bySequence(dy, layout, width: w.rowWidth) { rows, isLong in
            isLong ? BLAS.backward(dy: rows, weight: w) : backward(dy: rows, weight: w)
        }
    }

    private static func bySequence(
        _ x: Tensor, _ layout: RaggedLayout, width: Int, _ product: (Tensor, Bool) -> Tensor
    ) -> Tensor {
        precondition(layout.rowCount == x.rowCount, "a layout of \(layout.rowCount) rows for \(x.rowCount)")
        let result = Tensor(uninitialized: [x.rowCount, width])
        var sequence = 0
        while sequence < layout.count {
            // Short sequences that follow each other go together.
            var end = sequence + 1
            let isLong = layout.length(of: sequence) >= longSequence
            if !isLong { while end < layout.count, layout.length(of: end) < longSequence { end += 1 } }
            let rows = layout.starts[sequence]..<layout.starts[end]
            let part = product(x.rows(rows), isLong)
            (result.pointer + rows.lowerBound * width).update(from: part.pointer, count: part.count)
            sequence = end
        }
        return result
    }
}
