import Files
import Foundation
import Tensors

/// Values of one kind that processes share: how those of items are found, kept and made.
///
/// Processes that need the same values at the same time divide them: each makes those that no other one is making
/// (`RecordClaims`), a batch at a time, and takes the others when they are there.
struct SharedValues<Item, Value, Failure: Error> {
    let records: CachedRecords
    /// How many items are enough to make together: while other processes are there, they are left the rest.
    var batch = 16 * Parallel.threadCount
    let key: (Item) -> RecordKey
    let decode: (Item, inout RecordReader) -> Value?
    let encode: (Value, inout RecordBytes) -> Void
    /// As many values as items, in their order.
    let make: ([Item]) throws(Failure) -> [Value]

    /// What was kept of an item.
    func kept(_ item: Item) -> Value? { kept(item, key(item)) }

    /// The value of each item: what was kept of it, or is made now, here or by another process.
    func callAsFunction(_ items: [Item]) throws(Failure) -> [Value] {
        let keys = items.map(key)
        var values = [Value?](repeating: nil, count: items.count)
        var missing = items.count, missingSince = ContinuousClock.now
        while true {
            let madeSome = try complete(&values, of: items, keys)
            let stillMissing = values.count { $0 == nil }
            if stillMissing == 0 { return values.compactMap { $0 } }
            if stillMissing < missing { (missing, missingSince) = (stillMissing, .now) }
            if !madeSome { records.claims.wait(since: missingSince) }
        }
    }

    /// The values that were kept, and those of the items that can be made now; nil for what others make, or may make while
    /// they are there.
    func atHand(_ items: [Item]) throws(Failure) -> [Value?] {
        var values = [Value?](repeating: nil, count: items.count)
        _ = try complete(&values, of: items, items.map(key))
        return values
    }

    /// Finds values that are missing, and makes those of them that no other process is making: while there is one, at most a
    /// batch and half of the items. Returns whether it made any.
    private func complete(_ values: inout [Value?], of items: [Item], _ keys: [RecordKey]) throws(Failure) -> Bool {
        let isDivided = records.keepsMore && !records.claims.isAlone
        let most = isDivided ? min(batch, (items.count + 1) / 2) : items.count
        var claimed: Set<RecordKey> = []
        defer { records.claims.release(claimed) }
        var missing: [(key: RecordKey, item: Item)] = []
        for (n, item) in items.enumerated() where values[n] == nil {
            values[n] = kept(item, keys[n])
            guard values[n] == nil, !claimed.contains(keys[n]), claimed.count < most, mayMake(keys[n]) else { continue }
            claimed.insert(keys[n])
            // Another process may have finished it just before.
            values[n] = kept(item, keys[n])
            if values[n] == nil { missing.append((keys[n], item)) }
        }
        guard !missing.isEmpty else { return false }
        let made = try make(missing.map(\.item))
        precondition(made.count == missing.count, "a value for each item")
        records.add(
            zip(missing, made).map { place, value in
                var content = RecordBytes()
                encode(value, &content)
                return (place.key, content.bytes)
            })
        let madeNow = Dictionary(uniqueKeysWithValues: zip(missing.map(\.key), made))
        for n in items.indices where values[n] == nil { values[n] = madeNow[keys[n]] }
        return true
    }

    /// Whether no other process is making it; where nothing can be kept, waiting for others would be in vain.
    private func mayMake(_ key: RecordKey) -> Bool { !records.keepsMore || records.claims.take(key) }

    /// What was kept under a key; nil where nothing was, or nothing that `decode` reads to its end.
    private func kept(_ item: Item, _ key: RecordKey) -> Value? {
        guard let content = records.content(of: key) else { return nil }
        var reader = RecordReader(content)
        let value = decode(item, &reader)
        return reader.isAtEnd ? value : nil
    }
}
