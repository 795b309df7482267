import Foundation
import Testing
import ToolSupport

@Suite("Errors as one line")
struct ErrorTextTests {
    private struct Record: Decodable {
        var a: Int
    }

    private enum Plain: Error {
        case broken(Int)
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return ErrorText.line(for: error)
        }
    }

    @Test("A file that Foundation cannot read is named with the reason")
    func cocoa() {
        let text = message { _ = try Data(contentsOf: URL(fileURLWithPath: "/nowhere/at/all")) }
        #expect(text.hasPrefix("/nowhere/at/all: "))
        #expect(text.contains("o such file"))
        #expect(!text.contains("NSCocoa") && !text.contains("Optional"))
    }

    @Test("A system error is the system's text")
    func posix() {
        #expect(message { throw POSIXError(.ENOSPC) } == "No space left on device")
    }

    @Test("JSON that does not fit names the key")
    func json() {
        let decode = { (text: String) in message { _ = try JSONDecoder().decode(Record.self, from: Data(text.utf8)) } }
        #expect(decode("{}") == "JSON: the key 'a' is missing")
        #expect(decode(#"{"a": "x"}"#) == "JSON: expected Int at 'a'")
        #expect(decode("{").hasPrefix("JSON: "))
        #expect(!decode("{").contains("Swift."))
    }

    @Test("An error without words of its own still is one line")
    func plain() {
        #expect(message { throw Plain.broken(3) } == "broken(3)")
    }
}
