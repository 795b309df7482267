/// A regular grid over the plane of some points, on which a decision surface is drawn.
package struct SurfaceGrid: Sendable {
    /// The grid's points, row by row from the lowest `y`, each row from the lowest `x`.
    package let points: [(x: Double, y: Double)]

    /// Covers a set of points.
    /// - Parameters:
    ///   - size: how many points the grid has along each axis, from 2.
    ///   - margin: how far it goes beyond the outermost points, as a share of their extent along the axis.
    /// - Throws: `FiguresError.flatPoints` when all points share one `x` or one `y`.
    package init(covering covered: [(x: Double, y: Double)], size: Int, margin: Double) throws {
        precondition(size > 1 && margin >= 0, "a grid needs two points along each axis")
        let x = try Self.positions(covered.map(\.x), axis: "x", size: size, margin: margin)
        let y = try Self.positions(covered.map(\.y), axis: "y", size: size, margin: margin)
        points = y.flatMap { y in x.map { ($0, y) } }
    }

    private static func positions(_ values: [Double], axis: String, size: Int, margin: Double) throws -> [Double] {
        guard let least = values.min(), let most = values.max(), most > least else {
            throw FiguresError.flatPoints(axis: axis)
        }
        let beyond = margin * (most - least)
        let step = (most - least + 2 * beyond) / Double(size - 1)
        return (0..<size).map { least - beyond + Double($0) * step }
    }
}
