import Checkpoints
import Foundation
import Models
import Tensors
import TestSupport
import Testing

@testable import Editing

/// The compared editors beside an independent calculation in PyTorch (Tests/Fixtures/editors).
@Suite("Editors with an adaptor do as PyTorch does")
struct EditorFixtureTests {
    private let model: MLPModel
    private let site: EditSite
    private let reference: SafetensorsFile
    private let features: Tensor

    init() throws {
        let folder = fixtures.appendingPathComponent("mlp")
        model = try MLPModel(folder: folder)
        site = try model.site("layers.1")
        features = try SafetensorsFile(folder.appendingPathComponent("reference.safetensors")).tensor("features")
        reference = try SafetensorsFile(fixtures.appendingPathComponent("editors/reference.safetensors"))
    }

    private var options: AdaptorOptions {
        var options = AdaptorOptions(learningRate: 5e-2)
        options.steps = 25
        return options
    }

    /// The tensors of an editor before its first edit or after its last.
    private func tensors(_ editor: String, _ state: String) throws -> [String: Tensor] {
        let start = "\(editor).\(state)."
        return Dictionary(
            uniqueKeysWithValues: try reference.names.filter { $0.hasPrefix(start) }.map {
                (String($0.dropFirst(start.count)), try reference.tensor($0))
            })
    }

    private func initial(_ editor: String) throws -> AdaptorRecord {
        // Editors train in place; the reference stays as it is.
        AdaptorRecord(tensors: try tensors(editor, "initial").mapValues { $0.copy() })
    }

    private func requests(_ editor: String) throws -> [EditRequest] {
        let labels = try reference.integers("\(editor).labels")
        return try reference.integers("rows").enumerated().map { index, row in
            let input = ModelInput(features: features.rows(row..<row + 1).array)
            return EditRequest(
                step: index + 1, id: row, prefix: model.prefixes(of: [input], at: site)[0],
                label: [Int32(labels[index])])
        }
    }

    @Test(
        "Counts of a record that are none are refused", arguments: ["input.count", "steps.rate"],
        [Float(-1), 0.5, 1e30, 33_554_432])
    func counts(name: String, count: Float) throws {
        let record = AdaptorRecord(tensors: [name: Tensor([count], shape: [1])], editCount: 1)
        let error = #expect(throws: EditingError.self) {
            try MENDEditor(model: model, site: site, options: options, record: record)
        }
        #expect("\(try #require(error))".contains("tensor '\(name)' is \(count), expected a count"))
    }

    private func expectSame(_ found: [EditOutcome], _ editor: String) throws {
        #expect(found.map(\.steps) == (try reference.integers("\(editor).steps")))
        let losses = try reference.tensor("\(editor).losses").array
        #expect(relativeDifference(found.map(\.loss), to: losses) <= 1e-4)
    }

    private func expectSame(_ found: AdaptorRecord, _ editor: String) throws {
        for (name, expected) in try tensors(editor, "final") {
            let tensor = try #require(found.tensors[name], "\(name)")
            #expect(tensor.shape == expected.shape, "\(name)")
            #expect(relativeDifference(tensor.array, to: expected.array) <= 1e-4, "\(name)")
        }
    }

    @Test("Defer: gate and predictor, mixed in training and chosen between at inference")
    func deferral() throws {
        let editor = try DeferEditor(model: model, site: site, options: options, record: initial("defer"))
        try expectSame(requests("defer").map(editor.edit), "defer")
        try expectSame(editor.record, "defer")
    }

    @Test("Memory: attention over values")
    func memory() throws {
        let editor = try MemoryEditor(model: model, site: site, options: options, size: 5, record: initial("memory"))
        try expectSame(requests("memory").map(editor.edit), "memory")
        try expectSame(editor.record, "memory")
    }

    @Test("Finetuning with elastic weight consolidation")
    func elastic() throws {
        var variant = FinetuneOptions()
        variant.ewc = 20
        variant.ewcEdits = 2
        let editor = try FinetuneEditor(
            model: model, site: site, options: options, variant: variant, record: initial("ewc"))
        try expectSame(requests("ewc").map(editor.edit), "ewc")
        try expectSame(editor.record, "ewc")
    }

    @Test("Plain finetuning, edit by edit")
    func finetuning() throws {
        let reference = try SafetensorsFile(fixtures.appendingPathComponent("mlp/reference.safetensors"))
        var options = AdaptorOptions(learningRate: 5e-2)
        options.steps = 100
        let editor = try FinetuneEditor(model: model, site: site, options: options)
        let labels = try reference.integers("finetune.labels"), steps = try reference.integers("finetune.steps")
        for (edit, row) in try reference.integers("finetune.rows").enumerated() {
            let prefix = model.prefixes(of: [ModelInput(features: features.rows(row..<row + 1).array)], at: site)[0]
            let outcome = try editor.edit(
                EditRequest(step: edit + 1, id: row, prefix: prefix, label: [Int32(labels[edit])]))
            #expect(outcome.steps == steps[edit] && outcome.success == (steps[edit] < 100), "edit \(edit)")
            for (name, key) in [("weight", "weight"), ("bias", "bias")] {
                let expected = try reference.tensor("finetune.\(key).\(edit)").array
                let found = try #require(editor.record.tensors[name]).array
                #expect(relativeDifference(found, to: expected) <= 1e-4, "\(name) after edit \(edit)")
            }
        }
    }

    @Test("MEND: the hypernetwork, its step size and the weights, resumed after each edit")
    func mend() throws {
        var variant = MENDOptions()
        variant.rank = 4
        variant.editRateLearningRate = 1e-2
        let requests = try requests("mend")
        var record = try initial("mend")
        var outcomes: [EditOutcome] = []
        for (index, request) in requests.enumerated() {
            // The reference keeps the first edit alone for locality.
            let editor = try MENDEditor(
                model: model, site: site, options: options, variant: variant, record: record,
                edits: index == 0 ? [] : [requests[0]])
            outcomes.append(try editor.edit(request))
            record = editor.record
            let weight = try #require(record.tensors["weight"]).array
            #expect(
                relativeDifference(weight, to: try reference.tensor("mend.weight.\(index)").array) <= 1e-4,
                "after edit \(index)")
        }
        try expectSame(outcomes, "mend")
        try expectSame(record, "mend")
    }
}
