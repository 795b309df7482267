import Checkpoints
import Foundation
import TestSupport
import Testing

/// Each way in which a safetensors file can lie has its own error.
@Suite("Safetensors that lie") struct SafetensorsLiesTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A file of a header and `data` zero bytes; `stated` overrides the header's length.
    func file(_ header: String, data: Int, stated: UInt64? = nil) throws -> URL {
        var bytes = Data()
        let length = stated ?? UInt64(header.utf8.count)
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: length >> UInt64(shift))) }
        bytes.append(Data(header.utf8))
        bytes.append(Data(count: data))
        return try folder.file("a.safetensors", bytes)
    }

    func entry(_ dtype: String, _ shape: String, _ offsets: String) -> String {
        "{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }

    func expect(_ header: String, data: Int, stated: UInt64? = nil, _ error: (String) -> CheckpointError) throws {
        let url = try file(header, data: data, stated: stated)
        #expect(throws: error(url.path)) { try SafetensorsFile(url) }
    }

    @Test("the smallest honest file opens")
    func honest() throws {
        let url = try file("{\"x\":\(entry("U8", "[2]", "[0,2]"))}  ", data: 2)
        #expect(try SafetensorsFile(url).integers("x") == [0, 0])
        #expect(try SafetensorsFile(file("{}", data: 0)).names == [])
    }

    @Test("fewer bytes than a length and the shortest header", arguments: [0, 1, 7, 8, 9])
    func tooShort(count: Int) throws {
        let url = try folder.file("a.safetensors", Data([2, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D].prefix(count)))
        #expect(throws: CheckpointError.tooShort(path: url.path, bytes: count)) { try SafetensorsFile(url) }
    }

    @Test("a header length beyond the file")
    func lengthBeyondFile() throws {
        try expect("{}", data: 0, stated: 3) { .headerBeyondFile(path: $0, stated: 3, available: 2) }
    }

    @Test("a header length beyond any header", arguments: [100_000_001, UInt64(Int.max), UInt64.max])
    func lengthTooLarge(stated: UInt64) throws {
        try expect("{}", data: 0, stated: stated) { .headerTooLarge(path: $0, stated: stated, limit: 100_000_000) }
    }

    @Test(
        "a header that is not JSON, or more than one value",
        arguments: [
            ("hello", "expected {", 0), (" {}", "expected {", 0), ("[]", "expected {", 0),
            ("{]", "expected a name in quotes", 1),
            ("{}{}", "text after the end", 2), ("{\"x\"}", "expected : after a name", 4),
            ("{\"x\":tru}", "an unknown word", 5), ("{\"x\":\"\\q\"}", "an unknown escape", 8),
            ("{\"x\":\"\\ud800\"}", "half of a surrogate pair", 12),
            ("{\"x\":\"\\u-000\"}", "an escape without four hexadecimal digits", 8),
            ("{\"x\":1 \"y\":2}", "expected , or } in an object", 7),
            ("{\"x\":\"\n\"}", "a control character in a string", 7), ("{\"x\":01}", "no value", 7),
            ("{\"x\":", "ends early", 5), ("{\"x", "a string without its end", 3),
        ])
    func notJSON(header: String, reason: String, offset: Int) throws {
        try expect(header, data: 0) { .headerNotJSON(path: $0, reason: reason, offset: offset) }
    }

    @Test("a header that is not UTF-8")
    func notText() throws {
        let url = try folder.file("a", Data([6, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x7D]))
        let expected = CheckpointError.headerNotJSON(path: url.path, reason: "a string that is not UTF-8", offset: 4)
        #expect(throws: expected) { try SafetensorsFile(url) }
    }

    @Test("a header nested without end does not overflow the stack")
    func deep() throws {
        let header = "{\"x\":" + String(repeating: "[", count: 1_000_000)
        try expect(header, data: 0) { .headerNotJSON(path: $0, reason: "nested more than 64 deep", offset: 68) }
    }

    @Test("two tensors, two metadata entries or two fields of one name")
    func duplicates() throws {
        let x = "\"x\":\(entry("U8", "[1]", "[0,1]"))"
        try expect("{\(x),\(x)}", data: 1) { .duplicateName(path: $0, name: "x") }
        try expect("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", data: 0) { .duplicateName(path: $0, name: "k") }
        try expect("{\"x\":{\"dtype\":\"U8\",\"dtype\":\"I8\"}}", data: 0) { .duplicateName(path: $0, name: "dtype") }
        // The same name written with an escape is the same name.
        let escaped = "\"\\u0078\":\(entry("U8", "[1]", "[0,1]"))"
        try expect("{\(x),\(escaped)}", data: 1) { .duplicateName(path: $0, name: "x") }
    }

    @Test("an unknown element type", arguments: ["f32", "F8_E4M3", "C64", ""])
    func unknownType(dtype: String) throws {
        try expect("{\"x\":\(entry(dtype, "[1]", "[0,1]"))}", data: 1) {
            .unknownDType(path: $0, tensor: "x", found: dtype)
        }
    }

    @Test("fields that are missing or of a wrong type")
    func fields() throws {
        func wrong(_ entry: String, _ field: String, _ expected: String, _ found: String) throws {
            try expect("{\"x\":\(entry)}", data: 4) {
                .headerField(path: $0, field: field, expected: expected, found: found)
            }
        }
        let integers = "an array of integers"
        try wrong("[]", "x", "an object", "an array")
        try wrong("{\"shape\":[1],\"data_offsets\":[0,4]}", "x.dtype", "a string", "nothing")
        try wrong("{\"dtype\":1,\"shape\":[1],\"data_offsets\":[0,4]}", "x.dtype", "a string", "a number")
        try wrong("{\"dtype\":\"F32\",\"data_offsets\":[0,4]}", "x.shape", integers, "nothing")
        try wrong(entry("F32", "[1.0]", "[0,4]"), "x.shape", integers, "1.0")
        try wrong(entry("F32", "[\"1\"]", "[0,4]"), "x.shape", integers, "a string")
        try wrong(entry("F32", "[99999999999999999999]", "[0,4]"), "x.shape", integers, "99999999999999999999")
        try wrong(entry("F32", "[1]", "4"), "x.data_offsets", integers, "a number")
        try wrong(entry("F32", "[1]", "[0,2,4]"), "x.data_offsets", "a begin and an end", "[0, 2, 4]")
        try wrong(entry("F32", "[1]", "[-4,0]"), "x.data_offsets", "a begin and an end", "[-4, 0]")
        try expect("{\"__metadata__\":[]}", data: 0) {
            .headerField(path: $0, field: "__metadata__", expected: "an object", found: "an array")
        }
        try expect("{\"__metadata__\":{\"n\":1}}", data: 0) {
            .headerField(path: $0, field: "__metadata__.n", expected: "a string", found: "a number")
        }
    }

    @Test("negative lengths, also ones whose product is positive")
    func negative() throws {
        try expect("{\"x\":\(entry("U8", "[-1]", "[0,1]"))}", data: 1) {
            .negativeLength(path: $0, tensor: "x", shape: [-1])
        }
        try expect("{\"x\":\(entry("U8", "[-2,-2]", "[0,4]"))}", data: 4) {
            .negativeLength(path: $0, tensor: "x", shape: [-2, -2])
        }
    }

    @Test("shapes whose product overflows, also to the right number of bytes")
    func overflow() throws {
        let half = 1 << 32
        try expect("{\"x\":\(entry("U8", "[\(half),\(half)]", "[0,0]"))}", data: 0) {
            .shapeOverflow(path: $0, tensor: "x", shape: [half, half])
        }
        try expect("{\"x\":\(entry("F32", "[\(1 << 62)]", "[0,0]"))}", data: 0) {
            .shapeOverflow(path: $0, tensor: "x", shape: [1 << 62])
        }
        // An empty tensor too has rows whose width is a product.
        try expect("{\"x\":\(entry("F32", "[\(1 << 62),4,0]", "[0,0]"))}", data: 0) {
            .shapeOverflow(path: $0, tensor: "x", shape: [1 << 62, 4, 0])
        }
    }

    @Test("a zero length makes a tensor empty, however large another one is")
    func emptyOfHugeLength() throws {
        let url = try file("{\"x\":\(entry("F32", "[\(1 << 60),0]", "[0,0]"))}", data: 0)
        #expect(try SafetensorsFile(url).tensor("x").count == 0)
    }

    @Test("offsets the wrong way round")
    func reversed() throws {
        try expect("{\"x\":\(entry("U8", "[1]", "[1,0]"))}", data: 1) {
            .reversedOffsets(path: $0, tensor: "x", begin: 1, end: 0)
        }
    }

    @Test("a size that does not fit type and shape", arguments: [0, 3, 5, 8])
    func size(bytes: Int) throws {
        try expect("{\"x\":\(entry("F32", "[1]", "[0,\(bytes)]"))}", data: bytes) {
            .sizeMismatch(path: $0, tensor: "x", dtype: "F32", shape: [1], expected: 4, found: bytes)
        }
    }

    @Test("data cut off")
    func cutOff() throws {
        try expect("{\"x\":\(entry("F32", "[2]", "[0,8]"))}", data: 7) {
            .beyondFile(path: $0, tensor: "x", end: 8, available: 7)
        }
    }

    @Test("tensors that overlap, also the same bytes twice")
    func overlap() throws {
        let x = "\"x\":\(entry("U8", "[4]", "[0,4]"))"
        try expect("{\(x),\"y\":\(entry("U8", "[2]", "[3,5]"))}", data: 5) {
            .overlap(path: $0, tensor: "y", other: "x")
        }
        try expect("{\(x),\"y\":\(entry("I32", "[1]", "[0,4]"))}", data: 4) {
            .overlap(path: $0, tensor: "y", other: "x")
        }
    }

    @Test("bytes that belong to no tensor: before the first, between two, after the last, and with none at all")
    func holes() throws {
        try expect("{\"x\":\(entry("U8", "[1]", "[3,4]"))}", data: 4) { .hole(path: $0, tensor: "x", bytes: 3) }
        let x = "\"x\":\(entry("U8", "[1]", "[0,1]"))"
        try expect("{\(x),\"y\":\(entry("U8", "[1]", "[2,3]"))}", data: 3) { .hole(path: $0, tensor: "y", bytes: 1) }
        try expect("{\(x)}", data: 6) { .trailingBytes(path: $0, bytes: 5) }
        try expect("{}", data: 1) { .trailingBytes(path: $0, bytes: 1) }
    }

    @Test("a tensor that is not there is an error that names some that are")
    func missing() throws {
        let url = try file("{\"model.x\":\(entry("U8", "[1]", "[0,1]"))}", data: 1)
        let expected = CheckpointError.missingTensor(path: url.path, name: "x", similar: ["model.x"])
        #expect(throws: expected) { try SafetensorsFile(url).tensor("x") }
        #expect(throws: CheckpointError.notFloat(path: url.path, tensor: "model.x", found: .U8)) {
            try SafetensorsFile(url).tensor("model.x")
        }
    }

    @Test("data that is not aligned is read all the same")
    func unaligned() throws {
        var bytes = Data("{\"x\":\(entry("F32", "[1]", "[0,4]"))}".utf8)
        while bytes.count % 4 != 1 { bytes.append(0x20) }
        let header = try #require(String(data: bytes, encoding: .utf8))
        let url = try file(header, data: 0)
        var whole = try Data(contentsOf: url)
        withUnsafeBytes(of: Float(1.25).bitPattern.littleEndian) { whole.append(contentsOf: $0) }
        try whole.write(to: url)
        #expect(try SafetensorsFile(url).tensor("x").array == [1.25])
    }
}
