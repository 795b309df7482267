import ArgumentParser
import Foundation
import TestSupport
import Testing
import ToolSupport

@Suite("Shared options")
struct OptionsTests {
    @Test("The defaults are seed 0 and a thread for each core")
    func defaults() throws {
        #expect(try SeedOption.parse([]).seed == 0)
        #expect(try SeedOption.parse(["--seed", "18446744073709551615"]).seed == .max)
        #expect(try ThreadsOption.parse([]).count == Host.cores)
        #expect(try ThreadsOption.parse(["--threads", "3"]).count == 3)
    }

    @Test("Values that make no sense are refused")
    func refused() {
        #expect(throws: (any Error).self) { try SeedOption.parse(["--seed", "-1"]) }
        #expect(throws: (any Error).self) { try ThreadsOption.parse(["--threads", "-1"]) }
        #expect(throws: (any Error).self) { try MessageOptions.parse(["--quiet", "--verbose"]) }
        #expect(throws: (any Error).self) { try OutputFileOption.parse(["--output", ""]) }
        #expect(throws: (any Error).self) { try OutputFileOption.parse([]) }
    }
}
