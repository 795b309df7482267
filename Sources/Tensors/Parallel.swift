import Foundation
import Synchronization

/// Work shared out over a fixed set of threads.
///
/// Workers wait for work by spinning for a short while, because the steps of a training loop follow each other within
/// microseconds, and then sleep. A task index always does the same work whoever runs it, so results do not depend on
/// the number of threads. A call from inside a task, or while another thread uses the pool, runs on the caller.
package enum Parallel {
    private static let pool = WorkerPool()

    /// Number of threads that share the work, the caller included. At the start: the number of processors.
    package static var threadCount: Int {
        get { pool.limit.load(ordering: .relaxed) }
        set {
            precondition(newValue > 0, "a thread count must be positive")
            pool.limit.store(newValue, ordering: .relaxed)
        }
    }

    /// Runs `body(0) ... body(tasks - 1)`, each once, in any order; returns when all are done.
    package static func forEach(_ tasks: Int, _ body: (Int) -> Void) {
        if tasks > 1 && threadCount > 1 {
            pool.run(tasks, body)
        } else {
            for task in 0..<tasks { body(task) }
        }
    }

    /// What `body` makes of each of `0..<tasks`, in their order.
    package static func map<Result>(_ tasks: Int, _ body: (Int) -> Result) -> [Result] {
        [Result](unsafeUninitializedCapacity: tasks) { results, count in
            let first = results.baseAddress
            forEach(tasks) { task in first.map { ($0 + task).initialize(to: body(task)) } }
            count = tasks
        }
    }

    /// Splits `0..<count` into runs whose length is a multiple of `granularity` (but for the last), about as many as
    /// there are threads, and runs `body` on each.
    package static func split(_ count: Int, granularity: Int, _ body: (Range<Int>) -> Void) {
        let units = (count + granularity - 1) / granularity
        let parts = min(threadCount, units)
        if parts <= 1 {
            if count > 0 { body(0..<count) }
            return
        }
        forEach(parts) { part in
            let lower = units * part / parts * granularity
            let upper = min(count, units * (part + 1) / parts * granularity)
            if lower < upper { body(lower..<upper) }
        }
    }
}

private final class WorkerPool: @unchecked Sendable {
    typealias Body = (Int) -> Void

    let limit = Atomic<Int>(ProcessInfo.processInfo.activeProcessorCount)
    private let owner = NSLock()
    private let sleep = NSCondition()
    private let sleepers = Atomic<Int>(0)
    private let generation = Atomic<Int>(0)
    private let nextTask = Atomic<Int>(0)
    private let busyWorkers = Atomic<Int>(0)
    private var taskCount = 0
    private var body: Body?
    private var workers = 0

    /// How often an idle thread looks again before it gives up its processor: about half a millisecond, longer than
    /// the serial stretches of a training step.
    private let spins = 400_000

    func run(_ tasks: Int, _ body: Body) {
        guard owner.try() else {
            for task in 0..<tasks { body(task) }
            return
        }
        defer { owner.unlock() }
        startWorkers(limit.load(ordering: .relaxed) - 1)
        withoutActuallyEscaping(body) { escaping in
            self.body = escaping
            taskCount = tasks
            nextTask.store(0, ordering: .relaxed)
            busyWorkers.store(workers, ordering: .relaxed)
            generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
            if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
                sleep.lock()
                sleep.broadcast()
                sleep.unlock()
            }
            takeTasks(escaping)
            var looks = 0
            while busyWorkers.load(ordering: .acquiring) > 0 {
                looks += 1
                if looks > spins { sched_yield() }
            }
            self.body = nil
        }
    }

    private func takeTasks(_ body: Body) {
        while true {
            let task = nextTask.wrappingAdd(1, ordering: .relaxed).oldValue
            if task >= taskCount { return }
            body(task)
        }
    }

    private func startWorkers(_ wanted: Int) {
        while workers < wanted {
            let seen = generation.load(ordering: .relaxed)
            let thread = Thread { [unowned self] in work(after: seen) }
            thread.stackSize = 8 << 20
            thread.start()
            workers += 1
        }
    }

    private func work(after start: Int) {
        var seen = start
        while true {
            var looks = 0
            while generation.load(ordering: .acquiring) == seen {
                looks += 1
                if looks > spins { waitForWork(after: seen) }
            }
            seen &+= 1
            if let body { takeTasks(body) }
            busyWorkers.wrappingSubtract(1, ordering: .releasing)
        }
    }

    private func waitForWork(after seen: Int) {
        sleep.lock()
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while generation.load(ordering: .sequentiallyConsistent) == seen { sleep.wait() }
        sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        sleep.unlock()
    }
}
