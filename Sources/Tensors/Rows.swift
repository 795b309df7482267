/// Moving whole rows between tensors.
package enum Rows {
    /// `result[i] = table[indices[i]]`.
    package static func gather(_ table: Tensor, _ indices: [Int32]) -> Tensor {
        let width = table.rowWidth
        let result = Tensor(uninitialized: [indices.count, width])
        Elementwise.forRows(result) { i in
            let index = indices[i]
            precondition(index >= 0 && index < table.rowCount, "row \(index) of \(table.rowCount)")
            (result.pointer + i * width).update(from: table.pointer + Int(index) * width, count: width)
        }
        return result
    }

    /// `table[indices[i]] += rows[i]`, in the order of `i`; negative indices are passed over.
    package static func scatterAdd(_ rows: Tensor, _ indices: [Int32], into table: Tensor) {
        let width = rows.rowWidth
        Elementwise.forColumns(rows) { columns in
            for (i, index) in indices.enumerated() where index >= 0 {
                Reduction.addScaled(
                    1, rows.pointer + i * width + columns.lowerBound,
                    to: table.pointer + Int(index) * width + columns.lowerBound, columns.count)
            }
        }
    }

    /// A copy of `base` whose row `i` is `table[indices[i]]` wherever that index is not negative.
    package static func replace(in base: Tensor, with table: Tensor, _ indices: [Int32]) -> Tensor {
        let result = base.copy()
        let width = base.rowWidth
        precondition(table.rowWidth == width, "rows of \(table.rowWidth) cannot replace rows of \(width)")
        for (i, index) in indices.enumerated() where index >= 0 {
            (result.pointer + i * width).update(from: table.pointer + Int(index) * width, count: width)
        }
        return result
    }

    /// The rows of all tensors, one after the other.
    package static func concatenate(_ parts: [Tensor]) -> Tensor {
        let width = parts.first?.rowWidth ?? 0
        let result = Tensor(uninitialized: [parts.reduce(0) { $0 + $1.rowCount }, width])
        var target = result.pointer
        for part in parts {
            precondition(part.rowWidth == width, "rows of \(part.rowWidth) among rows of \(width)")
            target.update(from: part.pointer, count: part.count)
            target += part.count
        }
        return result
    }

    /// The mean of the first `count` rows of `table`, added in their order: `[rowWidth]`.
    package static func mean(_ table: Tensor, first count: Int) -> Tensor {
        precondition(count > 0 && count <= table.rowCount, "the first \(count) rows of \(table.rowCount)")
        let width = table.rowWidth
        let result = Tensor(zeros: [width])
        for row in 0..<count {
            Reduction.addScaled(1, table.pointer + row * width, to: result.pointer, width)
        }
        for column in 0..<width { result.pointer[column] /= Float(count) }
        return result
    }
}
