import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

/// The files of an edit log, for comparison.
struct LogFiles {
    let folder: URL

    static let names = ["codebook.safetensors", "edits.tsv", "run.json"]

    func data(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }

    /// The rows of edits.tsv by column; the header is checked.
    func rows() throws -> [[String: String]] {
        let lines = try String(decoding: data("edits.tsv"), as: UTF8.self).split(separator: "\n")
        let columns = try #require(lines.first).split(separator: "\t").map(String.init)
        #expect(
            columns == [
                "step", "id", "error", "action", "key", "distance", "radius", "loss", "steps", "seconds", "success",
            ])
        return try lines.dropFirst().map { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            try #require(fields.count == columns.count)
            return Dictionary(uniqueKeysWithValues: zip(columns, fields))
        }
    }

    /// The rows without the one column that differs between two runs.
    func timelessRows() throws -> [[String: String]] {
        try rows().map { row in row.filter { $0.key != "seconds" } }
    }

    /// What changes when a file is written anew, even with the same bytes.
    func traces() throws -> [String] {
        try Self.names.map { name in
            let file = try FileManager.default.attributesOfItem(atPath: folder.appendingPathComponent(name).path)
            return "\(name) \(file[.systemFileNumber] ?? "") \(file[.modificationDate] ?? "") \(file[.size] ?? "")"
        }
    }

    /// run.json.
    func record() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data("run.json")) as? [String: Any])
    }
}

/// The small T5 of Tests/Fixtures/t5, which has no tokenizer, and streams of token ids for it.
enum FixtureModel {
    static let path = fixtures.appendingPathComponent("t5/v1_0").path
    static let layer = "encoder.block.1.layer.1.DenseReluDense.wo"
    static let vocabulary = 160

    /// A stream of `count` questions, some again and some with another answer than before.
    static func items(_ count: Int) -> [TokenizedSet.Item] {
        (0..<count).map { id in
            let fact = id * 7 % 11
            let input = [3, 17 + fact, 40 + fact * 5, 90 + id * 13 % 5, 1].map(Int32.init)
            let answer = id % 9 == 8 ? 60 + id : 120 + fact
            return TokenizedSet.Item(id: 500 + id, question: id, group: fact, input: input, label: [Int32(answer), 1])
        }
    }

    /// A copy of the fixture with other weights.
    static func copy(to folder: URL, edit: (_ name: String, _ tensor: Tensor) -> Tensor) throws {
        let source = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(contentsOf: source.appendingPathComponent("config.json"))
            .write(to: folder.appendingPathComponent("config.json"))
        let file = try SafetensorsFile(source.appendingPathComponent("model.safetensors"))
        var writer = SafetensorsWriter()
        for name in file.names { writer.add(name, edit(name, try file.tensor(name).copy())) }
        try writer.write(to: folder.appendingPathComponent("model.safetensors"))
    }
}
