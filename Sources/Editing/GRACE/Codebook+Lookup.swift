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
    package func nearest(to query: [Float]) -> Neighbour? { nearest(to: [query])[0] }

    /// For each query the key nearest to it; nil in an empty codebook. Many queries at once read the keys only once.
    package func nearest(to queries: [[Float]]) -> [Neighbour?] {
        // One after the other, so that they have addresses.
        let floats = queries.flatMap { query in
            precondition(query.count == keyWidth, "a query of \(query.count) floats for keys of \(keyWidth)")
            return query
        }
        return floats.withUnsafeBufferPointer { floats in
            guard let base = floats.baseAddress else { return queries.map { _ in nil } }
            return keyRows.nearest(to: queries.indices.map { base + $0 * keyWidth })
                .map { $0.map { Neighbour(key: $0.row, distance: $0.distance) } }
        }
    }

    /// The key whose value answers the query: the nearest one, if the query lies within its radius (border included).
    /// Nil defers to the frozen layer.
    package func retrieve(_ query: [Float]) -> Int? {
        nearest(to: query).flatMap { covers($0) ? $0.key : nil }
    }

    /// Whether a query at this distance from its nearest key is answered by it.
    package func covers(_ neighbour: Neighbour) -> Bool { neighbour.distance <= radii[neighbour.key] }

    /// The distance that decides everything (`NearestRows.distance`).
    package func distance(from query: UnsafePointer<Float>, to key: Int) -> Float {
        keyRows.distance(from: query, to: key)
    }

    /// Whether a key at `distance` goes before an older one at `other`.
    package func isNearer(_ distance: Float, than other: Float) -> Bool { keyRows.isNearer(distance, than: other) }
}
