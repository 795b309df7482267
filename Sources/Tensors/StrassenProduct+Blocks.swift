extension StrassenProduct {
    /// The deepest panels that are packed at once; a multiple of 16.
    private static let deepest = 384
    /// The columns of a panel.
    private static let panelWidth = 64
    /// Into how many tasks the packing of a step's panels is divided.
    private static let packShares = 4
    /// After how many lines of a panel the kernel packs a vector: with three panels and tiles of 6 rows, all in time.
    private static let interval = 8

    /// `result[m, n] = start[m, n] + left[m, k] · right[k, n]`.
    ///
    /// Each block of rows takes all steps one after the other, so that a step finds in the cache what the ones before it
    /// read of the left factor and added to the result. The panels of all steps are packed before; rows are packed while
    /// those of the step before are multiplied.
    static func product<Left: Layout>(
        m: Int, n: Int, k: Int, left: Factor, _: Left.Type, right: Factor, scheme: Scheme, start: Start?,
        result: UnsafeMutablePointer<Float>
    ) {
        let side = scheme.side, steps = scheme.steps, stride = n, (m, n, k) = (m / side, n / side, k / side)
        // Parts of nearly equal size, and an even number of blocks of rows, which two threads are to share.
        let deepest = evenPart(of: k, most: deepest)
        let height = evenPart(of: m, most: scheme.rowsTogether, unit: Left.rowUnit, pairs: true)
        // Shallow panels leave room for more columns, which make more of the rows that are packed.
        let columnsTogether = scheme.columnsTogether * (Self.deepest / deepest)
        let widest = evenPart(of: n, most: columnsTogether, unit: panelWidth)
        let blocks = rowBlocks(of: m, height: height, unit: Left.splitUnit)
        let panels = Tensor(uninitialized: [steps.count, widest * deepest])
        for column in Swift.stride(from: 0, to: n, by: widest) {
            for first in Swift.stride(from: 0, to: k, by: deepest) {
                let width = min(widest, n - column), depth = min(deepest, k - first)
                let part = right.from(row: first, column: column)
                Parallel.forEach(steps.count * packShares) { task in
                    let number = task / packShares, share = task % packShares
                    part.sum(of: steps[number].right, rows: k, columns: n, side: side).packPanels(
                        depth * share / packShares..<depth * (share + 1) / packShares, depth: depth, width: width,
                        to: panels.pointer + number * panels.rowWidth)
                }
                let begins = first == 0
                let targets = targets(
                    of: scheme, result, rows: m, columns: n, stride: stride, start: start, begins: begins)
                let sums = steps.map {
                    Left.sum(of: $0.left, in: left, first: first, rows: m, columns: k, side: side)
                }
                Parallel.forEach(blocks.count) { task in
                    let row = blocks[task].lowerBound, count = blocks[task].count
                    let rows = Tensor(uninitialized: [2, Left.size(rows: height, depth: depth)])
                    let packing = { (number: Int) in
                        Left.packing(
                            sums[number], row: row, count: count, depth: depth,
                            to: rows.pointer + number % 2 * rows.rowWidth)
                    }
                    var next = packing(0)
                    next.finish()
                    withUnsafeMutablePointer(to: &next) { next in
                        for number in steps.indices {
                            if number + 1 < steps.count { next.pointee = packing(number + 1) }
                            let panel = panels.pointer + number * panels.rowWidth
                            for across in Swift.stride(from: 0, to: width, by: panelWidth) {
                                forEachTile(
                                    count,
                                    PackedTile<Left>(
                                        rows: rows.pointer + number % 2 * rows.rowWidth, panel: panel + across * depth,
                                        depth: depth, interval: interval, targets: targets[number], row: row,
                                        column: column + across, packing: next))
                            }
                            next.pointee.finish()
                        }
                    }
                }
            }
        }
    }

    /// Where the result of each step goes. With `begins` blocks get their first values.
    private static func targets(
        of scheme: Scheme, _ result: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int, start: Start?,
        begins: Bool
    ) -> [[Target]] {
        var begun = Set<Int>()
        return scheme.steps.map { step in
            step.result.map { term in
                let row = term.block / scheme.side * rows, column = term.block % scheme.side * columns
                let block = result + (row * stride + column)
                let isFirst = begun.insert(term.block).inserted && begins
                return Target(
                    block: block, stride: stride, sign: Vector(repeating: term.sign),
                    start: isFirst ? start?.from(row: row, column: column) : Start(pointer: block, stride: stride))
            }
        }
    }

    /// Blocks of `height` rows and of what is left, the last in two where it would leave one of two threads without work.
    static func rowBlocks(of m: Int, height: Int, unit: Int) -> [Range<Int>] {
        var blocks = Swift.stride(from: 0, to: m, by: height).map { $0..<min(m, $0 + height) }
        guard !blocks.count.isMultiple(of: 2), let last = blocks.popLast() else { return blocks }
        let middle = last.lowerBound + (last.count + 2 * unit - 1) / (2 * unit) * unit
        return blocks + [last.lowerBound..<middle, middle..<m].filter { !$0.isEmpty }
    }

    /// The size, a multiple of `unit`, of parts of `count` that are nearly equal and of at most `most`; an even number
    /// of parts where two threads are to share them.
    private static func evenPart(of count: Int, most: Int, unit: Int = 16, pairs: Bool = false) -> Int {
        let parts = pairs ? 2 * ((count + 2 * most - 1) / (2 * most)) : (count + most - 1) / most
        return ((count + parts - 1) / parts + unit - 1) / unit * unit
    }
}
