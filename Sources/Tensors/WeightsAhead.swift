/// Weights that are asked for while others are computed with, so that memory is never idle.
///
/// Rows in tiles pass over a panel of weights several times. Each pass asks for its share of the panel to come, at an even
/// pace: with all of it in the first pass the processor, which waits for a few dozen lines at a time, would stand still
/// there, and memory in the others.
struct WeightsAhead {
    /// Floats from a weight to the one that is asked for in its place; zero where nothing comes.
    let distance: Int
    /// How often the present weights are passed over.
    let passes: Int
    /// The number of the first pass of this product, where another one has passed over the same weights before.
    var firstPass = 0

    /// The weight rows of each four that a pass of this product asks for.
    func rows(pass: Int) -> Range<Int> {
        if distance == 0 { return 0..<0 }
        let pass = firstPass + pass
        return 4 * pass / passes..<4 * (pass + 1) / passes
    }
}
