import Files
import Foundation

/// Values of one kind that processes share: how those of items are found, kept and made.
///
/// Processes that need the same values at the same time divide them: each makes those that no other one is making
/// (`RecordClaims`), a batch at a time, and takes the others when they are there.
struct SharedValues<Item, Value, Failure: Error> {
    let records: CachedRecords
    /// The most items that are made together.
    let batch: Int
    let key: (Item) -> RecordKey
    let decode: (Item, inout RecordReader) -> Value?
    let encode: (Value, inout RecordBytes) -> Void
    let make: ([Item]) throws(Failure) -> [Value]

    /// What was kept of an item.
    func kept(_ item: Item) -> Value? { kept(item, key(item)) }

    /// The value of each item: what was kept of it, or is made now, here or by another process.
    func callAsFunction(_ items: [Item]) throws(Failure) -> [Value] {
        let keys = items.map(key)
        var values = [Value?](repeating: nil, count: items.count)
        var found = 0, patience = records.claims.patience
        while true {
            let madeSome = try complete(&values, of: items, keys)
            let values = values.compactMap { $0 }
            if values.count == items.count { return values }
            if madeSome || values.count > found {
                found = values.count
                patience = records.claims.patience
            } else {
                patience = records.claims.wait(patience)
            }
        }
    }

    /// The values that were kept, and those of the items that can be made now, at most one batch; nil for the others.
    func atHand(_ items: [Item]) throws(Failure) -> [Value?] {
        var values = [Value?](repeating: nil, count: items.count)
        _ = try complete(&values, of: items, items.map(key))
        return values
    }

    /// Finds values that are missing, and makes at most one batch of them, but none that another process is making.
    /// Returns whether it made any.
    private func complete(_ values: inout [Value?], of items: [Item], _ keys: [RecordKey]) throws(Failure) -> Bool {
        var claimed: [Int] = []
        defer { records.claims.release(claimed.map { keys[$0] }) }
        for n in items.indices where values[n] == nil {
            values[n] = kept(items[n], keys[n])
            guard values[n] == nil, claimed.count < batch, mayMake(keys[n]) else { continue }
            claimed.append(n)
            // Another process may have finished it just before.
            values[n] = kept(items[n], keys[n])
        }
        let missing = claimed.filter { values[$0] == nil }
        guard !missing.isEmpty else { return false }
        let made = try make(missing.map { items[$0] })
        records.add(
            zip(missing, made).map { n, value in
                var content = RecordBytes()
                encode(value, &content)
                return (keys[n], content.bytes)
            })
        for (n, value) in zip(missing, made) { values[n] = value }
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
