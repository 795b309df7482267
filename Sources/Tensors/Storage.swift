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

/// Free buffers by size class, shared by all threads.
final class BufferPool: @unchecked Sendable {
    static let shared = BufferPool()
    /// Free bytes kept for reuse; what comes back beyond that goes to the system.
    private let capacity = 256 << 20
    private let lock = NSLock()
    private var free: [Int: [UnsafeMutablePointer<Float>]] = [:]
    private var freeBytes = 0

    /// Size classes are an eighth of a power of two apart, so that beyond 128 floats at most an eighth of a buffer is idle.
    static func sizeClass(_ count: Int) -> Int {
        if count <= 64 { return 64 }
        let step = max(16, 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount - 4))
        return (count + step - 1) / step * step
    }

    func take(count: Int) -> UnsafeMutablePointer<Float> {
        let size = Self.sizeClass(count)
        lock.lock()
        if let pointer = free[size]?.popLast() {
            freeBytes -= size * 4
            lock.unlock()
            return pointer
        }
        lock.unlock()
        let raw = UnsafeMutableRawPointer.allocate(byteCount: size * 4, alignment: 64)
        return raw.bindMemory(to: Float.self, capacity: size)
    }

    func give(_ pointer: UnsafeMutablePointer<Float>, count: Int) {
        let size = Self.sizeClass(count)
        lock.lock()
        defer { lock.unlock() }
        guard freeBytes + size * 4 <= capacity else {
            UnsafeMutableRawPointer(pointer).deallocate()
            return
        }
        freeBytes += size * 4
        free[size, default: []].append(pointer)
    }
}
