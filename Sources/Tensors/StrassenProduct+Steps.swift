extension StrassenProduct {
    /// A block of a matrix, which is cut into four, and the block that is added to it or taken from it.
    struct Sum {
        let block: Int
        let other: Int?
        let sign: Float

        init(_ block: Int, plus other: Int? = nil) { (self.block, self.other, sign) = (block, other, 1) }
        init(_ block: Int, minus other: Int) { (self.block, self.other, sign) = (block, other, -1) }
    }

    /// One of the seven products: of sums of blocks, 0 and 1 in the upper half, added to blocks of the result.
    struct Step {
        let left: Sum
        let right: Sum
        let result: Sum
        /// The blocks of the result that get their first values here.
        let begins: [Int]
    }

    static let steps = [
        Step(left: Sum(0, plus: 3), right: Sum(0, plus: 3), result: Sum(0, plus: 3), begins: [0, 3]),
        Step(left: Sum(2, plus: 3), right: Sum(0), result: Sum(2, minus: 3), begins: [2]),
        Step(left: Sum(0), right: Sum(1, minus: 3), result: Sum(1, plus: 3), begins: [1]),
        Step(left: Sum(3), right: Sum(2, minus: 0), result: Sum(0, plus: 2), begins: []),
        Step(left: Sum(0, plus: 1), right: Sum(3), result: Sum(1, minus: 0), begins: []),
        Step(left: Sum(2, minus: 0), right: Sum(0, plus: 1), result: Sum(3), begins: []),
        Step(left: Sum(1, minus: 3), right: Sum(2, plus: 3), result: Sum(0), begins: []),
    ]
}
