import Foundation

/// Free buffers by size class, shared by all threads.
///
/// What comes back is kept as long as all memory, in use and free, is at most an eighth more than was once in use: a
/// training step then finds what the step before it gave back, and the pool hardly makes a process larger than its work
/// does. The eighth is for sizes that are never in use at one time, such as activations and gradients of weights, which
/// would drive each other out at every step. Where all is too much, the sizes go first that were not asked for longest.
final class BufferPool: @unchecked Sendable {
    static let shared = BufferPool()
    /// Free bytes that are kept in any case.
    private let leastCapacity: Int
    private let lock = NSLock()
    private var free: [Int: SizeClass] = [:]
    private var freeBytes = 0
    private var usedBytes = 0
    private var mostUsedBytes = 0
    /// Counts calls, to know which sizes were not asked for longest.
    private var clock = 0

    private struct SizeClass {
        var buffers: [UnsafeMutablePointer<Float>] = []
        var lastTaken = 0
    }

    init(leastCapacity: Int = 256 << 20) { self.leastCapacity = leastCapacity }

    /// Size classes are an eighth of a power of two apart, so that beyond 128 floats at most an eighth of a buffer is idle.
    static func sizeClass(_ count: Int) -> Int {
        if count <= 64 { return 64 }
        let step = max(16, 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount - 4))
        return (count + step - 1) / step * step
    }

    /// Bytes in free buffers.
    var idleBytes: Int { lock.withLock { freeBytes } }

    func take(count: Int) -> UnsafeMutablePointer<Float> {
        let size = Self.sizeClass(count)
        let found: UnsafeMutablePointer<Float>? = lock.withLock {
            clock += 1
            usedBytes += size * 4
            mostUsedBytes = max(mostUsedBytes, usedBytes)
            free[size, default: SizeClass()].lastTaken = clock
            if let pointer = free[size]?.buffers.popLast() {
                freeBytes -= size * 4
                return pointer
            }
            trim()
            return nil
        }
        return found ?? Self.allocate(bytes: size * 4).bindMemory(to: Float.self, capacity: size)
    }

    /// The size of a large page, and from how many bytes on a buffer consists of such: walks over its rows then need few
    /// entries of the processor's page table, and the system clears it in few steps.
    private static let largePage = 2 << 20, large = 4 << 20

    private static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
        guard bytes >= large else { return .allocate(byteCount: bytes, alignment: 64) }
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: largePage)
        // Where the system has no large pages to give, the buffer works with small ones.
        madvise(buffer, bytes / largePage * largePage, MADV_HUGEPAGE)
        return buffer
    }

    func give(_ pointer: UnsafeMutablePointer<Float>, count: Int) {
        let size = Self.sizeClass(count)
        lock.withLock {
            usedBytes -= size * 4
            freeBytes += size * 4
            free[size, default: SizeClass()].buffers.append(pointer)
            trim()
        }
    }

    /// Gives memory back to the system while more is kept than there is need for.
    private func trim() {
        let capacity = max(leastCapacity, mostUsedBytes + mostUsedBytes / 8 - usedBytes)
        while freeBytes > capacity {
            let oldest = free.filter { !$0.value.buffers.isEmpty }.min { $0.value.lastTaken < $1.value.lastTaken }
            guard let size = oldest?.key, let pointer = free[size]?.buffers.popLast() else { return }
            UnsafeMutableRawPointer(pointer).deallocate()
            freeBytes -= size * 4
        }
    }
}
