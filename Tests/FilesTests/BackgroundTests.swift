import Dispatch
import Files
import Testing

@Suite("Work in the background") struct BackgroundTests {
    private struct Mistake: Error, Equatable { let number: Int }

    @Test("the caller goes on while the value is made, and then waits for it")
    func value() throws {
        let callerWentOn = DispatchSemaphore(value: 0)
        let number = Background {
            callerWentOn.wait()
            return 7
        }
        callerWentOn.signal()
        #expect(try number.value() == 7)
        #expect(try number.value() == 7)
    }

    @Test("an error waits for the caller too, and is thrown each time")
    func error() {
        let number = Background<Int> { throw Mistake(number: 3) }
        #expect(throws: Mistake(number: 3)) { try number.value() }
        #expect(throws: Mistake(number: 3)) { try number.value() }
    }
}
