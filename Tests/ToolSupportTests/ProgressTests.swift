import Testing
import ToolSupport

@Suite("Progress and numbers for people")
struct ProgressTests {
    @Test("A progress line shows count, total, rate, time left and what else there is")
    func line() {
        let text = ProgressLine.text(
            label: "editing", unit: "inputs", count: 120, total: 1000, done: 0, seconds: 30, extra: "90 keys")
        #expect(text == "editing 120/1000 inputs, 4.0/s, 3m40s left, 90 keys")
    }

    @Test("What an earlier run did does not count for the rate")
    func resumed() {
        let text = ProgressLine.text(
            label: "editing", unit: "inputs", count: 900, total: 1000, done: 880, seconds: 10, extra: "")
        #expect(text == "editing 900/1000 inputs, 2.0/s, 50s left")
    }

    @Test("Without a total or a rate the line shows what is known")
    func unknown() {
        let early = ProgressLine.text(
            label: "reading", unit: "lines", count: 0, total: nil, done: 0, seconds: 0, extra: "")
        #expect(early == "reading 0 lines")
        let over = ProgressLine.text(
            label: "reading", unit: "lines", count: 5, total: 4, done: 0, seconds: 0.01, extra: "")
        #expect(over == "reading 5/4 lines, 500/s")
    }

    @Test(
        "Time spans and sizes are short",
        arguments: [
            (0.423, "0.42s"), (9.999, "10.00s"), (12.4, "12s"), (59.6, "1m00s"), (220, "3m40s"), (7500, "2h05m"),
            (Double.infinity, "?"), (1e300, "?"),
        ])
    func durations(seconds: Double, text: String) {
        #expect(ToolFormat.duration(seconds) == text)
    }

    @Test("Numbers of bytes and decimals are rounded")
    func numbers() {
        #expect(ToolFormat.bytes(812) == "812 B")
        #expect(ToolFormat.bytes(45_300_000) == "45.3 MB")
        #expect(ToolFormat.bytes(3_140_000_000) == "3.1 GB")
        #expect(ToolFormat.decimal(0.99951, digits: 3) == "1.000")
        #expect(ToolFormat.decimal(-0.0001, digits: 2) == "0.00")
        #expect(ToolFormat.decimal(-1.25, digits: 1) == "-1.3")
        #expect(ToolFormat.decimal(2.5, digits: 0) == "3")
        #expect(ToolFormat.decimal(.nan, digits: 2) == "nan")
    }
}
