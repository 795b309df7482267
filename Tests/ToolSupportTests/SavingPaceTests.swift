import Testing
import ToolSupport

@Suite("When progress is saved")
struct SavingPaceTests {
    /// A clock that goes on only when it is told to.
    private final class Clock {
        var time = ContinuousClock.now
        var savings = 0

        func save(taking seconds: Double, _ pace: inout SavingPace) {
            pace.saveIfDue {
                savings += 1
                time += .seconds(seconds)
            }
        }
    }

    @Test("Not before the interval has passed, and again an interval after the saving's end")
    func interval() {
        let clock = Clock()
        var pace = SavingPace(seconds: 30) { clock.time }
        var saved: [Int] = []
        for second in 1...100 {
            clock.time += .seconds(1)
            let before = clock.savings
            clock.save(taking: 0.5, &pace)
            if clock.savings > before { saved.append(second) }
        }
        #expect(saved == [30, 60, 90])
    }

    @Test("However long saving comes to take, it is a twentieth of the time at most")
    func share() {
        let clock = Clock(), start = clock.time
        var pace = SavingPace(seconds: 30) { clock.time }, spent = 0.0
        for _ in 1...20_000 {
            clock.time += .seconds(1)
            let before = clock.savings, seconds = 1 + Double(before)
            clock.save(taking: seconds, &pace)
            if clock.savings > before { spent += seconds }
        }
        #expect(clock.savings > 20)
        #expect(spent <= (clock.time - start).inSeconds / 20)
    }

    @Test("Without an interval whenever it is asked for")
    func always() {
        let clock = Clock()
        var pace = SavingPace(seconds: 0) { clock.time }
        for _ in 0..<5 { clock.save(taking: 10, &pace) }
        #expect(clock.savings == 5)
    }

    @Test("One that failed is tried again at once")
    func failure() {
        struct Full: Error {}
        let clock = Clock()
        var pace = SavingPace(seconds: 30) { clock.time }
        clock.time += .seconds(30)
        #expect(throws: Full.self) { try pace.saveIfDue { throw Full() } }
        clock.save(taking: 1, &pace)
        #expect(clock.savings == 1)
    }
}
