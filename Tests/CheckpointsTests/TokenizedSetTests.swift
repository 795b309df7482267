import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("Token files") struct TokenizedSetTests {
    let folder: TemporaryFolder
    let set = TokenizedSet(
        items: [
            .init(id: 0, question: 17, group: 3, input: [5, 6, 1], label: [9, 1]),
            .init(id: 1, question: 18, group: 3, input: [5, 1], label: [1]),
            .init(id: 2, question: 4, group: 0, input: [7, 0, 8, 9, 1], label: [2, 3, 4, 1]),
        ], metadata: ["tokenizer": "abc"])

    init() throws { folder = try TemporaryFolder() }

    @Test("a set comes back as it was written")
    func roundTrip() throws {
        let url = folder.url("set.safetensors")
        try set.write(to: url)
        #expect(try TokenizedSet(contentsOf: url) == set)
    }

    @Test("on disk it is padded I64 tensors with their lengths")
    func layout() throws {
        let url = folder.url("set.safetensors")
        try set.write(to: url)
        let file = try SafetensorsFile(url)
        #expect(
            file.names == [
                "group_ids", "ids", "input_ids", "input_lengths", "label_lengths", "labels", "question_ids",
            ])
        for name in file.names { #expect(try file.info(name).dtype == .I64) }
        #expect(try file.shape(of: "input_ids") == [3, 5])
        #expect(try file.integers("input_ids") == [5, 6, 1, 0, 0, 5, 1, 0, 0, 0, 7, 0, 8, 9, 1])
        #expect(try file.integers("input_lengths") == [3, 2, 5])
        #expect(try file.shape(of: "labels") == [3, 4])
        #expect(try file.integers("labels") == [9, 1, -100, -100, 1, -100, -100, -100, 2, 3, 4, 1])
        #expect(try file.integers("label_lengths") == [2, 1, 4])
        #expect(try file.integers("question_ids") == [17, 18, 4])
        #expect(try file.integers("group_ids") == [3, 3, 0])
    }

    @Test("an empty set is an error, written or read")
    func empty() throws {
        let url = folder.url("set.safetensors")
        #expect(throws: CheckpointError.emptySet(path: url.path)) { try TokenizedSet(items: []).write(to: url) }
        var writer = SafetensorsWriter()
        writer.add("input_ids", [], shape: [0, 5])
        writer.add("input_lengths", [], shape: [0])
        try writer.write(to: url)
        #expect(throws: CheckpointError.emptySet(path: url.path)) { try TokenizedSet(contentsOf: url) }
    }

    @Test("a row without tokens or with a negative one is not written")
    func badItems() throws {
        let url = folder.url("set.safetensors")
        var bad = set
        bad.items[1].label = []
        #expect(throws: CheckpointError.badTokens(path: url.path, field: "labels", reason: "row 1 is empty")) {
            try bad.write(to: url)
        }
        bad = set
        bad.items[2].input[0] = -3
        let reason = "row 2 has the token id -3"
        #expect(throws: CheckpointError.badTokens(path: url.path, field: "input_ids", reason: reason)) {
            try bad.write(to: url)
        }
        #expect(try folder.names().isEmpty)
    }

    /// The honest columns of two rows, with some replaced.
    func file(_ changes: [String: ([Int], [Int])]) throws -> URL {
        var columns: [String: ([Int], [Int])] = [
            "input_ids": ([5, 1, 7, 1], [2, 2]), "input_lengths": ([2, 2], [2]), "labels": ([1, -100, 2, 1], [2, 2]),
            "label_lengths": ([1, 2], [2]), "ids": ([0, 1], [2]), "question_ids": ([0, 1], [2]),
            "group_ids": ([0, 0], [2]),
        ]
        columns.merge(changes) { $1 }
        var writer = SafetensorsWriter()
        for (name, column) in columns { writer.add(name, column.0, shape: column.1) }
        let url = folder.url("set.safetensors")
        try writer.write(to: url)
        return url
    }

    @Test(
        "lengths, padding, ids and shapes that lie are named with their row",
        arguments: [
            ("input_lengths", [3, 2], [2], "input_lengths", "row 0 has length 3, expected 1 to 2"),
            ("input_lengths", [2, 0], [2], "input_lengths", "row 1 has length 0, expected 1 to 2"),
            ("label_lengths", [-1, 2], [2], "label_lengths", "row 0 has length -1, expected 1 to 2"),
            ("label_lengths", [1, 1], [2], "labels", "row 1 has 1 after its length 1, expected padding -100"),
            ("label_lengths", [2, 2], [2], "labels", "row 0 has the token id -100"),
            ("input_ids", [5, 1, 7, 1 << 40], [2, 2], "input_ids", "row 1 has the token id \(1 << 40)"),
            ("input_ids", [5, 1, 7, 1], [4], "input_ids", "expected two axes, found shape [4]"),
            ("labels", [1, -100, 2, 1, 3, 4], [3, 2], "label_lengths", "expected shape [3], found [2]"),
            ("ids", [0], [1], "ids", "expected shape [2], found [1]"),
            ("group_ids", [0, 0], [1, 2], "group_ids", "expected shape [2], found [1, 2]"),
        ] as [(String, [Int], [Int], String, String)])
    func lies(column: String, values: [Int], shape: [Int], field: String, reason: String) throws {
        let url = try file([column: (values, shape)])
        #expect(throws: CheckpointError.badTokens(path: url.path, field: field, reason: reason)) {
            try TokenizedSet(contentsOf: url)
        }
    }

    @Test("different numbers of inputs and labels, and a missing column, are errors")
    func structure() throws {
        let url = try file(["labels": ([1, 1, 1], [3, 1]), "label_lengths": ([1, 1, 1], [3])])
        let reason = "expected 2 rows as in input_ids, found 3"
        #expect(throws: CheckpointError.badTokens(path: url.path, field: "labels", reason: reason)) {
            try TokenizedSet(contentsOf: url)
        }
        var writer = SafetensorsWriter()
        writer.add("input_ids", [1], shape: [1, 1])
        try writer.write(to: url)
        let error = #expect(throws: CheckpointError.self) { try TokenizedSet(contentsOf: url) }
        guard case .missingTensor(url.path, "input_lengths", _) = error else {
            Issue.record("found \(String(describing: error))")
            return
        }
    }

    private let points = TokenizedSet(
        items: [
            .init(id: 0, question: 0, group: 0, features: [0.5, -1], label: [1]),
            .init(id: 1, question: 1, group: 1, features: [2, 3], label: [0]),
        ], labelNames: ["left", "right"], metadata: ["seed": "7"])

    @Test("a set of classes, of tokens or numbers, comes back as it was written")
    func classes() throws {
        let url = folder.url("set.safetensors")
        try points.write(to: url)
        let read = try TokenizedSet(contentsOf: url)
        #expect(read == points && read.labelNames == ["left", "right"])
        #expect(read.metadata["task"] == "classification" && read.metadata["label_names"] == #"["left","right"]"#)
        let file = try SafetensorsFile(url)
        #expect(!file.contains("input_ids") && !file.contains("input_lengths"))
        #expect(try file.info("features").dtype == .F32 && file.shape(of: "features") == [2, 2])

        var tokens = points
        for row in tokens.items.indices {
            tokens.items[row].features = []
            tokens.items[row].input = [101, 7, 102]
        }
        try tokens.write(to: url)
        #expect(try TokenizedSet(contentsOf: url) == tokens)
        #expect(set.labelNames == nil)
    }

    @Test("classes that are not named, not counted or not there are errors, written or read")
    func badClasses() throws {
        let url = folder.url("set.safetensors")
        func refused(_ field: String, _ reason: String, _ change: (inout TokenizedSet) -> Void) {
            var bad = points
            change(&bad)
            #expect(throws: CheckpointError.badTokens(path: url.path, field: field, reason: reason)) {
                try bad.write(to: url)
            }
        }
        refused("labels", "row 1 has the class 2, expected 0 to 1 (label_names)") { $0.items[1].label = [2] }
        refused("labels", "row 0 has 2 numbers, expected one class index") { $0.items[0].label = [0, 1] }
        refused("metadata task", "expected classification, found 'regression'") { $0.metadata["task"] = "regression" }
        refused("metadata label_names", "expected a JSON array of strings, found none") {
            $0.metadata["label_names"] = nil
        }
        refused("metadata label_names", "expected a JSON array of strings, found [1, 2]") {
            $0.metadata["label_names"] = "[1, 2]"
        }
        refused("metadata label_names", "has 'left' twice") { $0.metadata["label_names"] = #"["left", "left"]"# }
        refused("features", "row 1 has 1 numbers, expected 2") { $0.items[1].features = [2] }
        refused("features", "row 0 has inf") { $0.items[0].features[1] = .infinity }
    }

    @Test("features that stand beside tokens, have another shape or are no numbers are errors")
    func badFeatures() throws {
        let url = folder.url("set.safetensors")
        func refused(_ reason: String, _ add: (inout SafetensorsWriter) -> Void) throws {
            var writer = SafetensorsWriter()
            add(&writer)
            for name in ["labels"] { writer.add(name, [0], shape: [1, 1]) }
            for name in ["label_lengths", "ids", "question_ids", "group_ids"] { writer.add(name, [1], shape: [1]) }
            try writer.write(to: url)
            #expect(throws: CheckpointError.badTokens(path: url.path, field: "features", reason: reason)) {
                try TokenizedSet(contentsOf: url)
            }
        }
        try refused("there beside input_ids, expected one of them") {
            $0.add("features", [1, 2].tensor, as: .F32)
            $0.add("input_ids", [1], shape: [1, 1])
        }
        try refused("expected two axes, found shape [2]") { $0.add("features", Tensor([1, 2], shape: [2])) }
        try refused("expected two axes, found shape [1, 0]") { $0.add("features", Tensor([], shape: [1, 0])) }
        try refused("row 0 has nan") { $0.add("features", Tensor([1, .nan], shape: [1, 2])) }
    }
}

extension [Float] {
    fileprivate var tensor: Tensor { Tensor(self, shape: [1, count]) }
}
