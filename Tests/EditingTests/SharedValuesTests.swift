import Files
import Foundation
import Models
import Synchronization
import TestSupport
import Testing

@testable import Editing

@Suite("Values that runs need at the same time")
struct SharedValuesTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Broken: Error {}

    /// Records opened anew, as by another process.
    private static func records(
        _ folder: URL, limit: Int = 1 << 20, patience: Duration = .seconds(600)
    ) throws -> CachedRecords {
        CachedRecords(
            store: try RecordStore(folder.appendingPathComponent("x.records"), limit: limit),
            claims: RecordClaims(folder.appendingPathComponent("x.claims"), patience: patience),
            context: RecordKey(of: "x"))
    }

    private static func values<Failure: Error>(
        _ records: CachedRecords, batch: Int = 4, make: @escaping ([Int]) throws(Failure) -> [Float]
    ) -> SharedValues<Int, Float, Failure> {
        SharedValues(
            records: records, batch: batch, key: { records.key(ModelInput([Int32($0)])) },
            decode: { _, bytes in bytes.next(Float.self)?.first }, encode: { $1.append([$0]) }, make: make)
    }

    private static func halves(_ items: [Int]) -> [Float] { items.map { Float($0) / 2 } }

    @Test("Two that need the same at one time each make a part, none twice, and both have all", arguments: [4, 30])
    func divided(batch: Int) throws {
        let items = Array(1...42), records = try (0..<2).map { _ in try Self.records(folder.url) }
        let made = Mutex<[[[Int]]]>([[], []]), results = Mutex<[[Float]]>([[], []])
        let threads = DispatchGroup()
        for side in 0..<2 {
            threads.enter()
            Thread.detachNewThread {
                let found = Self.values(records[side], batch: batch) { items in
                    made.withLock { $0[side].append(items) }
                    // Nobody goes on before the other one is at work too.
                    let start = ContinuousClock.now
                    while made.withLock({ $0[1 - side].isEmpty }), .now - start < .seconds(20) { usleep(500) }
                    return Self.halves(items)
                }(items)
                results.withLock { $0[side] = found }
                threads.leave()
            }
        }
        threads.wait()
        #expect(results.withLock { $0 } == [Self.halves(items), Self.halves(items)])
        let batches = made.withLock { $0 }
        #expect(batches.joined().joined().sorted() == items)
        #expect(batches.joined().allSatisfy { $0.count <= min(batch, 21) })
        #expect(batches.allSatisfy { !$0.isEmpty })
    }

    @Test("Whoever is alone makes everything together")
    func alone() throws {
        let made = Mutex<[Int]>([])
        let values = Self.values(try Self.records(folder.url)) { items in
            made.withLock { $0.append(items.count) }
            return Self.halves(items)
        }
        #expect(values(Array(1...42)).count == 42 && made.withLock { $0 } == [42])
    }

    @Test("What another one is making, and what is beyond a batch, is left out where nobody waits")
    func atHand() throws {
        let other = try Self.records(folder.url), records = try Self.records(folder.url)
        #expect(other.claims.take(other.key(ModelInput([2]))))
        let shared = Self.values(records, batch: 3, make: Self.halves)
        #expect(shared.atHand([1, 2, 3, 4, 5]) == [0.5, nil, 1.5, 2, nil])
        // What was kept needs no claim and is part of no batch.
        #expect(shared.atHand([1, 2, 3, 4, 5, 6]) == [0.5, nil, 1.5, 2, 2.5, 3])
        #expect(shared.kept(2) == nil && shared.kept(5) == 2.5)
        #expect(shared.atHand([7, 8, 9]) == [3.5, 4, nil])
        other.claims.release([other.key(ModelInput([2]))])
        #expect(shared([1, 2]) == [0.5, 1])
    }

    @Test("Whoever was to make a value and never does is waited for only so long")
    func neverMade() throws {
        let other = try Self.records(folder.url)
        for item in [1, 2] as [Int32] { #expect(other.claims.take(other.key(ModelInput([item])))) }
        let shared = Self.values(try Self.records(folder.url, patience: .milliseconds(200)), make: Self.halves)
        let begin = ContinuousClock.now
        #expect(shared([1]) == [0.5])
        #expect(ContinuousClock.now - begin >= .milliseconds(200))
        #expect(shared([2]) == [1])
    }

    @Test("Where nothing can be kept nobody waits for another one")
    func full() throws {
        let other = try Self.records(folder.url), records = try Self.records(folder.url, limit: 20)
        let shared = Self.values(records, make: Self.halves)
        #expect(shared([1]) == [0.5] && !records.keepsMore)
        #expect(other.claims.take(other.key(ModelInput([2]))))
        #expect(shared([1, 2]) == [0.5, 1])
    }

    @Test("Where making fails, others may try")
    func failure() throws {
        let failing = Self.values(try Self.records(folder.url)) { _ throws(Broken) in throw Broken() }
        #expect(throws: Broken.self) { try failing([1, 2]) }
        let shared = Self.values(try Self.records(folder.url), make: Self.halves)
        #expect(shared([1, 2]) == [0.5, 1])
    }

    @Test("An item that occurs twice has its value in both places, and is made once")
    func twice() throws {
        let made = Mutex<[Int]>([])
        let shared = Self.values(try Self.records(folder.url)) { items in
            made.withLock { $0 += items }
            return Self.halves(items)
        }
        #expect(shared([3, 3, 1, 3]) == [1.5, 1.5, 0.5, 1.5] && made.withLock { $0 } == [3, 1])
        #expect(shared([3, 3]) == [1.5, 1.5] && shared([]) == [])
    }
}

extension RecordKey {
    fileprivate init(of name: String) {
        var key = RecordKeyBuilder()
        key.add(name)
        self = key.key
    }
}
