extension Summary {
    /// A value with the run that it is from.
    private typealias Measured = (run: MetricRun, value: Double)

    /// What the runs of a classifier over a stream with shifted labels were to show (paper, Table 1): it knows its
    /// upstream data; a small radius keys nearly every edit and remembers best; larger radii use fewer keys.
    static func classes(_ runs: [MetricRun]) -> [Claim] {
        let before = [
            Claim("upstream accuracy before editing", least(runs.map(\.start.upstream)), .atLeast(0.85)),
            Claim(
                "share of the stream that is wrong before editing", least(runs.map { 1 - $0.start.streamRight }),
                .atLeast(0.25)),
        ]
        return before + smallest(runs) + trend(runs)
    }

    /// What is claimed of the smallest radius of each series.
    private static func smallest(_ runs: [MetricRun]) -> [Claim] {
        let smallest = series(runs).compactMap(\.first)
        return [
            worst("edit success at the smallest radius", smallest.map { ($0, $0.end.editSuccess) }, .atLeast(0.98)),
            worst("keys per edit at the smallest radius", smallest.map { ($0, $0.end.keyEditRatio) }, .atLeast(0.95)),
            worst(
                "accuracy on previous edits at the smallest radius", smallest.map { ($0, $0.end.online) },
                .atLeast(0.9)),
            worst(
                "upstream accuracy kept at the smallest radius (share of that before editing)",
                smallest.map { ($0, $0.end.upstream / $0.start.upstream) }, .atLeast(0.95)),
        ]
    }

    /// What becomes of keys and memory from the smallest radius of a series to the largest.
    private static func trend(_ runs: [MetricRun]) -> [Claim] {
        let series = series(runs)
        var keys: [Measured] = []
        var memory: [Measured] = []
        for runs in series {
            guard let first = runs.first, let last = runs.last, runs.count > 1 else { continue }
            keys.append((last, last.end.keys / first.end.keys))
            memory += runs.dropFirst().map { ($0, first.end.online - $0.end.online) }
        }
        return [
            Claim("radii that were tried", series.map { Double($0.count) }.min() ?? .nan, .atLeast(3)),
            worst("keys at the largest radius as a share of those at the smallest", keys, .atMost(fewerKeys)),
            worst("accuracy on previous edits at the smallest radius, less that at a larger one", memory, .atLeast(0)),
        ]
    }

    /// A claim about several runs, of which the worst counts; an undefined value is worse than any.
    private static func worst(_ text: String, _ values: [Measured], _ bound: Claim.Bound) -> Claim {
        let isHighWorst = if case .atMost = bound { true } else { false }
        let sorted = values.sorted { isHighWorst ? $0.value > $1.value : $0.value < $1.value }
        let worst = values.first { $0.value.isNaN } ?? sorted.first
        return Claim(
            text, worst?.value ?? .nan, bound, layer: worst?.run.key.layer, epsilon: worst?.run.key.epsilon)
    }
}
