import Autodiff
import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Models

/// A T5 folder with the numbers that transformers computes for it (Tests/Fixtures/t5/README.md).
struct T5Fixture: Sendable, CustomTestStringConvertible {
    let folder: URL

    var testDescription: String { folder.lastPathComponent }

    static let v1_0 = T5Fixture(folder: fixtures.appendingPathComponent("t5/v1_0"))
    static let v1_1 = T5Fixture(folder: fixtures.appendingPathComponent("t5/v1_1"))
    static let small = [v1_0, v1_1]
    /// The small ones, and the full shape of google/t5-small-ssm-nq where GRACE_T5_PARITY names its folder.
    static let all: [T5Fixture] = {
        guard let path = ProcessInfo.processInfo.environment["GRACE_T5_PARITY"] else { return small }
        return small + [T5Fixture(folder: URL(fileURLWithPath: path, isDirectory: true))]
    }()

    func model(trainable: Bool = false) throws -> T5Model { try T5Model(folder: folder, trainable: trainable) }

    func reference() throws -> T5Reference {
        T5Reference(file: try SafetensorsFile(folder.appendingPathComponent("reference.safetensors")))
    }
}

/// reference.safetensors.
struct T5Reference {
    let file: SafetensorsFile

    func floats(_ name: String) throws -> [Float] { try file.tensor(name).array }
    func tensor(_ name: String) throws -> Tensor { try file.tensor(name) }
    func shape(_ name: String) throws -> [Int] { try file.info(name).shape }

    /// The rows of a matrix of token ids, without what `isPadding` says of them at the end.
    private func rows(_ name: String, lengths: [Int]) throws -> [[Int32]] {
        let width = try shape(name)[1]
        let ids = try file.integers(name)
        return lengths.enumerated().map { row, length in
            ids[row * width..<row * width + length].map { Int32($0) }
        }
    }

    /// The inputs without padding.
    func inputs() throws -> [ModelInput] {
        let width = try shape("attention_mask")[1]
        let mask = try file.integers("attention_mask")
        let lengths = stride(from: 0, to: mask.count, by: width).map { mask[$0..<$0 + width].reduce(0, +) }
        return try rows("input_ids", lengths: lengths).map { ModelInput($0) }
    }

    /// The labels with their padding of -100.
    func paddedLabels() throws -> [[Int32]] {
        let size = try shape("labels")
        return try rows("labels", lengths: [Int](repeating: size[1], count: size[0]))
    }

    func labels() throws -> [[Int32]] { try paddedLabels().map { $0.filter { $0 != -100 } } }

    /// Answers under `PREFIX_ids` and `PREFIX_lengths`.
    func answers(_ prefix: String) throws -> [[Int32]] {
        try rows("\(prefix)_ids", lengths: file.integers("\(prefix)_lengths"))
    }

    /// Rows of `[N, L, width]` that belong to tokens, one after the other.
    func ragged(_ name: String, lengths: [Int]) throws -> [Float] {
        let size = try shape(name)
        let all = try floats(name)
        return lengths.enumerated().flatMap { n, length in
            all[n * size[1] * size[2]..<(n * size[1] + length) * size[2]]
        }
    }
}

/// The rows of a batch that a value replaces: `all`, all but the last of each input (`prompt`), or the last (`last`).
func replacedRows(_ inputs: [ModelInput], _ positions: String, value: (Int) -> Int32) -> [Int32] {
    inputs.enumerated().flatMap { n, input in
        let count = input.tokens.count
        return (0..<count).map { token in
            let isLast = token == count - 1
            return positions == "all" || isLast == (positions == "last") ? value(n) : -1
        }
    }
}
