import Autodiff
import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Models

/// A BERT folder with the numbers that transformers computes for it (Tests/Fixtures/bert/README.md).
struct BertFixture: Sendable, CustomTestStringConvertible {
    let folder: URL

    var testDescription: String { folder.lastPathComponent }

    static let classifier = BertFixture(folder: fixtures.appendingPathComponent("bert/classifier"))
    static let bare = BertFixture(folder: fixtures.appendingPathComponent("bert/bare"))
    static let small = [classifier, bare]
    /// The small ones, and the shape of bert-base where GRACE_BERT_PARITY names its folder.
    static let all: [BertFixture] = {
        guard let path = ProcessInfo.processInfo.environment["GRACE_BERT_PARITY"] else { return small }
        return small + [BertFixture(folder: URL(fileURLWithPath: path, isDirectory: true))]
    }()

    /// The model with the head of the reference, which the file of a bare encoder lacks.
    func model(trainable: Bool = false) throws -> BertModel {
        let model = try BertModel(folder: folder, trainable: trainable)
        for name in model.initialised {
            let variable = try #require(model.parameters.first { $0.name == name }?.variable)
            let head = try reference().tensor(name.replacingOccurrences(of: "classifier", with: "head"))
            variable.value.pointer.update(from: head.pointer, count: head.count)
        }
        return model
    }

    func reference() throws -> BertReference {
        BertReference(file: try SafetensorsFile(folder.appendingPathComponent("reference.safetensors")))
    }
}

/// reference.safetensors.
struct BertReference {
    let file: SafetensorsFile

    func floats(_ name: String) throws -> [Float] { try file.tensor(name).array }
    func tensor(_ name: String) throws -> Tensor { try file.tensor(name) }
    func integers(_ name: String) throws -> [Int32] { try file.integers(name).map { Int32($0) } }

    /// The inputs without padding.
    func inputs() throws -> [ModelInput] {
        let width = try file.info("attention_mask").shape[1]
        let mask = try file.integers("attention_mask")
        let ids = try integers("input_ids")
        return stride(from: 0, to: mask.count, by: width).map { start in
            ModelInput(Array(ids[start..<start + mask[start..<start + width].reduce(0, +)]))
        }
    }

    /// The class of each input.
    func labels() throws -> [Int32] { try integers("labels") }

    /// Rows of `[N, L, width]` that belong to tokens, one after the other.
    func ragged(_ name: String, lengths: [Int]) throws -> [Float] {
        let shape = try file.info(name).shape
        let all = try floats(name)
        return lengths.enumerated().flatMap { n, length in
            all[n * shape[1] * shape[2]..<(n * shape[1] + length) * shape[2]]
        }
    }
}
