/// Keys and values of the tokens generated so far: `[sequences, capacity, width]` each.
package struct KeyValueCache {
    package let keys: Tensor
    package let values: Tensor
    package let capacity: Int

    package init(sequences: Int, capacity: Int, width: Int) {
        keys = Tensor(uninitialized: [sequences, capacity, width])
        values = Tensor(uninitialized: [sequences, capacity, width])
        self.capacity = capacity
    }

    /// Stores row s of `k` and `v` (`[sequences, width]`) as position `position` of sequence `slots[s]`.
    package func append(k: Tensor, v: Tensor, slots: [Int], position: Int) {
        precondition(position < capacity, "position \(position) of a cache of \(capacity)")
        let width = k.rowWidth
        for (s, slot) in slots.enumerated() {
            let at = (slot * capacity + position) * width
            (keys.pointer + at).update(from: k.pointer + s * width, count: width)
            (values.pointer + at).update(from: v.pointer + s * width, count: width)
        }
    }
}

extension Attention {
    /// Attention of one new token per sequence, `q[sequences, width]` at `position`, to what the cache holds up to
    /// and including it. Row s belongs to cache slot `slots[s]`.
    package func step(
        q: Tensor, cache: KeyValueCache, slots: [Int], position: Int, bias: DistanceBias?
    ) -> Tensor {
        let output = Tensor(uninitialized: [q.rowCount, width])
        let scores = Tensor(uninitialized: [cache.capacity])
        for (s, slot) in slots.enumerated() {
            for h in 0..<heads {
                let row = s * width + h * headWidth
                let first = slot * cache.capacity * width + h * headWidth
                attend(
                    query: q.pointer + row, keys: cache.keys.pointer + first, values: cache.values.pointer + first,
                    keyStride: width, count: position + 1, span: position + 1,
                    bias: bias.map { UnsafePointer($0.values.pointer + h * $0.values.rowWidth + $0.zero - position) },
                    probabilities: scores.pointer, output: output.pointer + row)
            }
        }
        return output
    }

    /// Attention of one new token per sequence to all visible rows of encoded sequences: row s of `q` attends to
    /// sequence `slots[s]` of `keys`.
    package func step(q: Tensor, k: Tensor, v: Tensor, keys: RaggedLayout, slots: [Int]) -> Tensor {
        let output = Tensor(uninitialized: [q.rowCount, width])
        let scores = Tensor(uninitialized: [max(keys.longest, 1)])
        for (s, slot) in slots.enumerated() {
            for h in 0..<heads {
                let row = s * width + h * headWidth
                let first = keys.starts[slot] * width + h * headWidth
                attend(
                    query: q.pointer + row, keys: k.pointer + first, values: v.pointer + first, keyStride: width,
                    count: keys.visible[slot], span: keys.visible[slot], bias: nil, probabilities: scores.pointer,
                    output: output.pointer + row)
            }
        }
        return output
    }
}
