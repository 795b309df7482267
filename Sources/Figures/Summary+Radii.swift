import Tables

extension Summary {
    /// Two runs that differ in nothing but the radius, the first of which is the tiniest.
    private struct Pair {
        let tiny: MetricRun
        let large: MetricRun

        /// Keys with the larger radius, as a share of those with the tiniest.
        var keys: Double { large.end.keys / tiny.end.keys }
        /// Final holdout F1 with the larger radius, less that with the tiniest.
        var gain: Double { large.end.holdout - tiny.end.holdout }
    }

    static let fewerKeys = 0.9

    /// The runs that differ in nothing but the radius, ascending.
    static func series(_ runs: [MetricRun]) -> [[MetricRun]] {
        let series = Dictionary(grouping: runs.filter { $0.key.epsilon != nil }) { run in
            var key = run.key
            key.epsilon = nil
            return key
        }
        return series.sorted { $0.key < $1.key }.map { $0.value.sorted { $0.key < $1.key } }
    }

    /// A tiny radius makes a key of nearly every edit; a larger one makes fewer, and answers unseen phrasings.
    static func radii(_ runs: [MetricRun]) -> [Claim] {
        let ordered = series(runs)
        let tiny = ordered.compactMap(\.first)
        let pairs = ordered.flatMap { runs in
            runs.dropFirst().compactMap { large in runs.first.map { Pair(tiny: $0, large: large) } }
        }
        let gain = { (pair: Pair) in pair.gain.isNaN ? -1 : pair.gain }
        let sparing = pairs.filter { $0.keys <= fewerKeys }
        let pair = (sparing.isEmpty ? pairs : sparing).max { gain($0) < gain($1) }

        let ratio = { (run: MetricRun) in run.end.keyEditRatio.isNaN ? -1 : run.end.keyEditRatio }
        let worst = tiny.min { ratio($0) < ratio($1) }
        let place = (layer: pair?.large.key.layer, epsilon: pair?.large.key.epsilon)
        let against = pair?.tiny.key.epsilon.map { " (\($0.cell))" } ?? ""
        return [
            Claim(
                "keys per edit at the tiniest radius (least of the layers)", worst?.end.keyEditRatio ?? .nan,
                .atLeast(0.95), layer: worst?.key.layer, epsilon: worst?.key.epsilon),
            Claim(
                "keys at a larger radius as a share of those at the tiniest\(against)", pair?.keys ?? .nan,
                .atMost(fewerKeys), layer: place.layer, epsilon: place.epsilon),
            Claim(
                "holdout F1 gained by that radius over the tiniest\(against)", pair?.gain ?? .nan,
                .atLeast(0.05), layer: place.layer, epsilon: place.epsilon),
        ]
    }

    /// At one radius, the layers' final holdout F1 differ: the widest spread of any radius.
    static func layers(_ runs: [MetricRun]) -> [Claim] {
        let radii = Dictionary(grouping: runs.filter { !$0.end.holdout.isNaN }, by: \.key.epsilon)
        let spreads = radii.compactMap { epsilon, runs -> (epsilon: Double?, spread: Double)? in
            // Of several seeds or learning rates the mean stands for a layer.
            let layers = Dictionary(grouping: runs, by: \.key.layer).values.map { runs in
                runs.map(\.end.holdout).reduce(0, +) / Double(runs.count)
            }
            guard layers.count > 1, let least = layers.min(), let most = layers.max() else { return nil }
            return (epsilon, most - least)
        }
        let widest = spreads.sorted { ($0.epsilon ?? -1) < ($1.epsilon ?? -1) }.max { $0.spread < $1.spread }
        return [
            Claim(
                "difference of final holdout F1 between layers at one radius", widest?.spread ?? .nan,
                .atLeast(0.02), epsilon: widest?.epsilon)
        ]
    }
}
