import Foundation

/// T5's buckets for the distance between a key and a query (Raffel et al. 2020, section 2.1; transformers,
/// `_relative_position_bucket`): one bucket per distance when near, logarithmically wider ones up to the largest.
package struct RelativePosition: Sendable {
    let bucketCount: Int
    let maximumDistance: Int
    /// Whether keys after the query have buckets of their own (encoder) or share the first (decoder).
    let bidirectional: Bool

    /// The bucket for `distance` = key position - query position.
    package func bucket(_ distance: Int) -> Int {
        var count = bucketCount
        var first = 0
        var steps: Int
        if bidirectional {
            count /= 2
            if distance > 0 { first = count }
            steps = abs(distance)
        } else {
            steps = max(-distance, 0)
        }
        let exact = count / 2
        if steps < exact { return first + steps }
        // In single precision, as the reference computes it: the borders of the wide buckets depend on it.
        let ratio = log(Float(steps) / Float(exact)) / Float(log(Double(maximumDistance) / Double(exact)))
        steps = exact + Int(ratio * Float(count - exact))
        return first + min(steps, count - 1)
    }

    /// The buckets of the distances `-(length - 1) ... length - 1`; distance zero is at `length - 1`.
    func buckets(length: Int) -> [Int] { (1 - length...length - 1).map(bucket) }
}
