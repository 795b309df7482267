/// How the rows of a tensor divide into sequences: one after the other, without padding between them.
///
/// Batches carry no padding, so what one sequence computes cannot depend on how long the others are. Where a caller
/// wants padded rows all the same (to reproduce code that reads them), they are ordinary rows of their sequence beyond
/// its `visible` ones: they look at the sequence, and nobody looks at them.
package struct RaggedLayout: Sendable, Equatable {
    /// First row of each sequence, and the end of the last: count + 1 numbers.
    package let starts: [Int]
    /// How many rows of each sequence, from its first, may be attended to.
    package let visible: [Int]

    package init(lengths: [Int], visible: [Int]? = nil) {
        var starts = [0]
        starts.reserveCapacity(lengths.count + 1)
        for length in lengths { starts.append(starts[starts.count - 1] + length) }
        self.starts = starts
        self.visible = visible ?? lengths
        precondition(self.visible.count == lengths.count, "\(self.visible.count) visible lengths for \(lengths.count)")
    }

    package var count: Int { visible.count }
    package var rowCount: Int { starts[starts.count - 1] }
    package var longest: Int { (0..<count).map { length(of: $0) }.max() ?? 0 }
    package func length(of sequence: Int) -> Int { starts[sequence + 1] - starts[sequence] }
    package func rows(of sequence: Int) -> Range<Int> { starts[sequence]..<starts[sequence + 1] }

    /// The layout of some of the sequences, one after the other, and which rows they are.
    package func selecting(_ sequences: [Int]) -> (layout: RaggedLayout, rows: [Int32]) {
        (
            RaggedLayout(lengths: sequences.map { length(of: $0) }, visible: sequences.map { visible[$0] }),
            sequences.flatMap { rows(of: $0).map { Int32($0) } }
        )
    }
}
