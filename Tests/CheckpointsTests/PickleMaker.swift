import Checkpoints
import Foundation
import TestSupport

/// Builds checkpoints from pickles written opcode by opcode.
struct PickleMaker {
    var bytes: [UInt8] = [0x80, 2]

    mutating func op(_ character: Unicode.Scalar, _ argument: [UInt8] = []) {
        bytes.append(UInt8(ascii: character))
        bytes += argument
    }

    mutating func raw(_ values: UInt8...) { bytes += values }

    mutating func global(_ module: String, _ name: String) { op("c", Array("\(module)\n\(name)\n".utf8)) }

    mutating func text(_ text: String) { op("X", little(text.utf8.count, 4) + Array(text.utf8)) }

    mutating func int(_ value: Int) { raw(0x8A, 8); bytes += little(value, 8) }

    mutating func tuple(_ values: [Int]) {
        op("(")
        for value in values { int(value) }
        op("t")
    }

    /// A tensor of the storage `key`; leaves it on the stack.
    mutating func tensor(
        _ type: String = "FloatStorage", key: String = "0", count: Int, offset: Int = 0, shape: [Int], strides: [Int]
    ) {
        global("torch._utils", "_rebuild_tensor_v2")
        op("(")
        op("(")
        text("storage")
        global("torch", type)
        text(key)
        text("cpu")
        int(count)
        op("t")
        op("Q")
        int(offset)
        tuple(shape)
        tuple(strides)
        raw(0x89)
        op("}")
        op("t")
        op("R")
    }

    private func little(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// Packs a pickle and its storages as torch.save does.
    static func pack(
        _ pickle: [UInt8], storages: [String: Data] = [:], byteorder: String? = "little", in folder: TemporaryFolder,
        as format: ArchiveMaker.Format = .storedZip
    ) throws -> URL {
        let url = folder.url("a.bin")
        var members = [("archive/data.pkl", Data(pickle))]
        if let byteorder { members.append(("archive/byteorder", Data(byteorder.utf8))) }
        for (key, data) in storages.sorted(by: { $0.key < $1.key }) { members.append(("archive/data/\(key)", data)) }
        members.append(("archive/version", Data("3\n".utf8)))
        try ArchiveMaker.pack(members, as: format, to: url)
        return url
    }

    /// A checkpoint of one tensor `x`.
    static func single(
        in folder: TemporaryFolder, storage: Data?, _ build: (inout PickleMaker) -> Void
    ) throws -> URL {
        var pickle = PickleMaker()
        pickle.op("}")
        pickle.text("x")
        build(&pickle)
        pickle.op("s")
        pickle.op(".")
        return try pack(pickle.bytes, storages: storage.map { ["0": $0] } ?? [:], in: folder)
    }
}
