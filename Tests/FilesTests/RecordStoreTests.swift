import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("Records that processes share in one file")
struct RecordStoreTests {
    let folder: TemporaryFolder
    var url: URL { folder.url("deep/er/x.records") }

    init() throws { folder = try TemporaryFolder() }

    private func store(limit: Int = 1 << 20) throws -> RecordStore { try RecordStore(url, limit: limit) }

    private static func key(_ parts: [String]) -> RecordKey {
        var key = RecordKeyBuilder()
        for part in parts { key.add(part) }
        return key.key
    }

    private static func content(_ n: Int) -> [UInt8] { (0..<n * 7).map { UInt8($0 & 255) } }

    private func key(_ name: String) -> RecordKey { Self.key([name]) }
    private func content(_ n: Int) -> [UInt8] { Self.content(n) }

    /// A store of the records 1 to `count`, closed again.
    private func fill(_ count: Int) throws {
        let store = try store()
        for n in 1...count { store.add([(key("\(n)"), content(n))]) }
        #expect(store.failure == nil)
    }

    private func found(_ store: RecordStore, _ numbers: ClosedRange<Int>) -> [Int] {
        numbers.filter { store.record(for: key("\($0)")) == content($0) }
    }

    @Test("Records are found again, also empty ones, and by nothing but their key")
    func roundTrip() throws {
        try fill(20)
        let store = try store()
        store.add([(key("none"), []), (key("a"), [1]), (key("b"), [2])])
        #expect(found(store, 1...20) == Array(1...20))
        #expect(store.record(for: key("none")) == [] && store.record(for: key("b")) == [2])
        #expect(store.record(for: key("21")) == nil && store.count == 23 && store.hits == 22)
    }

    @Test("Two that have the file open see what the other one adds")
    func shared() throws {
        let (one, two) = (try store(), try store())
        one.add([(key("1"), content(1))])
        #expect(found(two, 1...1) == [1])
        two.add([(key("2"), content(2))])
        one.add([(key("3"), content(3))])
        #expect(found(one, 1...3) == [1, 2, 3] && found(two, 1...3) == [1, 2, 3])
    }

    @Test("Many threads with stores of their own lose nothing")
    func contention() async throws {
        let url = url
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    guard let store = try? RecordStore(url, limit: 1 << 20) else { return }
                    for number in writer * 50 + 1...writer * 50 + 50 {
                        store.add([(Self.key(["\(number)"]), Self.content(number))])
                    }
                }
            }
        }
        #expect(found(try store(), 1...200).count == 200)
    }

    @Test("What was cut off at any byte costs the records that it touched, and the next one is added in its place")
    func torn() throws {
        try fill(3)
        let whole = try Data(contentsOf: url)
        let last = 32 + 8 + 32 + 21
        for size in [0, 5, 16, 17, whole.count - last, whole.count - last + 40, whole.count - 1] {
            try whole.prefix(size).write(to: url)
            let kept = found(try store(), 1...3)
            #expect(kept == (size < 16 + 79 ? [] : [1, 2]), "\(size) bytes")
            let store = try store()
            store.add([(key("4"), content(4))])
            #expect(found(store, 4...4) == [4], "\(size) bytes")
            #expect(found(try self.store(), 1...4) == kept + [4], "\(size) bytes")
        }
    }

    @Test("A record with a wrong byte anywhere counts as absent, and can be made again")
    func damaged() throws {
        try fill(1)
        let whole = try Data(contentsOf: url)
        for place in whole.indices.dropFirst(16) {
            var data = whole
            data[place] ^= 64
            try data.write(to: url)
            let store = try store()
            #expect(store.record(for: key("1")) == nil, "byte \(place)")
            store.add([(key("1"), content(1))])
            #expect(store.record(for: key("1")) == content(1), "byte \(place)")
            #expect(found(try self.store(), 1...1) == [1], "byte \(place)")
        }
    }

    @Test("Beyond its limit a store only reads")
    func limit() throws {
        let store = try store(limit: 16 + 2 * 82)
        for name in ["a", "b", "c"] { store.add([(key(name), content(1) + [1, 2, 3])]) }
        #expect(store.count == 2 && store.failure == .recordsFull(path: url.path, limit: 16 + 2 * 82))
        // A smaller one would fit, but others would wait for what may not be kept.
        store.add([(key("d"), [])])
        #expect(store.count == 2)
        #expect(try Data(contentsOf: url).count == 16 + 2 * 82)
    }

    @Test("A file that is emptied under a store begins anew")
    func emptied() throws {
        let store = try store()
        store.add([(key("1"), content(1)), (key("2"), content(2))])
        try Data().write(to: url)
        #expect(store.record(for: key("1")) == nil)
        store.add([(key("3"), content(3))])
        #expect(store.failure == nil && found(store, 1...3) == [3])
        #expect(found(try self.store(), 1...3) == [3])
    }

    @Test("Whoever keeps the file locked is waited for only so long, and what is there can be read")
    func locked() throws {
        try fill(1)
        let other = open(url.path, O_RDWR)
        defer { close(other) }
        #expect(flock(other, LOCK_EX) == 0)
        let store = try RecordStore(url, limit: 1 << 20, patience: .milliseconds(50))
        #expect(found(store, 1...1) == [1])
        store.add([(key("2"), content(2))])
        guard case .unwritable(url.path, let reason) = store.failure else {
            Issue.record("found \(String(describing: store.failure))")
            return
        }
        #expect(reason.contains("keeps it locked"))
    }

    @Test("A file that cannot be written is read", .enabled(if: geteuid() != 0, "root may write to any"))
    func protected() throws {
        try fill(2)
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: url.path)
        let store = try store()
        #expect(found(store, 1...2) == [1, 2])
        store.add([(key("3"), content(3))])
        #expect(store.failure != nil && found(store, 1...3) == [1, 2])
    }

    @Test(
        "Where no file can be made there are no records", .enabled(if: FileManager.default.fileExists(atPath: "/sys")))
    func unwritable() throws {
        let store = try RecordStore(URL(fileURLWithPath: "/sys/x.records"), limit: 1 << 20)
        store.add([(key("1"), content(1))])
        #expect(found(store, 1...1) == [])
        guard case .unwritable("/sys/x.records", _) = store.failure else {
            Issue.record("found \(String(describing: store.failure))")
            return
        }
    }

    @Test("A file of another kind is left as it is")
    func foreign() throws {
        let text = "This is a file of another kind.\n"
        try folder.file("deep/er/x.records", text)
        let other = try store()
        #expect(other.failure == .notRecords(path: url.path))
        other.add([(key("1"), content(1))])
        #expect(found(other, 1...1) == [])
        #expect(try String(contentsOf: url, encoding: .utf8) == text)
        #expect(throws: FilesError.self) { try RecordStore(folder.url("deep"), limit: 100) }
        #expect(throws: (any Error).self) { try RecordStore(url.appendingPathComponent("x"), limit: 100) }
    }

    @Test("Keys differ where parts, their kinds or their borders do")
    func keys() throws {
        var keys = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"]].map(Self.key)
        let more: [(inout RecordKeyBuilder) -> Void] = [
            { $0.add([Int32(1), 2]) },
            {
                $0.add([Int32(1)]); $0.add([Int32(2)])
            }, { $0.add([Float(0)]) },
            { $0.add([-Float(0)]) }, { $0.add(0) }, { $0.add([Int32]()) }, { $0.add([Float]()) },
        ]
        for add in more {
            var key = RecordKeyBuilder()
            add(&key)
            keys.append(key.key)
        }
        #expect(Set(keys).count == keys.count)
        #expect(Self.key(["a", "b"]) == Self.key(["a", "b"]) && key("a").hexadecimal.count == 64)
    }

    @Test("Arrays come out of a record as they went in, and what is cut off does not")
    func bytes() throws {
        var bytes = RecordBytes()
        bytes.append([Int32(3), -4])
        bytes.append([Float.nan, -0, 1.5])
        bytes.append([Float]())
        var reader = RecordReader(bytes.bytes)
        let integers = reader.next(Int32.self), floats = reader.next(Float.self)
        #expect(integers == [3, -4] && sameBits(floats ?? [], [.nan, -0, 1.5]) && !reader.isAtEnd)
        let none = reader.next(Float.self), beyond = reader.next(Float.self)
        #expect(none == [] && reader.isAtEnd && beyond == nil)
        var short = RecordReader(Array(bytes.bytes.dropLast(9)))
        let (whole, cut) = (short.next(Int32.self), short.next(Float.self))
        #expect(whole != nil && cut == nil)
        var large = RecordReader([UInt8](repeating: 255, count: 24))
        let tooMany = large.next(Float.self)
        #expect(tooMany == nil)
    }
}
