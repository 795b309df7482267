/// The largest output of each row's product with a frozen weight, found without reading all of the weight.
///
/// The output head is the largest weight of a language model, and all that greedy generation wants from it is which logit
/// is largest. So a copy of the weight in 8 bits is read, a quarter of the bytes. It gives each logit up to an error with
/// a bound that holds without exception; the few outputs that the bounds leave are computed from the weight itself by
/// `FrozenProduct`. The answer is that of `plain`, always: where bounds say nothing (many outputs nearly equal, numbers
/// that are not finite or close to the limits of their format), the whole product is computed.
package struct GreedyHead: Sendable {
    private let weight: Tensor
    /// Nil where it would not help: a small weight is in cache anyway.
    private let rounded: RoundedRows?

    /// Rows of `x` up to which one after the other is faster than the product of all with the whole weight.
    private static let mostRows = 4

    /// Makes the copy, a quarter of the size of the weight, which must not change afterwards.
    ///
    /// - Parameter leastCount: floats from which a weight is worth a copy; by default more than a second-level cache.
    package init(weight: Tensor, leastCount: Int = 1 << 19) {
        self.weight = weight
        rounded = weight.count < leastCount ? nil : RoundedRows(weight)
    }

    /// For each row of `x[rows, width]` the output whose product is largest, the lowest of equal ones; nil where a
    /// product is NaN.
    package func argmax(_ x: Tensor) -> [Int?] {
        guard let rounded, x.rowCount <= Self.mostRows else { return Self.plain(x, weight: weight) }
        return (0..<x.rowCount).map { index in
            let row = x.rows(index..<index + 1)
            guard let candidates = rounded.candidates(row) else { return Self.plain(row, weight: weight)[0] }
            let products = FrozenProduct.forward(x: row, weight: Rows.gather(weight, candidates))
            return Reduction.argmax(products.pointer, products.count).map { Int(candidates[$0]) }
        }
    }

    /// The same from the whole product.
    package static func plain(_ x: Tensor, weight: Tensor) -> [Int?] {
        let products = FrozenProduct.forward(x: x, weight: weight)
        return (0..<x.rowCount).map {
            Reduction.argmax(products.pointer + $0 * weight.rowCount, weight.rowCount)
        }
    }
}
