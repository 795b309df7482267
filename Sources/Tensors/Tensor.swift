/// A dense row-major block of 32-bit floats: a shape over a part of a storage.
///
/// Copying a tensor shares its memory, as do `reshaped` and `rows`; `copy()` makes new memory. Writing through
/// `pointer` is meant for the code that has just made the tensor.
package struct Tensor: @unchecked Sendable {
    package let storage: Storage
    package let offset: Int
    package let shape: [Int]
    package let count: Int

    /// Uninitialised memory of the given shape.
    package init(uninitialized shape: [Int]) {
        self.shape = shape
        self.count = shape.reduce(1, *)
        self.storage = Storage(count: count)
        self.offset = 0
    }

    package init(zeros shape: [Int]) {
        self.init(uninitialized: shape)
        pointer.update(repeating: 0, count: count)
    }

    package init(_ values: [Float], shape: [Int]) {
        self.init(uninitialized: shape)
        precondition(values.count == count, "\(values.count) values do not fill shape \(shape)")
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { pointer.update(from: base, count: count) }
        }
    }

    /// A view of `storage` from element `offset`.
    package init(storage: Storage, offset: Int = 0, shape: [Int]) {
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.count = shape.reduce(1, *)
        precondition(offset >= 0 && offset + count <= storage.count, "view of shape \(shape) leaves its storage")
    }

    package var pointer: UnsafeMutablePointer<Float> { storage.pointer + offset }

    /// Length of the first axis.
    package var rowCount: Int { shape.first ?? 1 }
    /// Elements per step along the first axis.
    package var rowWidth: Int { shape.isEmpty ? 1 : shape.dropFirst().reduce(1, *) }

    package func reshaped(_ newShape: [Int]) -> Tensor {
        precondition(
            newShape.reduce(1, *) == count, "shape \(newShape) does not hold the \(count) elements of \(shape)")
        return Tensor(storage: storage, offset: offset, shape: newShape)
    }

    /// Rows `range` of the first axis, sharing memory.
    package func rows(_ range: Range<Int>) -> Tensor {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= rowCount, "rows \(range) of a tensor of shape \(shape)")
        return Tensor(
            storage: storage, offset: offset + range.lowerBound * rowWidth, shape: [range.count] + shape.dropFirst())
    }

    package func copy() -> Tensor {
        let result = Tensor(uninitialized: shape)
        result.pointer.update(from: pointer, count: count)
        return result
    }

    package var array: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

    /// The only element of a tensor of one.
    package var scalar: Float {
        precondition(count == 1, "a tensor of shape \(shape) is no scalar")
        return pointer.pointee
    }
}
