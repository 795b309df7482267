import Checkpoints
import Files
import Foundation
import TestSupport
import Testing

/// Pickles that torch.save never wrote.
@Suite("Pickles that lie") struct PickleTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func open(_ bytes: [UInt8]) throws -> PyTorchCheckpoint {
        try PyTorchCheckpoint(PickleMaker.pack(bytes, in: folder))
    }

    var path: String { folder.url("a.bin").path }

    @Test("an import is refused by name in every way a pickle can write it")
    func imports() throws {
        var byGlobal = PickleMaker()
        byGlobal.global("os", "system")
        byGlobal.text("true")
        byGlobal.raw(0x85)
        byGlobal.op("R")
        byGlobal.op(".")
        #expect(throws: CheckpointError.forbiddenImport(path: path, name: "os.system")) { try open(byGlobal.bytes) }

        var byStack = PickleMaker()
        byStack.text("builtins")
        byStack.text("eval")
        byStack.raw(0x93)
        byStack.op(".")
        #expect(throws: CheckpointError.forbiddenImport(path: path, name: "builtins.eval")) { try open(byStack.bytes) }

        var byInstance = PickleMaker()
        byInstance.op("(")
        byInstance.op("i", Array("subprocess\nPopen\n".utf8))
        byInstance.op(".")
        #expect(throws: CheckpointError.forbiddenImport(path: path, name: "subprocess.Popen")) {
            try open(byInstance.bytes)
        }

        // A known module does not make its other names known, nor a dot in a name a path to them.
        let others = [("torch", "load"), ("torch._utils", "_rebuild_tensor_v2.__globals__"), ("", "torch.Size")]
        for (module, name) in others {
            var pickle = PickleMaker()
            pickle.global(module, name)
            pickle.op(".")
            #expect(throws: CheckpointError.forbiddenImport(path: path, name: "\(module).\(name)")) {
                try open(pickle.bytes)
            }
        }
    }

    @Test("a known name may not be called as something else")
    func calls() throws {
        var storage = PickleMaker()
        storage.global("torch", "FloatStorage")
        storage.op(")")
        storage.op("R")
        storage.op(".")
        #expect(throws: CheckpointError.self) { try open(storage.bytes) }
        var text = PickleMaker()
        text.text("os.system")
        text.op(")")
        text.op("R")
        text.op(".")
        #expect(throws: CheckpointError.badPickle(path: path, reason: "a call of a string", offset: 17)) {
            try open(text.bytes)
        }
    }

    @Test(
        "extension codes, text persistent ids and other opcodes are refused",
        arguments: [UInt8(0x82), 0x83, 0x84, 0x50, 0x6F, 0x92, 0x96, 0x97, 0xFF])
    func opcodes(code: UInt8) throws {
        let reason = "opcode 0x\(String(code, radix: 16)), which torch.save does not write,"
        #expect(throws: CheckpointError.badPickle(path: path, reason: reason, offset: 2)) {
            try open([0x80, 2, code, 0, 0, 0])
        }
    }

    @Test(
        "programs that break the stack machine end with an error",
        arguments: [
            [], [0x80], [0x80, 2], [0x80, 9, 0x2E], [0x2E], [0x30, 0x2E], [0x61], [0x65], [0x74], [0x28, 0x2E],
            [0x28, 0x30], [0x28, 0x61], [0x4E, 0x4E, 0x2E], [0x68, 0], [0x71, 0], [0x6A, 255, 255, 255, 255], [0x94],
            [0x4E, 0x62], [0x4E, 0x4E, 0x62], [0x52], [0x4E, 0x52], [0x29, 0x52], [0x51], [0x4E, 0x51], [0x29, 0x51],
            [0x93], [0x4E, 0x4E, 0x93], [0x58, 255, 255, 255, 255], [0x8D, 255, 255, 255, 255, 255, 255, 255, 255],
            [0x8A, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1], [0x8B, 255, 255, 255, 127], [0x4A, 1], [0x47, 1, 2], [0x63, 0x61],
            [0x49, 0x78, 0x0A], [0x67, 0x2D, 0x31, 0x0A], [0x28, 0x4E, 0x64], [0x7D, 0x28, 0x4E, 0x75],
            [0x4E, 0x4E, 0x4E, 0x73], [0x58, 1, 0, 0, 0, 0xFF], [0x32], [0x31], [0x95, 0],
        ] as [[UInt8]])
    func brokenPrograms(bytes: [UInt8]) throws {
        #expect(throws: CheckpointError.self) { try open(bytes) }
    }

    @Test("every cut of a real pickle is an error and none a crash")
    func cuts() throws {
        let real = ExpectedTensor.folder.appendingPathComponent("module.bin")
        let pickle = try Array(Archive.read("module/data.pkl", from: real))
        for length in stride(from: 0, to: pickle.count, by: 7) {
            #expect(throws: CheckpointError.self) { try open(Array(pickle[..<length])) }
        }
    }

    @Test("any byte of a real pickle changed gives tensors or an error, never a crash")
    func changes() throws {
        let real = ExpectedTensor.folder.appendingPathComponent("module.bin")
        let pickle = try Array(Archive.read("module/data.pkl", from: real))
        var refused = 0
        for position in pickle.indices {
            var changed = pickle
            changed[position] = changed[position] &* 167 &+ UInt8(truncatingIfNeeded: position) | 1
            do {
                _ = try open(changed)
            } catch is CheckpointError {
                refused += 1
            }
        }
        // No storages are packed here, so that a tensor that is left is refused as well.
        #expect(refused == pickle.count)
    }

    @Test("values nested a million deep, and lists inside themselves, are freed without a crash")
    func deep() throws {
        let nested = [UInt8](repeating: 0x85, count: 1_000_000)
        #expect(throws: CheckpointError.noStateDict(path: path, reason: "holds a tuple")) {
            try open([0x29] + nested + [0x2E])
        }
        #expect(throws: CheckpointError.noStateDict(path: path, reason: "holds a list")) {
            try open([0x5D, 0x71, 0, 0x68, 0, 0x61, 0x2E])
        }
        #expect(throws: CheckpointError.noStateDict(path: path, reason: "holds no tensors")) {
            try open([0x7D, 0x71, 0, 0x4E, 0x68, 0, 0x73, 0x2E])
        }
    }

    @Test("a short pickle cannot fill the memory")
    func bounds() throws {
        let stack = [UInt8](repeating: 0x4E, count: (1 << 20) + 10)
        #expect(throws: CheckpointError.self) { try open(stack) }
        let marks = [UInt8](repeating: 0x28, count: 5000)
        #expect(throws: CheckpointError.self) { try open(marks) }
        // A list of 100,000 pairs, turned into a new dictionary ten thousand times.
        var pickle = PickleMaker()
        pickle.op("]")
        pickle.op("q", [0])
        pickle.op("(")
        pickle.bytes += [UInt8]([0x4E, 0x4E, 0x86]).repeated(100_000)
        pickle.op("e")
        pickle.op("0")
        pickle.global("collections", "OrderedDict")
        pickle.op("q", [1])
        let call: [UInt8] = [0x68, 1, 0x68, 0, 0x85, 0x52, 0x30]
        pickle.bytes += call.repeated(10_000)
        let error = #expect(throws: CheckpointError.self) { try open(pickle.bytes) }
        #expect(error?.description.contains("more values than a checkpoint needs") == true)
    }

    @Test("protocol 1 opcodes that old files have are understood")
    func oldOpcodes() throws {
        var pickle = PickleMaker(bytes: [])
        pickle.op("(")
        pickle.op("d")
        pickle.op("p", Array("0\n".utf8))
        pickle.op("(")
        pickle.op("U", [5] + Array("epoch".utf8))
        pickle.op("I", Array("01\n".utf8))
        pickle.op("U", [3] + Array("big".utf8))
        pickle.op("L", Array("123L\n".utf8))
        pickle.op("U", [2] + Array("lr".utf8))
        pickle.op("F", Array("0.5\n".utf8))
        pickle.text("x")
        pickle.tensor(count: 1, shape: [1], strides: [1])
        pickle.op("u")
        pickle.op("0")
        pickle.op("g", Array("0\n".utf8))
        pickle.op(".")
        let url = try PickleMaker.pack(pickle.bytes, storages: ["0": Data([0, 0, 0x80, 0x3F])], in: folder)
        #expect(try PyTorchCheckpoint(url).tensor("x").array == [1])
    }
}

extension Array {
    fileprivate func repeated(_ count: Int) -> [Element] {
        (0..<count).flatMap { _ in self }
    }
}
