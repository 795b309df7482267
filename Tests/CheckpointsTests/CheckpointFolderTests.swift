import Checkpoints
import Files
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("Checkpoint folders") struct CheckpointFolderTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func write(_ file: String, _ tensors: [String: Float]) throws {
        var writer = SafetensorsWriter()
        for (name, value) in tensors { writer.add(name, Tensor([value], shape: [1])) }
        try writer.write(to: folder.url(file))
    }

    func index(_ map: String) throws -> URL {
        try folder.file("model.safetensors.index.json", "{\"metadata\":{\"total_size\":8},\"weight_map\":\(map)}")
    }

    @Test("weights are found in each layout, safetensors before PyTorch")
    func layouts() throws {
        let fixture = ExpectedTensor.folder.appendingPathComponent("module.bin")
        let map = "{\"norm.weight\":\"part.bin\",\"norm.bias\":\"part.bin\"}"
        try folder.file("pytorch_model.bin.index.json", "{\"weight_map\":\(map)}")
        try folder.file("part.bin", Data(contentsOf: fixture))
        var weights = try CheckpointFolder.openWeights(in: folder.url)
        #expect(weights.url.lastPathComponent == "pytorch_model.bin.index.json")
        #expect(weights.names == ["norm.bias", "norm.weight"])
        #expect(try weights.tensor("norm.weight").array == [-1, -0.75, -0.5, -0.25])

        try folder.file("pytorch_model.bin", Data(contentsOf: fixture))
        weights = try CheckpointFolder.openWeights(in: folder.url)
        #expect(weights.url.lastPathComponent == "pytorch_model.bin")
        #expect(weights.contains("position_ids"))
        #expect(try weights.integers("position_ids") == [0, 1, 2, 3, 4, 5])

        try write("model-1.safetensors", ["a": 1])
        try write("model-2.safetensors", ["b": 2, "c": 3])
        _ = try index("{\"a\":\"model-1.safetensors\",\"b\":\"model-2.safetensors\",\"c\":\"model-2.safetensors\"}")
        weights = try CheckpointFolder.openWeights(in: folder.url)
        #expect(weights.names == ["a", "b", "c"])
        #expect(try weights.tensor("c").array == [3])
        #expect(try weights.shape(of: "a") == [1])
        #expect(throws: CheckpointError.self) { try weights.tensor("d") }

        try write("model.safetensors", ["only": 4])
        weights = try CheckpointFolder.openWeights(in: folder.url)
        #expect(weights.names == ["only"])
    }

    @Test("a folder without weights is an error with what was looked for; a missing folder is missing")
    func noWeights() throws {
        let expected = CheckpointError.noWeights(folder: folder.url.path, looked: CheckpointFolder.weightFiles)
        #expect(throws: expected) { try CheckpointFolder.openWeights(in: folder.url) }
        #expect(expected.description.contains("pytorch_model.bin"))
        let missing = folder.url("none")
        #expect(throws: FilesError.missing(path: missing.path)) { try CheckpointFolder.openWeights(in: missing) }
    }

    @Test("a shard that is missing, or lacks what the index says, is named")
    func missingShards() throws {
        try write("model-1.safetensors", ["a": 1])
        let url = try index("{\"a\":\"model-1.safetensors\",\"b\":\"model-2.safetensors\"}")
        #expect(throws: CheckpointError.missingShard(path: url.path, shard: "model-2.safetensors")) {
            try ShardedSafetensors(url)
        }
        try write("model-2.safetensors", ["c": 1])
        let expected = CheckpointError.missingInShard(path: url.path, name: "b", shard: "model-2.safetensors")
        #expect(throws: expected) { try ShardedSafetensors(url) }
    }

    @Test(
        "an index that is no index is refused, and so are files outside the folder",
        arguments: [
            "{\"a\":1}", "{\"a\":\"../model.safetensors\"}", "{\"a\":\"/etc/passwd\"}", "{\"a\":\"\"}",
            "{\"a\":\"..\"}", "[]", "1", "{\"a\":\"x\",\"a\":\"y\"}", "{\"a\"", "",
        ])
    func badIndex(map: String) throws {
        let url = try index(map)
        let error = #expect(throws: CheckpointError.self) { try ShardedSafetensors(url) }
        guard case .badIndex = error else {
            Issue.record("found \(String(describing: error))")
            return
        }
    }

    @Test("config.json decodes; a key that is missing or wrong is named")
    func config() throws {
        struct Config: Decodable, Equatable {
            struct Inner: Decodable, Equatable { let depth: Int }
            let width: Int
            let inner: Inner
        }
        func expect(_ text: String, key: String) throws {
            let url = try folder.file("config.json", text)
            let error = #expect(throws: CheckpointError.self) {
                try CheckpointFolder.config(Config.self, in: folder.url)
            }
            guard case .badConfig(url.path, key, _) = error else {
                Issue.record("found \(String(describing: error))")
                return
            }
            #expect(error?.description.contains("\n") == false)
        }
        #expect(throws: FilesError.missing(path: folder.url("config.json").path)) {
            try CheckpointFolder.config(Config.self, in: folder.url)
        }
        try folder.file("config.json", "{\"width\":3,\"inner\":{\"depth\":2},\"other\":null}")
        #expect(try CheckpointFolder.config(Config.self, in: folder.url) == Config(width: 3, inner: .init(depth: 2)))
        try expect("{\"inner\":{\"depth\":2}}", key: "width")
        try expect("{\"width\":\"3\",\"inner\":{\"depth\":2}}", key: "width")
        try expect("{\"rate\":0.5,\"width\":2.5,\"inner\":{\"depth\":2}}", key: "width")
        try expect("{\"width\":1e30,\"inner\":{\"depth\":2}}", key: "width")
        try expect("{\"width\":3,\"inner\":{}}", key: "inner.depth")
        try expect("{\"width\":3,\n\"inner\"", key: "(line 2)")
        try expect("", key: "(line 1)")
        try expect("[]", key: "(whole file)")
    }

    @Test("the digest changes with weights, config and tokenizer and with nothing else")
    func digest() throws {
        try write("model.safetensors", ["a": 1])
        try folder.file("config.json", "{}")
        let first = try CheckpointFolder.digest(of: folder.url)
        #expect(first.count == 64)
        try folder.file("README.md", "words")
        #expect(try CheckpointFolder.digest(of: folder.url) == first)
        try folder.file("spiece.model", "pieces")
        let second = try CheckpointFolder.digest(of: folder.url)
        #expect(second != first)
        try write("model.safetensors", ["a": 2])
        let third = try CheckpointFolder.digest(of: folder.url)
        #expect(third != second)
        try folder.file("config.json", "{ }")
        #expect(try CheckpointFolder.digest(of: folder.url) != third)
    }

    @Test("the digest of a sharded model covers every shard")
    func shardedDigest() throws {
        try write("1.safetensors", ["a": 1])
        try write("2.safetensors", ["b": 1])
        _ = try index("{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"}")
        let first = try CheckpointFolder.digest(of: folder.url)
        try write("2.safetensors", ["b": 2])
        #expect(try CheckpointFolder.digest(of: folder.url) != first)
    }
}
