import Tensors

extension Codebook {
    /// A key and its Euclidean distance from a query.
    package struct Neighbour: Sendable, Equatable {
        package let key: Int
        package let distance: Float

        package init(key: Int, distance: Float) {
            self.key = key
            self.distance = distance
        }
    }

    /// The key nearest to the query; nil in an empty codebook.
    package func nearest(to query: UnsafePointer<Float>) -> Neighbour? {
        var best: Neighbour?
        for key in 0..<count {
            let distance = distance(from: query, to: key)
            if best.map({ isNearer(distance, than: $0.distance) }) ?? true {
                best = Neighbour(key: key, distance: distance)
            }
        }
        return best
    }

    package func nearest(to query: [Float]) -> Neighbour? {
        precondition(query.count == keyWidth, "a query of \(query.count) floats for keys of \(keyWidth)")
        return query.withUnsafeBufferPointer { $0.baseAddress.flatMap { nearest(to: $0) } }
    }

    /// The key whose value answers the query: the nearest one, if the query lies within its radius (border included).
    /// Nil defers to the frozen layer.
    package func retrieve(_ query: [Float]) -> Int? {
        nearest(to: query).flatMap { covers($0) ? $0.key : nil }
    }

    /// Whether a query at this distance from its nearest key is answered by it.
    package func covers(_ neighbour: Neighbour) -> Bool { neighbour.distance <= radii[neighbour.key] }

    /// The distance that decides everything: the root of a sum of squared differences in one fixed order, so that it
    /// is the same number in every batch, at every codebook size and on every day.
    package func distance(from query: UnsafePointer<Float>, to key: Int) -> Float {
        keys.withUnsafeBufferPointer { keys in
            guard let base = keys.baseAddress else { return .infinity }
            return Reduction.squaredDistance(query, base + key * keyWidth, keyWidth).squareRoot()
        }
    }

    /// Whether a key at `distance` goes before an older one at `other`.
    package func isNearer(_ distance: Float, than other: Float) -> Bool {
        rules.newestWins ? distance <= other : distance < other
    }
}
