import Foundation

/// A run of 32-bit floats in memory, aligned to 64 bytes when allocated here.
///
/// Memory comes from a pool and returns to it when the last tensor using it is gone, so a training loop that makes
/// the same shapes at every step allocates nothing after the first. A storage may also wrap memory that somebody
/// else owns, such as a mapped file; the owner is kept alive and the memory must not be written.
package final class Storage: @unchecked Sendable {
    package let pointer: UnsafeMutablePointer<Float>
    /// Number of floats.
    package let count: Int
    private let owner: AnyObject?

    /// Uninitialised memory for `count` floats.
    package init(count: Int) {
        self.count = count
        self.pointer = BufferPool.shared.take(count: count)
        self.owner = nil
    }

    /// Memory that `owner` keeps valid, `count` floats from `pointer`; it is read and never written.
    package init(borrowing pointer: UnsafePointer<Float>, count: Int, owner: AnyObject) {
        self.count = count
        self.pointer = UnsafeMutablePointer(mutating: pointer)
        self.owner = owner
    }

    deinit {
        if owner == nil { BufferPool.shared.give(pointer, count: count) }
    }
}
