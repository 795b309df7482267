import TestSupport
import Testing

@testable import Tensors

@Suite("Memory")
struct StorageTests {
    @Test("A buffer that comes back is given out again, to the same size class only")
    func reuse() {
        let pool = BufferPool()
        let first = pool.take(count: 1000)
        pool.give(first, count: 1000)
        let other = pool.take(count: 5000)
        #expect(other != first)
        let again = pool.take(count: 1001)
        #expect(BufferPool.sizeClass(1000) == BufferPool.sizeClass(1001))
        #expect(again == first)
        let third = pool.take(count: 1000)
        #expect(third != first)
        for (pointer, count) in [(other, 5000), (again, 1001), (third, 1000)] { pool.give(pointer, count: count) }
    }

    @Test(
        "A size class holds its counts, wastes at most an eighth beyond small ones, and starts at 64 bytes' alignment")
    func sizeClasses() {
        let pool = BufferPool()
        for count in Array(0...3000) + [65_535, 65_536, 65_537, 1_000_003, 16_449_536] {
            let size = BufferPool.sizeClass(count)
            #expect(size >= max(count, 1))
            #expect(size <= 64 || size - count < 16 || Double(size - count) <= Double(size) / 8, "\(count)")
            #expect(BufferPool.sizeClass(size) == size)
        }
        for count in [1, 65, 1000] {
            let pointer = pool.take(count: count)
            #expect(UInt(bitPattern: pointer).isMultiple(of: 64))
            pool.give(pointer, count: count)
        }
    }

    @Test("An eighth more is kept than was once in use, and the sizes that were not asked for longest go first")
    func capacity() {
        let pool = BufferPool(leastCapacity: 0)
        let give = { (buffers: [UnsafeMutablePointer<Float>], count: Int) in
            for buffer in buffers { pool.give(buffer, count: count) }
        }
        let first = (0..<16).map { _ in pool.take(count: 1024) }
        give(first, 1024)
        #expect(pool.idleBytes == 16 * 4096)
        // What was free is taken again, so nothing is made.
        let again = (0..<16).map { _ in pool.take(count: 1024) }
        #expect(Set(again) == Set(first) && pool.idleBytes == 0)
        give(again, 1024)
        // Two of a size an eighth more drive out just one of the first: eighteen of these are the most that is kept.
        let other = (0..<2).map { _ in pool.take(count: 1088) }
        let size = BufferPool.sizeClass(1088) * 4
        #expect(pool.idleBytes == 15 * 4096 && pool.idleBytes + 2 * size <= 18 * 4096)
        // Ten of them drive out more.
        let more = (0..<8).map { _ in pool.take(count: 1088) }
        #expect(pool.idleBytes == (18 * 4096 - 10 * size) / 4096 * 4096)
        give(other + more, 1088)
        #expect(pool.idleBytes <= 18 * 4096 && pool.idleBytes >= 10 * size)
        let last = (0..<10).map { _ in pool.take(count: 1088) }
        #expect(Set(last) == Set(other + more))
        give(last, 1088)
    }

    @Test("A tensor's memory lives as long as any view of it, and returns when the last is gone")
    func lifetime() {
        var whole: Tensor? = Tensor((0..<100).map(Float.init), shape: [10, 10])
        let view = whole?.rows(3..<5).reshaped([20])
        whole = nil
        // Whatever takes memory meanwhile must not get this.
        let others = (0..<50).map { _ in Tensor(zeros: [10, 10]) }
        #expect(view?.array == (30..<50).map(Float.init))
        #expect(others.count == 50)
    }

    @Test("Borrowed memory keeps its owner alive and is not given back to the pool")
    func borrowing() {
        final class Owner {
            let memory = UnsafeMutablePointer<Float>.allocate(capacity: 8)
            deinit { memory.deallocate() }
        }
        weak var watched: Owner?
        do {
            let owner = Owner()
            owner.memory.update(repeating: 2, count: 8)
            watched = owner
            let storage = Storage(borrowing: owner.memory, count: 8, owner: owner)
            let tensor = Tensor(storage: storage, offset: 2, shape: [2, 3])
            #expect(tensor.array == [Float](repeating: 2, count: 6))
            #expect(watched != nil)
        }
        #expect(watched == nil)
    }

    @Test("Threads that take and give at the same time never hold the same memory")
    func threads() {
        Parallel.forEach(64) { task in
            for round in 0..<50 {
                let tensor = Tensor(uninitialized: [64 + round])
                let mark = Float(task * 1000 + round)
                tensor.pointer.update(repeating: mark, count: tensor.count)
                if tensor.array.contains(where: { $0 != mark }) { Issue.record("memory of two tensors overlaps") }
            }
        }
    }
}
