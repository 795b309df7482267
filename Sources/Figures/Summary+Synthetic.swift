import Tables

extension Summary {
    /// What the synthetic illustration was to show (paper, section 3.4): GRACE puts all edit instances right with one
    /// key and changes nothing else; every other editor gives other upstream points another class.
    /// - Parameters:
    ///   - runs: the metric tables of the editors, for the number of keys.
    ///   - editor: whom the claims are about.
    /// - Throws: `FiguresError` when there are no points or no run of the editor, and when the run is no classifier's.
    package init(_ figure: SyntheticFigure, runs: [MetricRun], editor: String = "grace") throws {
        guard figure.editors.contains(editor) else {
            throw FiguresError.unknownEditor(asked: editor, present: figure.editors)
        }
        let own = runs.filter { $0.key.editor == editor }
        guard let run = own.max(by: { $0.end.keys < $1.end.keys }) else {
            throw FiguresError.unknownEditor(asked: editor, present: Set(runs.map(\.key.editor)).sorted())
        }
        guard run.layout == .classes else {
            throw FiguresError.otherTask(file: run.file, score: run.layout.scoreName)
        }
        let frozen = SyntheticFigure.frozen
        func claim(_ text: String, _ value: Double, _ bound: Claim.Bound) -> Claim {
            Claim(text, value, bound, layer: run.key.layer, epsilon: run.key.epsilon)
        }
        let others = figure.editors.filter { $0 != editor }
        self.init(
            editor: editor,
            claims: [
                Claim("upstream accuracy before editing", figure.right(figure.upstream, frozen), .atLeast(1)),
                Claim(
                    "share of the edit instances that are wrong before editing",
                    1 - figure.right(figure.edits, frozen), .atLeast(1)),
                claim(
                    "share of the edit instances that are right after \(editor)", figure.right(figure.edits, editor),
                    .atLeast(1)),
                claim(
                    "share of the upstream points that \(editor) gives another class", figure.flipped(by: editor),
                    .atMost(0)),
                claim("keys of \(editor) at the end of the stream", run.end.keys, .atMost(1)),
            ]
                + others.flatMap { other in
                    [
                        Claim(
                            "share of the upstream points that \(other) gives another class",
                            figure.flipped(by: other), .above(0)),
                        Claim(
                            "share of the other classes' upstream points that \(other) gives the edit class",
                            figure.drawnAlong(by: other), .above(0)),
                    ]
                })
    }
}

extension SyntheticFigure {
    /// The share of a set's points whose class is right.
    fileprivate func right(_ points: Points, _ editor: String) -> Double {
        Self.share(points[editor] ?? []) { $0.isRight }
    }

    /// The share of the upstream points whose class is not that of the frozen model.
    fileprivate func flipped(by editor: String) -> Double {
        let pairs = zip(upstream[Self.frozen] ?? [], upstream[editor] ?? [])
        return Self.share(Array(pairs)) { $0.prediction != $1.prediction }
    }

    /// The share of the upstream points with another class than the edit instances that get a class of these.
    fileprivate func drawnAlong(by editor: String) -> Double {
        let classes = Set((edits[Self.frozen] ?? []).compactMap(\.label))
        let others = (upstream[editor] ?? []).filter { !classes.contains($0.label ?? "") }
        return Self.share(others) { classes.contains($0.prediction) }
    }

    private static func share<Element>(_ elements: [Element], _ isIn: (Element) -> Bool) -> Double {
        elements.isEmpty ? .nan : Double(elements.count(where: isIn)) / Double(elements.count)
    }
}
