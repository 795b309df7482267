import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("Safetensors, written and read") struct SafetensorsRoundTripTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func roundTrip(_ values: [Float], as dtype: DType) throws -> [Float] {
        let url = folder.url("\(dtype).safetensors")
        var writer = SafetensorsWriter()
        writer.add("x", Tensor(values, shape: [values.count]), as: dtype)
        try writer.write(to: url)
        let file = try SafetensorsFile(url)
        #expect(try file.info("x") == TensorInfo(dtype: dtype, shape: [values.count]))
        return try file.tensor("x").array
    }

    @Test("F32 and F64 keep every bit of a float", arguments: [DType.F32, .F64])
    func exact(dtype: DType) throws {
        let values: [Float] = [
            0, -0.0, 1, -1.5, .pi, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, .infinity,
            -.infinity,
        ]
        let back = try roundTrip(values + [.nan], as: dtype)
        #expect(back.dropLast().map(\.bitPattern) == values.map(\.bitPattern))
        #expect(back.last?.isNaN == true)
    }

    @Test("F16 keeps every half float there is, subnormal, infinite and not-a-number ones too")
    func halves() throws {
        let values = (0...UInt16.max).map { Float(Float16(bitPattern: $0)) }
        let back = try roundTrip(values, as: .F16)
        for (value, other) in zip(values, back) {
            #expect(value.isNaN ? other.isNaN : value.bitPattern == other.bitPattern)
        }
    }

    @Test("BF16 keeps every brain float there is")
    func brainFloats() throws {
        let values = (0...UInt16.max).map { Float(bitPattern: UInt32($0) << 16) }
        let back = try roundTrip(values, as: .BF16)
        for (value, other) in zip(values, back) {
            #expect(value.isNaN ? other.isNaN : value.bitPattern == other.bitPattern)
        }
    }

    @Test("narrowing rounds to the nearest, ties to even, and beyond the largest to infinity")
    func rounding() throws {
        let halves: [(Float, Float)] = [
            (1 + 0x1p-11, 1), (1 + 0x3p-11, 1 + 0x1p-9), (1 + 0x1p-11 + 0x1p-20, 1 + 0x1p-10), (65504, 65504),
            (65519, 65504), (65520, .infinity), (-1e30, -.infinity), (0x1p-24, 0x1p-24), (0x1p-25, 0),
            (0x1.8p-24, 0x1p-23), (-0x1p-26, -0.0),
        ]
        #expect(try roundTrip(halves.map(\.0), as: .F16).map(\.bitPattern) == halves.map(\.1.bitPattern))
        let brains: [(Float, Float)] = [
            (1 + 0x1p-8, 1), (1 + 0x3p-8, 1 + 0x1p-6), (1 + 0x1p-8 + 0x1p-20, 1 + 0x1p-7),
            (.greatestFiniteMagnitude, .infinity), (-0x1p-140, -0.0),
        ]
        #expect(try roundTrip(brains.map(\.0), as: .BF16).map(\.bitPattern) == brains.map(\.1.bitPattern))
    }

    @Test(
        "integers of every type come back, at the ends of their range too",
        arguments: [DType.I64, .I32, .I16, .I8, .U8, .BOOL])
    func integers(dtype: DType) throws {
        let range = try #require(dtype.integerRange)
        let values = [range.lowerBound, 0, 1, range.upperBound, 1, 0]
        let url = folder.url("a.safetensors")
        var writer = SafetensorsWriter()
        writer.add("x", values, shape: [2, 3], as: dtype)
        try writer.write(to: url)
        let file = try SafetensorsFile(url)
        #expect(try file.integers("x") == values)
        #expect(try file.info("x") == TensorInfo(dtype: dtype, shape: [2, 3]))
        #expect(throws: CheckpointError.notFloat(path: url.path, tensor: "x", found: dtype)) { try file.tensor("x") }
    }

    @Test("an integer that does not fit is refused and no file is left", arguments: [DType.I32, .I16, .I8, .U8, .BOOL])
    func outOfRange(dtype: DType) throws {
        let range = try #require(dtype.integerRange)
        let url = folder.url("a.safetensors")
        for value in [range.lowerBound - 1, range.upperBound + 1] {
            var writer = SafetensorsWriter()
            writer.add("x", [0, value], shape: [2], as: dtype)
            let expected = CheckpointError.integerOutOfRange(path: url.path, tensor: "x", value: value, dtype: dtype)
            #expect(throws: expected) { try writer.write(to: url) }
        }
        #expect(try folder.names().isEmpty)
    }

    @Test("names, shapes, scalars, empty tensors and metadata with any characters come back")
    func everything() throws {
        let metadata = ["format": "pt", "quote \"\\\n\t\u{1}": "grün 🦆\u{7f}", "": ""]
        let url = folder.url("a.safetensors")
        var writer = SafetensorsWriter(metadata: metadata)
        writer.add("b/ü \"q\"", Tensor([1, 2, 3, 4, 5, 6], shape: [1, 2, 3]))
        writer.add("scalar", Tensor([7], shape: []))
        writer.add("empty", Tensor([], shape: [0, 4]))
        writer.add("no integers", [], shape: [3, 0], as: .U8)
        writer.add("odd", [1, 0, 1], shape: [3], as: .BOOL)
        writer.add("half", Tensor([0.5], shape: [1]), as: .F16)
        try writer.write(to: url)
        let file = try SafetensorsFile(url)
        #expect(file.metadata == metadata)
        #expect(file.names == ["b/ü \"q\"", "empty", "half", "no integers", "odd", "scalar"])
        #expect(try file.tensor("b/ü \"q\"").array == [1, 2, 3, 4, 5, 6])
        #expect(try file.shape(of: "b/ü \"q\"") == [1, 2, 3])
        #expect(try file.tensor("scalar").scalar == 7)
        #expect(try file.tensor("scalar").shape == [])
        #expect(try file.tensor("empty").shape == [0, 4])
        #expect(try file.integers("no integers") == [])
        #expect(try file.integers("odd") == [1, 0, 1])
        #expect(try file.tensor("half").array == [0.5])
    }

    @Test("a file without tensors is one")
    func nothing() throws {
        let url = folder.url("a.safetensors")
        try SafetensorsWriter().write(to: url)
        #expect(try SafetensorsFile(url).names == [])
    }

    @Test("a view of a larger tensor is written as what it shows")
    func views() throws {
        let url = folder.url("a.safetensors")
        var writer = SafetensorsWriter()
        writer.add("rows", Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2]).rows(1..<3))
        try writer.write(to: url)
        #expect(try SafetensorsFile(url).tensor("rows").array == [3, 4, 5, 6])
    }

    @Test("F32 tensors are read in place, and stay valid after the file object is gone")
    func inPlace() throws {
        let url = folder.url("a.safetensors")
        var writer = SafetensorsWriter()
        writer.add("x", Tensor([1, 2, 3], shape: [3]))
        try writer.write(to: url)
        var file: SafetensorsFile? = try SafetensorsFile(url)
        let first = try #require(try file?.tensor("x"))
        let second = try #require(try file?.tensor("x"))
        #expect(first.pointer == second.pointer)
        file = nil
        #expect(first.array == [1, 2, 3])
    }

    @Test("the same content gives the same bytes, whatever the order it was added in")
    func deterministic() throws {
        var first = SafetensorsWriter(metadata: ["a": "1", "b": "2"])
        first.add("x", Tensor([1], shape: [1]))
        first.add("y", [2], shape: [1])
        var second = SafetensorsWriter(metadata: ["b": "2", "a": "1"])
        second.add("y", [2], shape: [1])
        second.add("x", Tensor([1], shape: [1]))
        try first.write(to: folder.url("1"))
        try second.write(to: folder.url("2"))
        #expect(try Data(contentsOf: folder.url("1")) == Data(contentsOf: folder.url("2")))
    }
}
