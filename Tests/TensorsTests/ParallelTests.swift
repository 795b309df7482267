import Foundation
import Synchronization
import Testing

@testable import Tensors

@Suite("Work shared out over threads", .serialized, .timeLimit(.minutes(2)))
struct ParallelTests {
    /// A counter for each task.
    private final class Tally: @unchecked Sendable {
        private let lock = NSLock()
        private var counts: [Int]
        private var threads: Set<ObjectIdentifier> = []

        init(_ tasks: Int) { counts = [Int](repeating: 0, count: tasks) }

        func add(_ task: Int) {
            lock.withLock {
                counts[task] += 1
                threads.insert(ObjectIdentifier(Thread.current))
            }
        }

        var all: [Int] { lock.withLock { counts } }
        var threadCount: Int { lock.withLock { threads.count } }
    }

    @Test("Every task runs exactly once", arguments: [1, 2, 3, 8], [0, 1, 2, 3, 7, 100, 5000])
    func once(threads: Int, tasks: Int) {
        let tally = Tally(tasks)
        withThreads(threads) { Parallel.forEach(tasks) { tally.add($0) } }
        #expect(tally.all.allSatisfy { $0 == 1 })
    }

    @Test("Results come in the order of the tasks", arguments: [1, 2, 3], [0, 1, 2, 5, 1000])
    func map(threads: Int, tasks: Int) {
        let results = withThreads(threads) { Parallel.map(tasks) { "task \($0)" } }
        #expect(results == (0..<tasks).map { "task \($0)" })
    }

    @Test("A split covers every index once, in runs of the granularity", arguments: [1, 2, 3], [1, 4, 64])
    func split(threads: Int, granularity: Int) {
        for count in [0, 1, 3, 4, 5, 63, 64, 65, 127, 129, 1000] {
            let tally = Tally(count)
            withThreads(threads) {
                Parallel.split(count, granularity: granularity) { range in
                    if !range.lowerBound.isMultiple(of: granularity) || range.isEmpty { Issue.record("range \(range)") }
                    for i in range { tally.add(i) }
                }
            }
            #expect(tally.all.allSatisfy { $0 == 1 }, "\(count)")
        }
    }

    @Test("With two threads, two threads work")
    func together() {
        // Other tests may be using the pool; then this call runs alone, and is made again.
        let end = ContinuousClock.now + .seconds(30)
        var most = 0
        while most < 2 && ContinuousClock.now < end {
            let tally = Tally(64)
            withThreads(2) {
                Parallel.forEach(64) { task in
                    tally.add(task)
                    usleep(100)
                }
            }
            most = max(most, tally.threadCount)
        }
        #expect(most >= 2)
    }

    @Test("A call from inside a task runs its tasks too, each once")
    func nested() {
        let tally = Tally(40 * 30)
        withThreads(2) {
            Parallel.forEach(40) { outer in
                Parallel.forEach(30) { inner in tally.add(outer * 30 + inner) }
            }
        }
        #expect(tally.all.allSatisfy { $0 == 1 })
    }

    @Test("Twenty thousand small calls in a row come to an end", arguments: [1, 2])
    func manySmallCalls(threads: Int) {
        let sum = Atomic<Int>(0)
        withThreads(threads) {
            for call in 0..<20_000 { Parallel.forEach(3) { sum.wrappingAdd($0 + call, ordering: .relaxed) } }
        }
        #expect(sum.load(ordering: .relaxed) == 3 * 20_000 + 3 * (20_000 * 19_999 / 2))
    }

    @Test("Calls with pauses between them, in which the workers fall asleep, lose none")
    func pauses() {
        let sum = Atomic<Int>(0)
        withThreads(2) {
            for call in 0..<200 {
                Parallel.forEach(4) { _ in sum.wrappingAdd(1, ordering: .relaxed) }
                usleep(UInt32(call % 7) * 300)
            }
        }
        #expect(sum.load(ordering: .relaxed) == 800)
    }

    @Test("Several callers at the same time each get all of their own work done")
    func concurrentCallers() async {
        let before = Parallel.threadCount
        Parallel.threadCount = 2
        defer { Parallel.threadCount = before }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (0..<500).allSatisfy { _ in
                        let tally = Tally(5)
                        Parallel.forEach(5) { tally.add($0) }
                        return tally.all == [1, 1, 1, 1, 1]
                    }
                }
            }
            for await complete in group { #expect(complete) }
        }
    }

    @Test("The number of threads may change between calls")
    func changes() {
        for threads in [1, 4, 2, 1, 3] {
            let tally = Tally(100)
            withThreads(threads) { Parallel.forEach(100) { tally.add($0) } }
            #expect(tally.all.allSatisfy { $0 == 1 })
        }
    }

    @Test("Results written by tasks are seen by the caller")
    func visibility() {
        withThreads(2) {
            for _ in 0..<500 {
                let tensor = Tensor(zeros: [64])
                Parallel.forEach(64) { tensor.pointer[$0] = Float($0) }
                if tensor.array != (0..<64).map(Float.init) { Issue.record("a result is missing") }
            }
        }
    }
}
