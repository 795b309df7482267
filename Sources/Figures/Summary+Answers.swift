extension Summary {
    /// Before editing the model knows its upstream data and does not know the stream. Of several runs the worst counts.
    static func before(_ runs: [MetricRun]) -> [Claim] {
        [
            Claim(
                "upstream exact match before editing",
                least(runs.map(\.start.upstreamRight)), .atLeast(0.9)),
            Claim(
                "share of the stream that is wrong before editing",
                least(runs.map { 1 - $0.start.streamRight }), .atLeast(0.5)),
        ]
    }

    /// The run with the highest final edit score, of those whose edits nearly all succeed, or of all if there is none.
    static func best(_ runs: [MetricRun]) -> [Claim] {
        let able = runs.filter { $0.end.editSuccess >= 0.98 }
        let score = { (run: MetricRun) in run.end.editScore.isNaN ? -1 : run.end.editScore }
        let best = (able.isEmpty ? runs : able).max { score($0) < score($1) }
        func claim(_ text: String, _ bound: Double, _ value: (MetricRun) -> Double) -> Claim {
            Claim(
                text, best.map(value) ?? .nan, .atLeast(bound), layer: best?.key.layer, epsilon: best?.key.epsilon)
        }
        return [
            claim("edit success of the best run", 0.98) { $0.end.editSuccess },
            claim("upstream F1 kept by the best run (share of the F1 before editing)", 0.95) {
                $0.end.upstream / $0.start.upstream
            },
            claim("online F1 of the best run at the end of the stream", 0.9) { $0.end.online },
        ]
    }
}
