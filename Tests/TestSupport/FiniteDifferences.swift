/// The derivative of `f` by each of the numbers at `input`, which it reads: differences of fourth order.
package func finiteDifferences(
    at input: UnsafeMutablePointer<Float>, count: Int, step: Float = 1 / 64, _ f: () -> Double
) -> [Double] {
    return (0..<count).map { i in
        let middle = input[i]
        defer { input[i] = middle }
        func at(_ steps: Float) -> (x: Double, y: Double) {
            input[i] = middle + steps * step
            return (Double(input[i]), f())
        }
        let (far, near) = ((at(2), at(-2)), (at(1), at(-1)))
        let wide = (far.0.y - far.1.y) / (far.0.x - far.1.x)
        let narrow = (near.0.y - near.1.y) / (near.0.x - near.1.x)
        return (4 * narrow - wide) / 3
    }
}
