import Algorithms
import Tensors

/// Mini-batches of texts of similar length: a batch then takes about as long on either thread, and the memory of one is
/// that of the next.
struct LengthBuckets {
    let lengths: [Int]
    let batchSize: Int
    let seed: UInt64
    /// How many batches are drawn together and sorted by length among themselves.
    private static let pool = 32

    var batchesPerEpoch: Int { (lengths.count + batchSize - 1) / batchSize }

    /// The batches of an epoch, as indices: a function of (seed, epoch) alone.
    func batches(epoch: Int) -> [[Int]] {
        var random = RandomStream(seed: seed, purpose: .batchOrder, index: UInt64(epoch))
        let order = random.permutation(lengths.count)
        let sorted = order.chunks(ofCount: Self.pool * batchSize).flatMap { part in
            // Of equal lengths the order of the draw counts, since a sort may exchange them.
            part.enumerated().sorted { (lengths[$0.element], $0.offset) < (lengths[$1.element], $1.offset) }
                .map(\.element)
        }
        var batches = sorted.chunks(ofCount: batchSize).map(Array.init)
        batches.shuffle(using: &random)
        return batches
    }
}
