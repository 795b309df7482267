import Figures
import Tables
import TestSupport
import Testing

@Suite("The synthetic illustration")
struct SyntheticFigureTests {
    private typealias Point = SyntheticFigure.Point

    /// Two upstream points of each class and two edit instances, whose class is that of the right.
    private let truth: (upstream: [(Float, Float, String)], edits: [(Float, Float, String)]) = (
        upstream: [(-1.0, 0.0, "left"), (-1.0, 1.0, "left"), (1.0, 0.0, "right"), (1.0, 1.0, "right")],
        edits: [(-0.5, 0.5, "right"), (-0.4, 0.5, "right")]
    )

    private func points(_ truth: [(Float, Float, String)], _ predictions: String) -> [Point] {
        zip(truth, predictions).map { point, letter in
            Point(x: point.0, y: point.1, label: point.2, prediction: letter == "l" ? "left" : "right")
        }
    }

    private func figure(
        grace: (upstream: String, edits: String) = ("llrr", "rr"),
        finetune: (upstream: String, edits: String) = ("rrrr", "rr"),
        frozen: (upstream: String, edits: String) = ("llrr", "ll")
    ) throws -> SyntheticFigure {
        let grid = ["left", "right"].enumerated().map { Point(x: Float($0), y: 0, label: nil, prediction: $1) }
        return try SyntheticFigure(
            upstream: [
                "none": points(truth.upstream, frozen.upstream), "grace": points(truth.upstream, grace.upstream),
                "finetune": points(truth.upstream, finetune.upstream),
            ],
            edits: [
                "none": points(truth.edits, frozen.edits), "grace": points(truth.edits, grace.edits),
                "finetune": points(truth.edits, finetune.edits),
            ], surface: ["none": grid, "grace": grid, "finetune": grid])
    }

    private func runs(keys: Double = 1) throws -> [MetricRun] {
        try MetricTables().read(
            [
                MadeRun("grace", epsilon: 0.45, edits: [0, 1], keys: { Double($0) * keys }),
                MadeRun("finetune", edits: [0, 1]),
            ], .classes)
    }

    @Test("There are four panels, with the points and the surface of their model")
    func panels() throws {
        let figure = try figure()
        let points = figure.points
        #expect(points.columns == ["panel", "editor", "set", "x", "y", "label", "prediction"])
        let panels = try points.records.map { try [$0.text("panel"), $0.text("editor"), $0.text("set")] }
        let expected =
            [(["before", "none", "upstream"], 4)]
            + [("edits", "none"), ("grace", "grace"), ("finetune", "finetune")].flatMap { panel, editor in
                [([panel, editor, "upstream"], 4), ([panel, editor, "edits"], 2)]
            }
        #expect(panels == expected.flatMap { Array(repeating: $0.0, count: $0.1) })
        #expect(points.rows[0] == ["before", "none", "upstream", "-1", "0", "left", "left"])
        #expect(points.rows.last == ["finetune", "finetune", "edits", "-0.4", "0.5", "right", "right"])
        let surfaces = figure.surfaces
        #expect(surfaces.columns == ["panel", "editor", "x", "y", "prediction"])
        #expect(surfaces.rows.count == 4 * 2)
        #expect(surfaces.rows[1] == ["before", "none", "1", "0", "right"])
    }

    @Test("An illustration that shows what it should is summarised claim by claim")
    func holds() throws {
        let summary = try Summary(figure(), runs: runs())
        #expect(summary.holds)
        #expect(summary.claims.map(\.value) == [1, 1, 1, 0, 1, 0.5, 1])
        #expect(
            summary.claims.map(\.bound.text)
                == [">= 1", ">= 1", ">= 1", "<= 0", "<= 1", "> 0", "> 0"])
        #expect(summary.claims.map(\.epsilon) == [nil, nil, 0.45, 0.45, 0.45, nil, nil])
    }

    @Test("Each claim can fail")
    func fails() throws {
        func failing(_ figure: SyntheticFigure, keys: Double = 1) throws -> [Int] {
            let claims = try Summary(figure, runs: runs(keys: keys)).claims
            return claims.indices.filter { !claims[$0].holds }
        }
        #expect(try failing(figure(frozen: ("lrrr", "ll"))).contains(0))
        #expect(try failing(figure(frozen: ("llrr", "lr"))) == [1])
        #expect(try failing(figure(grace: ("llrr", "rl"))) == [2])
        #expect(try failing(figure(grace: ("lrrr", "rr"))) == [3])
        #expect(try failing(figure(), keys: 2) == [4])
        #expect(try failing(figure(finetune: ("llrr", "rr"))) == [5, 6])
    }

    @Test("An editor without a set, or with other points, is refused")
    func refused() throws {
        let left = points(truth.upstream, "llrr"), grid = points(truth.edits, "ll")
        #expect(throws: FiguresError.noPoints(set: "upstream", editor: "none")) {
            try SyntheticFigure(upstream: ["grace": left], edits: [:], surface: [:])
        }
        #expect(throws: FiguresError.noPoints(set: "edits", editor: "grace")) {
            try SyntheticFigure(
                upstream: ["none": left, "grace": left], edits: ["none": left], surface: ["none": left])
        }
        #expect(throws: FiguresError.otherPoints(set: "upstream", editor: "grace", first: "none", index: 3)) {
            try SyntheticFigure(
                upstream: ["none": left, "grace": Array(left.prefix(3))], edits: ["none": grid, "grace": grid],
                surface: ["none": grid, "grace": grid])
        }
        #expect(throws: FiguresError.otherPoints(set: "edits", editor: "grace", first: "none", index: 1)) {
            let other = [grid[0], Point(x: 9, y: 9, label: "right", prediction: "left")]
            _ = try SyntheticFigure(
                upstream: ["none": left, "grace": left], edits: ["none": grid, "grace": other],
                surface: ["none": grid, "grace": grid])
        }
        #expect(throws: FiguresError.unknownEditor(asked: "mend", present: ["grace", "finetune"])) {
            try Summary(figure(), runs: runs(), editor: "mend")
        }
    }

    @Test("A table of answers is no table of points")
    func otherTask() throws {
        let answers = try MetricTables().read([MadeRun("grace", epsilon: 0.45, edits: [0, 1])], .answers)
        let error = #expect(throws: FiguresError.self) { try Summary(figure(), runs: answers) }
        #expect("\(try #require(error))".contains("made.tsv: the scores are F1"))
    }

    @Test("A grid covers the points and a margin, row by row from the lowest corner")
    func grid() throws {
        let grid = try SurfaceGrid(covering: [(0, 10), (2, 30), (1, 20)], size: 3, margin: 0.5).points
        #expect(grid.map(\.x) == [-1, 1, 3, -1, 1, 3, -1, 1, 3])
        #expect(grid.map(\.y) == [0, 0, 0, 20, 20, 20, 40, 40, 40])
        #expect(throws: FiguresError.flatPoints(axis: "y")) {
            try SurfaceGrid(covering: [(0, 1), (2, 1)], size: 3, margin: 0.5)
        }
    }
}
