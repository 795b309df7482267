import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Editing

@Suite("Codebook files that lie")
struct CodebookFileTests {
    /// One tensor of a codebook file.
    private enum Column {
        case floats([Float], [Int])
        case integers([Int], [Int])
    }

    /// The columns of a sound file: two keys, three edits (the first key, the second by a split, the first again).
    private static let columns: [String: Column] = [
        "keys": .floats([1, 2, 3, 4], [2, 2]), "key_steps": .integers([1, 4], [2]),
        "key_ids": .integers([10, 40], [2]),
        "key_labels": .integers([7, 1, -100, 8, 9, 1], [2, 3]),
        "values": .floats([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]), "value_keys": .integers([0, 1, 0], [3]),
        "value_steps": .integers([1, 4, 6], [3]), "value_ids": .integers([10, 40, 60], [3]),
        "radii": .floats([1, 0.5, 0.5], [3]), "radius_keys": .integers([0, 0, 1], [3]),
        "radius_steps": .integers([1, 4, 4], [3]),
    ]
    private static let soundMetadata = ["format": "grace-codebook", "format_version": "1", "stream_steps": "6"]

    /// Reads a file with some columns replaced or left out, and strings of its metadata replaced or left out.
    private func read(
        _ changes: [String: Column], without left: String? = nil, metadata: [String: String?] = [:]
    ) throws -> CodebookHistory {
        let folder = try TemporaryFolder()
        var strings = Self.soundMetadata
        for (key, value) in metadata { strings[key] = value }
        var writer = SafetensorsWriter(metadata: strings)
        for (name, column) in Self.columns.merging(changes, uniquingKeysWith: { $1 }) where name != left {
            switch column {
            case .floats(let values, let shape): writer.add(name, Tensor(values, shape: shape))
            case .integers(let values, let shape): writer.add(name, values, shape: shape)
            }
        }
        let url = folder.url("codebook.safetensors")
        try writer.write(to: url)
        return try CodebookHistory.read(url).record
    }

    private func expectRefused(
        _ changes: [String: Column], without left: String? = nil, metadata: [String: String?] = [:], _ expected: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let text = message { _ = try read(changes, without: left, metadata: metadata) }
        #expect(text.contains(expected), "\(text)", sourceLocation: sourceLocation)
        #expect(text.contains("codebook.safetensors") && !text.contains("\n"), sourceLocation: sourceLocation)
    }

    @Test("The sound file is read")
    func sound() throws {
        let history = try read([:])
        let codebook = history.codebook(at: 6, rules: .paper)
        #expect(codebook.keys == [1, 2, 3, 4] && codebook.radii == [0.5, 0.5])
        #expect(codebook.values.map(\.array) == [[7, 8, 9], [4, 5, 6]])
        #expect(codebook.labels == [[7, 1], [8, 9, 1]])
        let before = history.codebook(at: 3, rules: .paper)
        #expect(before.count == 1 && before.radii == [1] && before.values[0].array == [1, 2, 3])
    }

    @Test("Another kind of file, or another version")
    func format() {
        expectRefused([:], metadata: ["format": nil], "is no grace-codebook file of stream-edit")
        expectRefused([:], metadata: ["format": "pt"], "is no grace-codebook file of stream-edit")
        expectRefused([:], metadata: ["format_version": "2"], "has format version 2, expected 1")
        expectRefused([:], metadata: ["format_version": nil], "has format version none")
    }

    @Test("A missing column is named", arguments: columns.keys.sorted())
    func missing(name: String) {
        expectRefused([:], without: name, "no tensor \(name);")
    }

    @Test("A column of the wrong type is named", arguments: columns.keys.sorted())
    func wrongType(name: String) {
        switch Self.columns[name] {
        case .floats(let values, let shape):
            expectRefused([name: .integers(values.map { Int($0) }, shape)], "tensor \(name): expected")
        case .integers(let values, let shape):
            expectRefused([name: .floats(values.map { Float($0) }, shape)], "tensor \(name): expected")
        case nil: Issue.record("no column \(name)")
        }
    }

    @Test(
        "A column that is too short is named",
        arguments: columns.keys.filter { $0 != "keys" && $0 != "values" && $0 != "radii" }.sorted())
    func tooShort(name: String) {
        guard case .integers(let values, let shape)? = Self.columns[name] else { return }
        let width = shape.dropFirst().reduce(1, *)
        expectRefused([name: .integers(values.dropLast(width), [shape[0] - 1] + shape.dropFirst())], "'\(name)'")
    }

    @Test("Tensors of the wrong number of axes are named")
    func axes() {
        expectRefused(["keys": .floats([1, 2, 3, 4], [4])], "'keys' has shape [4]")
        expectRefused(["values": .floats([Float](repeating: 0, count: 9), [3, 3, 1])], "'values' has shape [3, 3, 1]")
        expectRefused(["radii": .floats([1, 0.5, 0.5], [3, 1])], "'radii' has shape [3, 1]")
        expectRefused(["key_labels": .integers([7, 1, -100, 8, 9, 1], [6])], "'key_labels' has shape [6]")
        expectRefused(["key_labels": .integers([7, 1, -100, 8, 9, 1], [3, 2])], "'key_labels' has shape [3, 2]")
    }

    @Test("Steps out of order, before the first or after the last")
    func steps() {
        expectRefused(["key_steps": .integers([4, 1], [2])], "'key_steps' is not in order")
        expectRefused(["value_steps": .integers([1, 6, 4], [3])], "'value_steps' is not in order")
        expectRefused(["radius_steps": .integers([4, 4, 1], [3])], "'radius_steps' is not in order")
        for steps in [[0, 4, 6], [1, 4, 7]] { expectRefused(["value_steps": .integers(steps, [3])], "'value_steps'") }
        expectRefused([:], metadata: ["stream_steps": "5"], "'value_steps' has step 6, expected 1 to 5")
        expectRefused(["value_steps": .integers([1, 4, 4], [3])], "'value_steps' has two edits at step 4")
    }

    @Test("References to keys that do not exist, or not yet")
    func references() {
        for keys in [[0, 2, 0], [0, -1, 0], [1, 1, 0]] {
            expectRefused(["value_keys": .integers(keys, [3])], "'value_keys' names key")
        }
        for keys in [[0, 0, 2], [1, 0, 1], [-1, 0, 1]] {
            expectRefused(["radius_keys": .integers(keys, [3])], "'radius_keys' names a key that does not exist")
        }
        expectRefused(["key_steps": .integers([1, 5], [2])], "'key_steps' has no key born at step 4")
    }

    @Test("A key without a value or a radius from its first step on")
    func incomplete() {
        expectRefused(["value_keys": .integers([0, 0, 0], [3])], "'value_keys' has no value for key 1")
        expectRefused(["radius_keys": .integers([0, 0, 0], [3])], "'radius_keys' has no radius for key 1 at its birth")
    }

    @Test("Numbers that are not finite")
    func notFinite() {
        expectRefused(["keys": .floats([1, 2, .nan, 4], [2, 2])], "'keys' has infinite or NaN elements")
        expectRefused(
            ["values": .floats([1, 2, 3, 4, 5, 6, 7, 8, .infinity], [3, 3])], "'values' has infinite or NaN elements")
        expectRefused(["radii": .floats([1, .nan, 0.5], [3])], "'radii' has the radius nan")
    }

    @Test("Labels with holes or with numbers that are no tokens")
    func labels() {
        for row in [[7, -100, 1], [7, -5, 1], [7, 1 << 40, 1], [-100, -100, -100]] {
            expectRefused(["key_labels": .integers(row + [8, 9, 1], [2, 3])], "'key_labels'")
        }
    }

    @Test("A file that ends early or is something else")
    func truncated() throws {
        let folder = try TemporaryFolder()
        let url = folder.url("codebook.safetensors")
        try CodebookHistory(keyWidth: 4, valueWidth: 4).write(to: url, steps: 0, metadata: [:])
        let bytes = try Data(contentsOf: url)
        for count in [0, 4, 9, bytes.count / 2, bytes.count - 1] where count < bytes.count {
            try bytes.prefix(count).write(to: url)
            let text = message { _ = try CodebookHistory.read(url) }
            #expect(text != "no error" && text.contains(url.path), "\(count) bytes: \(text)")
        }
        try folder.file("codebook.safetensors", "step\tid\n1\t2\n")
        #expect(message { _ = try CodebookHistory.read(url) } != "no error")
        #expect(
            message { _ = try CodebookHistory.read(folder.url("nowhere.safetensors")) }.contains("nowhere.safetensors"))
    }
}
