extension StrassenProduct {
    /// The deepest panels that are packed at once; a multiple of 16, by which the kernel's rows are `rowStride` apart.
    private static let deepest = 384
    /// As many rows of either half are computed together as the second-level cache keeps about: of the left factor and
    /// of the result.
    private static let rowsTogether = 64
    /// The most columns whose packed panels, for all steps, the third-level cache keeps.
    private static let columnsTogether = 768
    /// The columns of a panel.
    private static let panelWidth = 64
    /// Into how many tasks the packing of a step's panels is divided.
    private static let packShares = 4

    /// `result[m, n] = start[m, n] + left[m, k] · right[k, n]`.
    ///
    /// Each block of rows takes all seven steps one after the other, so that a step finds in the cache what the one
    /// before it read of the left factor and added to the result. The panels of all steps are packed before.
    static func product(
        m: Int, n: Int, k: Int, left: Factor, right: Factor, start: Start?, result: UnsafeMutablePointer<Float>
    ) {
        let (m, n, k, stride) = (m / 2, n / 2, k / 2, n)
        // Parts of nearly equal size, and an even number of blocks of rows, which two threads are to share.
        let deepest = evenPart(of: k, most: deepest), height = evenPart(of: m, most: rowsTogether, pairs: true)
        let widest = evenPart(of: n, most: columnsTogether, unit: panelWidth)
        let panels = Tensor(uninitialized: [steps.count, widest * deepest])
        for column in Swift.stride(from: 0, to: n, by: widest) {
            for first in Swift.stride(from: 0, to: k, by: deepest) {
                let width = min(widest, n - column), depth = min(deepest, k - first)
                Parallel.forEach(steps.count * packShares) { task in
                    let number = task / packShares
                    right.blocks(of: steps[number].right, rows: k, columns: n).packPanels(
                        from: first, depth: depth, first: column, width: width, share: task % packShares,
                        of: packShares, to: panels.pointer + number * panels.rowWidth)
                }
                Parallel.forEach((m + height - 1) / height) { task in
                    let row = task * height, count = min(height, m - row)
                    let rows = Tensor(uninitialized: [count, rowStride])
                    for (number, step) in steps.enumerated() {
                        left.blocks(of: step.left, rows: m, columns: k).packRows(
                            from: row, count: count, first: first, depth: depth, to: rows.pointer)
                        let targets = Targets(
                            step, result, rows: m, columns: n, stride: stride, start: start, isFirst: first == 0)
                        let panel = panels.pointer + number * panels.rowWidth
                        for across in Swift.stride(from: 0, to: width, by: panelWidth) {
                            forEachTile(
                                count,
                                PackedTile(
                                    rows: rows.pointer, panel: panel + across * depth, depth: depth, targets: targets,
                                    row: row, column: column + across))
                        }
                    }
                }
            }
        }
    }

    /// The size, a multiple of `unit`, of parts of `count` that are nearly equal and of at most `most`; an even number
    /// of parts where two threads are to share them.
    private static func evenPart(of count: Int, most: Int, unit: Int = 16, pairs: Bool = false) -> Int {
        let parts = pairs ? 2 * ((count + 2 * most - 1) / (2 * most)) : (count + most - 1) / most
        return ((count + parts - 1) / parts + unit - 1) / unit * unit
    }
}
