extension StrassenProduct {
    /// A block of a matrix, counted row by row, and its sign in a sum.
    struct Term {
        let block: Int
        let sign: Float
    }

    /// A product of sums of blocks, and the blocks of the result it is added to. The first sign of each is +.
    struct Step {
        let left: [Term]
        let right: [Term]
        let result: [Term]

        fileprivate init(_ left: [Term], _ right: [Term], _ result: [Term]) {
            (self.left, self.right, self.result) = (left, right, result)
        }

        /// Blocks 1 and 2 above 3 and 4; those with a minus are taken away.
        fileprivate init(_ left: [Int], _ right: [Int], _ result: [Int]) {
            let terms = { (blocks: [Int]) in blocks.map { Term(block: abs($0) - 1, sign: $0 < 0 ? -1 : 1) } }
            self.init(terms(left), terms(right), terms(result))
        }
    }

    /// Into how many blocks each side of a matrix is cut, and the steps that make up the product of two.
    struct Scheme {
        let side: Int
        /// As many rows of each block are computed together as the second-level cache keeps: of the left factor and of
        /// the result.
        let rowsTogether: Int
        /// The most columns whose packed panels, the deepest there are, the third-level cache keeps for all steps.
        let columnsTogether: Int
        let steps: [Step]

        /// Seven products of halves.
        static let halves = Scheme(
            side: 2, rowsTogether: 64, columnsTogether: 384,
            steps: [
                Step([1, 4], [1, 4], [1, 4]),
                Step([3, 4], [1], [3, -4]),
                Step([1], [2, -4], [2, 4]),
                Step([4], [3, -1], [1, 3]),
                Step([1, 2], [4], [2, -1]),
                Step([3, -1], [1, 2], [4]),
                Step([2, -4], [3, 4], [1]),
            ])

        /// 49 products of quarters: each of the seven by the seven.
        static let quarters = Scheme(
            side: 4, rowsTogether: 24, columnsTogether: 192,
            steps: halves.steps.flatMap { outer in
                halves.steps.map { inner in
                    Step(
                        nested(outer.left, inner.left), nested(outer.right, inner.right),
                        nested(outer.result, inner.result))
                }
            })

        private static func nested(_ outer: [Term], _ inner: [Term]) -> [Term] {
            outer.flatMap { half in
                inner.map { part in
                    let row = half.block / 2 * 2 + part.block / 2, column = half.block % 2 * 2 + part.block % 2
                    return Term(block: row * 4 + column, sign: half.sign * part.sign)
                }
            }
        }
    }
}
