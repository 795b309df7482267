import Foundation
import Tables
import TestSupport
import Testing

@Suite("Tab-separated tables")
struct TSVTableTests {
    @Test("A table that is written and read again is the same table")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appendingPathComponent("deep/table.tsv")
        var table = TSVTable(columns: ["text", "count", "value"])
        table.append(["one", 1, 0.1])
        table.append(["a\tb\nc\r\\d", -2, Double.nan])
        table.append(["", 3, Float(1e-5)])
        try table.write(to: url)

        let read = try TSVTable(contentsOf: url)
        #expect(read.columns == table.columns)
        #expect(read.rows == table.rows)
        let records = read.records
        #expect(try records.map { try $0.text("text") } == ["one", "a\tb\nc\r\\d", ""])
        #expect(try records.map { try $0.integer("count") } == [1, -2, 3])
        #expect(try records[0].number("value") == 0.1)
        #expect(try records[1].number("value").isNaN)
        #expect(records[2].line == 4)
    }

    @Test("A table that is written row by row has the same bytes as one written at once")
    func streaming() throws {
        let folder = try TemporaryFolder()
        var table = TSVTable(columns: ["a", "b"])
        let streamed = folder.url.appendingPathComponent("streamed.tsv")
        try TSVWriter.write(to: streamed, columns: table.columns) { writer in
            for row in 0..<100 {
                try writer.append([row, "row \(row)"])
                table.append([row, "row \(row)"])
            }
        }
        #expect(try String(contentsOf: streamed, encoding: .utf8) == table.text)
    }

    @Test("A row-by-row table whose rows fail to come leaves no file")
    func failedStream() throws {
        struct Stop: Error {}
        let folder = try TemporaryFolder()
        let url = folder.url.appendingPathComponent("table.tsv")
        #expect(throws: Stop.self) {
            try TSVWriter.write(to: url, columns: ["a"]) { writer in
                try writer.append([1])
                throw Stop()
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test("Numbers are written with the fewest digits that read back the same")
    func numbers() {
        #expect(0.1.cell == "0.1")
        #expect(Float(0.1).cell == "0.1")
        #expect(1.0.cell == "1")
        #expect((-3.0).cell == "-3")
        #expect(1e-7.cell == "1e-07")
        #expect((2.0 / 3).cell == "0.6666666666666666")
        #expect((-Double.nan).cell == "nan")
        #expect(Float.nan.cell == "nan")
        #expect(Double?.none.cell == "nan")
        #expect(true.cell == "yes")
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<1_000 {
            let number = Double(bitPattern: generator.next())
            guard !number.isNaN else { continue }
            #expect(Double(number.cell) == number, "\(number)")
        }
    }

    @Test("Any text survives escaping, and its field holds no tab and no line feed")
    func escaping() {
        for text in ["", "\\t", "\t", "a\\\\n", "\\", "\r\n", "é\u{301}\n日本", "\\x", "end\\"] {
            let field = text.cell
            #expect(!field.utf8.contains { $0 == 9 || $0 == 10 || $0 == 13 })
            #expect(Array(TableText.unescape(field).utf8) == Array(text.utf8))
        }
    }

    @Test("Windows line ends and a missing last line feed are read")
    func lineEnds() throws {
        let table = try read("a\tb\r\n1\t2\r\n3\t4")
        #expect(table.columns == ["a", "b"])
        #expect(table.rows == [["1", "2"], ["3", "4"]])
    }

    @Test(
        "A file that is no table is refused with its place",
        arguments: [
            ("", "t.tsv: the table is empty, expected a header row of tab-separated column names"),
            ("\n1\n", "t.tsv: the table is empty, expected a header row of tab-separated column names"),
            ("a\t\n", "t.tsv: line 1: column 2 of the header has no name"),
            ("a\tb\ta\n", "t.tsv: line 1: column 3 of the header repeats the name 'a'"),
            ("a\tb\n1\t2\n3\n", "t.tsv: line 3: expected 2 tab-separated fields as in the header, found 1"),
            ("a\tb\n1\t2\t3\n", "t.tsv: line 2: expected 2 tab-separated fields as in the header, found 3"),
            ("a\tb\n\n1\t2\n", "t.tsv: line 2: expected 2 tab-separated fields as in the header, found 1"),
        ])
    func lies(text: String, message: String) {
        #expect { try read(text) } throws: { "\($0)" == message }
    }

    @Test("A byte order mark before the header is no part of it")
    func byteOrderMark() throws {
        let table = try read("\u{FEFF}a\tb\r\n1\t2\r\n")
        #expect(table.columns == ["a", "b"] && table.rows == [["1", "2"]])
    }

    @Test("Bytes that are not text are refused")
    func binary() {
        #expect(throws: TableError.notText(file: "t.tsv")) {
            try [UInt8](arrayLiteral: 0x61, 0xFF, 0x0A).withUnsafeBytes { try TSVTable(text: $0, name: "t.tsv") }
        }
    }

    @Test("A field that is not what its column holds is named with line and column")
    func badFields() throws {
        let record = try read("a\tb\n1\t2\n1.5\tx\n").records[1]
        #expect { try record.integer("a") } throws: {
            "\($0)" == "t.tsv: line 3, column 'a': expected an integer, found '1.5'"
        }
        #expect { try record.number("b") } throws: {
            "\($0)" == "t.tsv: line 3, column 'b': expected a number, found 'x'"
        }
        #expect { try record.number("c") } throws: {
            "\($0)" == "t.tsv: there is no column 'c'; the columns are: a b"
        }
    }

    private func read(_ text: String) throws -> TSVTable {
        try Array(text.utf8).withUnsafeBytes { try TSVTable(text: $0, name: "t.tsv") }
    }
}
