import Checkpoints
import Files
import Foundation
import TestSupport
import Testing

/// Archives whose pickle is fine and whose storages or views are not.
@Suite("PyTorch files that lie") struct PyTorchLiesTests {
    let folder: TemporaryFolder
    let eight = Data((0..<8).flatMap { value in withUnsafeBytes(of: Float(value)) { Array($0) } })

    init() throws { folder = try TemporaryFolder() }

    var path: String { folder.url("a.bin").path }

    func open(
        storage: Data?, count: Int = 8, offset: Int = 0, shape: [Int], strides: [Int], type: String = "FloatStorage"
    ) throws -> PyTorchCheckpoint {
        try PyTorchCheckpoint(
            PickleMaker.single(in: folder, storage: storage) {
                $0.tensor(type, count: count, offset: offset, shape: shape, strides: strides)
            })
    }

    @Test("an honest view opens, deflated or stored")
    func honest() throws {
        let checkpoint = try open(storage: eight, offset: 1, shape: [2, 2], strides: [3, 2])
        #expect(try checkpoint.tensor("x").array == [1, 3, 4, 6])
        var pickle = PickleMaker()
        pickle.op("}")
        pickle.text("x")
        pickle.tensor(count: 8, shape: [8], strides: [1])
        pickle.op("s")
        pickle.op(".")
        let url = try PickleMaker.pack(pickle.bytes, storages: ["0": eight], byteorder: nil, in: folder, as: .zip)
        #expect(try PyTorchCheckpoint(url).tensor("x").array == [0, 1, 2, 3, 4, 5, 6, 7])
    }

    @Test(
        "views that leave their storage are refused",
        arguments: [
            (0, [9], [1]), (1, [8], [1]), (8, [1], [1]), (0, [2, 4], [5, 1]), (0, [2], [8]), (-1, [1], [1]),
            (0, [-1], [1]), (0, [2], [-1]), (7, [2], [-1]), (0, [2, 2], [1]), (0, [2], [2, 1]), (8, [], []),
            (0, [2], [Int.max]), (Int.max, [2], [1]), (0, [3], [Int.max / 2 + 1]), (1, [2, 2], [Int.max, Int.max]),
            (0, [1 << 40, 1 << 40], [0, 0]), (0, [1 << 30], [0]), (0, [Int.max], [0]),
        ] as [(Int, [Int], [Int])])
    func views(offset: Int, shape: [Int], strides: [Int]) throws {
        let error = #expect(throws: CheckpointError.self) {
            try open(storage: eight, offset: offset, shape: shape, strides: strides)
        }
        guard case .badView(path, "x", _) = error else {
            Issue.record("found \(String(describing: error))")
            return
        }
    }

    @Test("empty views and repeating views of sane size are fine")
    func edges() throws {
        #expect(try open(storage: eight, offset: 8, shape: [0], strides: [1]).tensor("x").shape == [0])
        #expect(try open(storage: eight, offset: 3, shape: [], strides: []).tensor("x").array == [3])
        let repeated = try open(storage: eight, offset: 6, shape: [1000, 2], strides: [0, 1]).tensor("x").array
        #expect(repeated == Array((0..<1000).map { _ in [Float(6), 7] }.joined()))
    }

    @Test("a storage that is missing, short, long or of an absurd count is refused")
    func storages() throws {
        func expectBadStorage(_ body: () throws -> PyTorchCheckpoint) {
            let error = #expect(throws: CheckpointError.self, performing: { _ = try body() })
            guard case .badStorage(path, "0", _) = error else {
                Issue.record("found \(String(describing: error))")
                return
            }
        }
        expectBadStorage { try open(storage: nil, shape: [8], strides: [1]) }
        expectBadStorage { try open(storage: eight.dropLast(), shape: [8], strides: [1]) }
        expectBadStorage { try open(storage: eight + [0], shape: [8], strides: [1]) }
        expectBadStorage { try open(storage: eight, count: Int.max, shape: [8], strides: [1]) }
        expectBadStorage { try open(storage: eight, count: 1 << 40, shape: [8], strides: [1]) }
        expectBadStorage { try open(storage: eight, shape: [8], strides: [1], type: "DoubleStorage") }
        #expect(throws: CheckpointError.self) { try open(storage: eight, count: -1, shape: [0], strides: [1]) }
    }

    @Test("a storage class without an element type is refused, one that is unknown by its name")
    func storageTypes() throws {
        #expect(throws: CheckpointError.forbiddenImport(path: path, name: "torch.ComplexFloatStorage")) {
            try open(storage: eight, count: 1, shape: [1], strides: [1], type: "ComplexFloatStorage")
        }
        #expect(throws: CheckpointError.self) {
            try open(storage: eight, shape: [8], strides: [1], type: "TypedStorage")
        }
        let bytes = try open(storage: Data([1, 2, 255]), count: 3, shape: [3], strides: [1], type: "UntypedStorage")
        #expect(try bytes.integers("x") == [1, 2, 255])
    }

    @Test("bytes changed in a storage are found by the zip's checksum when it is read")
    func checksum() throws {
        let honest = try open(storage: eight, shape: [8], strides: [1])
        var bytes = try Data(contentsOf: honest.url)
        let payload = try #require(bytes.range(of: eight))
        bytes[payload.lowerBound + 5] ^= 1
        try bytes.write(to: honest.url)
        #expect(throws: FilesError.self) { try PyTorchCheckpoint(honest.url).tensor("x") }
    }

    @Test("a big-endian file is refused")
    func bigEndian() throws {
        let url = try PickleMaker.pack([0x7D, 0x2E], byteorder: "big", in: folder)
        #expect(throws: CheckpointError.bigEndian(path: url.path)) { try PyTorchCheckpoint(url) }
    }

    @Test("files that are something else are refused with what they are")
    func otherFiles() throws {
        func expect(_ data: Data, _ found: String) throws {
            let url = try folder.file("a.bin", data)
            #expect(throws: CheckpointError.notPyTorchZip(path: url.path, found: found)) { try PyTorchCheckpoint(url) }
        }
        try expect(Data(), "the file is empty")
        try expect(Data("<html>not found</html>".utf8), "it does not start like a zip")
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
        try expect(Data(pointer.utf8), "it is a Git LFS pointer, not the file itself (run git lfs pull)")
        let url = folder.url("a.bin")
        try ArchiveMaker.pack([("readme.txt", Data("x".utf8))], as: .zip, to: url)
        #expect(throws: CheckpointError.notPyTorchZip(path: url.path, found: "the zip has no data.pkl")) {
            try PyTorchCheckpoint(url)
        }
        #expect(throws: FilesError.missing(path: folder.url("none.bin").path)) {
            try PyTorchCheckpoint(folder.url("none.bin"))
        }
    }

    @Test("an archive that is cut off is damaged")
    func cutOff() throws {
        let honest = try open(storage: eight, shape: [8], strides: [1])
        let bytes = try Data(contentsOf: honest.url)
        let payload = try #require(bytes.range(of: eight))
        for length in [4, 60, payload.lowerBound, payload.upperBound - 1] {
            try bytes.prefix(length).write(to: honest.url)
            #expect(throws: (any Error).self) { try PyTorchCheckpoint(honest.url).tensor("x") }
        }
    }
}
