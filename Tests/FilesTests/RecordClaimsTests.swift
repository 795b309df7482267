import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("Claims of records that are being made")
struct RecordClaimsTests {
    let folder: TemporaryFolder
    var url: URL { folder.url("x.claims") }

    init() throws { folder = try TemporaryFolder() }

    private func key(_ name: String) -> RecordKey {
        var key = RecordKeyBuilder()
        key.add(name)
        return key.key
    }

    @Test("What one has claimed no other gets, until it is released or its owner is gone")
    func exclusive() throws {
        let a = key("a"), b = key("b")
        var one: RecordClaims? = RecordClaims(url)
        let two = RecordClaims(url)
        #expect(one?.take(a) == true && one?.take(a) == true)
        #expect(!two.take(a) && two.take(b))
        #expect(one?.take(b) == false)
        one?.release([a])
        #expect(two.take(a))
        two.release([b])
        #expect(one?.take(b) == true && !two.take(b))
        one = nil
        #expect(two.take(b))
        #expect(try Data(contentsOf: url).isEmpty)
    }

    @Test("A process that was started meanwhile keeps no claim")
    func children() throws {
        let other = Process()
        other.executableURL = URL(fileURLWithPath: "/bin/sleep")
        other.arguments = ["60"]
        var mine: RecordClaims? = RecordClaims(url)
        #expect(mine?.take(key("a")) == true)
        try other.run()
        defer { other.terminate() }
        mine = nil
        let next = RecordClaims(url)
        #expect(next.take(key("a")) && next.isAlone)
    }

    @Test("Whoever has waited in vain heeds no claims for as long again")
    func patience() {
        let one = RecordClaims(url), two = RecordClaims(url, patience: .milliseconds(500))
        #expect(one.take(key("a")) && !two.take(key("a")))
        let now = ContinuousClock.now
        two.wait(since: now)
        #expect(!two.take(key("a")))
        two.wait(since: now - .milliseconds(500))
        #expect(two.take(key("a")))
        Thread.sleep(forTimeInterval: 0.6)
        #expect(!two.take(key("a")))
    }

    @Test("Each sees whether others are there")
    func alone() {
        let one = RecordClaims(url)
        #expect(one.isAlone && one.take(key("a")) && one.isAlone)
        var two: RecordClaims? = RecordClaims(url)
        #expect(!one.isAlone && two?.isAlone == false)
        two = nil
        #expect(one.isAlone)
    }

    @Test("Where there can be no file, there are no claims")
    func none() {
        let (one, two) = (RecordClaims(folder.url("no/folder")), RecordClaims(folder.url("no/folder")))
        #expect(one.take(key("a")) && two.take(key("a")) && one.isAlone)
    }
}
