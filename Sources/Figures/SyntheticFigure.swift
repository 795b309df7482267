import Tables

/// Figure 5: what editing does to a classifier of points in the plane (paper, section 3.4).
///
/// The panels are: `before`, the upstream points and the frozen model; `edits`, the same with the edit instances; then
/// one for each editor, under its name, with the same points after editing.
package struct SyntheticFigure: Sendable {
    /// A point with its true class and the class that the model gives.
    package struct Point: Sendable, Equatable {
        package let x: Float
        package let y: Float
        /// Absent on a decision surface.
        package let label: String?
        package let prediction: String

        package init(x: Float, y: Float, label: String?, prediction: String) {
            self.x = x
            self.y = y
            self.label = label
            self.prediction = prediction
        }

        var isRight: Bool { label == prediction }

        func isSame(as other: Point) -> Bool { (x, y) == (other.x, other.y) && label == other.label }
    }

    /// The points of one set, by the editor that edited the model; `none` for the frozen model.
    package typealias Points = [String: [Point]]

    /// The name that stands for the frozen model.
    package static let frozen = "none"

    let upstream: Points
    let edits: Points
    let surface: Points
    /// The editors, without the frozen model, in the order of the paper.
    let editors: [String]

    /// Whether points stand in rows of the same places, as `SurfaceGrid` lays them.
    private static func isGrid(_ points: [Point]) -> Bool {
        let width = points.prefix { $0.y == points.first?.y }.count
        guard width > 0, points.count.isMultiple(of: width) else { return false }
        return points.indices.allSatisfy { n in
            points[n].x == points[n % width].x && points[n].y == points[n - n % width].y
        }
    }

    /// - Parameter surface: a regular grid; every set must have the same points for every editor.
    /// - Throws: `FiguresError` when an editor lacks a set, or has other points in it than the frozen model.
    package init(upstream: Points, edits: Points, surface: Points) throws {
        self.upstream = upstream
        self.edits = edits
        self.surface = surface
        let named = Set([upstream, edits, surface].flatMap(\.keys))
        editors = named.subtracting([Self.frozen]).sorted(by: EditorName.precedes)
        for (set, points) in [("upstream", upstream), ("edits", edits), ("surface", surface)] {
            guard let first = points[Self.frozen] else {
                throw FiguresError.noPoints(set: set, editor: Self.frozen)
            }
            for editor in editors {
                guard let others = points[editor] else { throw FiguresError.noPoints(set: set, editor: editor) }
                let shared = zip(first, others).enumerated().first { !$1.0.isSame(as: $1.1) }?.offset
                let different = shared ?? (first.count == others.count ? nil : min(first.count, others.count))
                if let different {
                    throw FiguresError.otherPoints(set: set, editor: editor, first: Self.frozen, index: different)
                }
            }
        }
        guard Self.isGrid(surface[Self.frozen] ?? []) else { throw FiguresError.noGrid }
    }

    /// `fig5_points.tsv`: every point of every panel.
    package var points: TSVTable {
        var table = TSVTable(
            columns: ["panel", "editor", "set", "x", "y", "label", "prediction"], name: "fig5_points.tsv")
        for panel in panels {
            for (set, points) in panel.sets {
                for point in points {
                    table.append([
                        panel.name, panel.editor, set, point.x, point.y, point.label ?? "", point.prediction,
                    ])
                }
            }
        }
        return table
    }

    /// `fig5_surface.tsv`: the class that the model of each panel gives on a regular grid.
    package var surfaces: TSVTable {
        var table = TSVTable(columns: ["panel", "editor", "x", "y", "prediction"], name: "fig5_surface.tsv")
        for panel in panels {
            for point in surface[panel.editor] ?? [] {
                table.append([panel.name, panel.editor, point.x, point.y, point.prediction])
            }
        }
        return table
    }

    private struct Panel {
        let name: String
        let editor: String
        let sets: [(name: String, points: [Point])]
    }

    private var panels: [Panel] {
        let before = Panel(name: "before", editor: Self.frozen, sets: [("upstream", upstream[Self.frozen] ?? [])])
        return [before, panel("edits", of: Self.frozen)] + editors.map { panel($0, of: $0) }
    }

    private func panel(_ name: String, of editor: String) -> Panel {
        Panel(
            name: name, editor: editor,
            sets: [("upstream", upstream[editor] ?? []), ("edits", edits[editor] ?? [])])
    }
}
