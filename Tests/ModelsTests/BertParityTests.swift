import Autodiff
import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Models

/// States and logits within 1e-4, losses within 1e-5, gradients within 1e-4 of the largest.
@Suite("BERT computes what transformers computes")
struct BertParityTests {
    @Test(
        "The states of all tokens, the pooler's output and the logits, alone and in a batch", arguments: BertFixture.all
    )
    func outputs(fixture: BertFixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let inputs = try reference.inputs()
        let tape = Tape(recording: false)
        let (hidden, layout) = model.encode(inputs, firstOnly: false, tape)
        let states = try reference.ragged("last_hidden_state", lengths: inputs.map(\.tokens.count))
        #expect(largestDifference(hidden.value.array, states) <= 1e-4)
        let first = tape.gather(hidden, layout.starts.dropLast().map { Int32($0) })
        #expect(largestDifference(model.pool(first, tape).value.array, try reference.floats("pooler_output")) <= 1e-4)
        let logits = try reference.floats("logits")
        #expect(largestDifference(model.logits(inputs, tape).value.array, logits) <= 1e-4)
        let alone = inputs.flatMap { model.logits([$0], tape).value.array }
        #expect(largestDifference(alone, logits) <= 1e-4)
    }

    @Test("The loss of each input, and their sum", arguments: BertFixture.all)
    func losses(fixture: BertFixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let tape = Tape(recording: false)
        let (total, each) = model.loss(model.logits(try reference.inputs(), tape), labels: try reference.labels(), tape)
        let expected = try reference.floats("losses")
        #expect(largestDifference(each, expected) <= 1e-5)
        #expect(abs(total.value.scalar - expected.reduce(0, +)) <= 1e-4)
    }

    @Test("The gradient of the batch loss by every parameter", arguments: BertFixture.all)
    func parameters(fixture: BertFixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model(trainable: true)
        let labels = try reference.labels()
        let tape = Tape()
        let logits = model.logits(try reference.inputs(), tape)
        let loss = tape.scale(model.loss(logits, labels: labels, tape).total, by: 1 / Float(labels.count))
        #expect(largestDifference([loss.value.scalar], try reference.floats("loss")) <= 1e-5)
        tape.backward(from: loss)

        let probe = try reference.floats("probe").map(Double.init)
        // The gradient by a bias of keys is zero, since a softmax does not see it: only rounding is left. All are
        // measured against the largest gradient there is.
        let floor = try reference.file.names.filter { $0.hasPrefix("gradient.") }
            .flatMap { try reference.floats($0) }.reduce(0) { max($0, abs($1)) }
        func expectNear(_ found: [Double], _ name: String) throws {
            let expected = try reference.floats(name)
            let size = name.hasSuffix(".key.bias") ? Double(floor) : expected.reduce(0) { max($0, abs(Double($1))) }
            #expect(largestDifference(found, expected) <= 1e-4 * size, "\(name)")
        }
        for (name, variable) in model.parameters {
            let gradient = try #require(variable.gradient, "\(name) has no gradient")
            let g = gradient.array.map(Double.init)
            guard gradient.shape.count == 2 else {
                try expectNear(g, "gradient.\(name)")
                continue
            }
            let (rows, columns) = (gradient.shape[0], gradient.shape[1])
            let byRow = (0..<rows).map { i in (0..<columns).reduce(0) { $0 + g[i * columns + $1] * probe[$1] } }
            let byColumn = (0..<columns).map { j in (0..<rows).reduce(0) { $0 + g[$1 * columns + j] * probe[$1] } }
            try expectNear(byRow, "gradient_rows.\(name)")
            try expectNear(byColumn, "gradient_columns.\(name)")
        }
        let named = Set(
            reference.file.names.compactMap { name -> String? in
                for start in ["gradient.", "gradient_rows."] where name.hasPrefix(start) {
                    return String(name.dropFirst(start.count))
                }
                return nil
            })
        #expect(Set(model.parameters.map(\.name)) == named)
    }

    @Test("An input that uses every position", arguments: BertFixture.all)
    func long(fixture: BertFixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model(trainable: true)
        let tape = Tape()
        let logits = model.logits([ModelInput(try reference.integers("long.input_ids"))], tape)
        #expect(largestDifference(logits.value.array, try reference.floats("long.logits")) <= 1e-4)
        let loss = model.loss(logits, labels: try reference.integers("long.labels"), tape).total
        #expect(largestDifference([loss.value.scalar], try reference.floats("long.loss")) <= 1e-5)
        tape.backward(from: loss)
        let name = "bert.embeddings.position_embeddings.weight"
        let gradient = try #require(model.parameters.first { $0.name == name }?.variable.gradient)
        let sums = (0..<gradient.rowCount).map { gradient.rows($0..<$0 + 1).array.reduce(0) { $0 + Double($1) } }
        let expected = try reference.floats("long.gradient_sums.\(name)")
        // A sum over a row may cancel; the row's own size is the measure.
        let size = gradient.array.reduce(0) { max($0, abs(Double($1))) }
        #expect(largestDifference(sums, expected) <= 1e-3 * size)
    }

    @Test("What is computed with padding behind the inputs is computed without", arguments: BertFixture.all)
    func padding(fixture: BertFixture) throws {
        let reference = try fixture.reference()
        let model = try fixture.model()
        let padded = try reference.inputs().map { ModelInput($0.tokens, paddedTo: 44, with: 0) }
        let logits = model.logits(padded, Tape(recording: false))
        #expect(largestDifference(logits.value.array, try reference.floats("logits")) <= 1e-4)
    }
}

/// Held against real weights and against transformers itself where the environment names folders for it
/// (Tests/Fixtures/bert/README.md).
@Suite("BERT on real weights, and written for transformers")
struct BertRealTests {
    private static let environment = ProcessInfo.processInfo.environment

    @Test("The states and pooler outputs of all-MiniLM-L6-v2", .enabled(if: environment["GRACE_MINILM"] != nil))
    func miniLM() throws {
        let fixture = BertFixture(
            folder: URL(fileURLWithPath: try #require(Self.environment["GRACE_MINILM"]), isDirectory: true))
        let reference = try fixture.reference()
        let model = try BertModel(folder: fixture.folder)
        #expect(model.initialised == ["classifier.weight", "classifier.bias"])
        let inputs = try reference.inputs()
        let tape = Tape(recording: false)
        let (hidden, layout) = model.encode(inputs, firstOnly: false, tape)
        let states = try reference.ragged("last_hidden_state", lengths: inputs.map(\.tokens.count))
        #expect(largestDifference(hidden.value.array, states) <= 1e-4)
        let first = tape.gather(hidden, layout.starts.dropLast().map { Int32($0) })
        #expect(largestDifference(model.pool(first, tape).value.array, try reference.floats("pooler_output")) <= 1e-4)
    }

    @Test("Folders for check_written.py", .enabled(if: environment["GRACE_BERT_WRITTEN"] != nil))
    func written() throws {
        let folder = URL(fileURLWithPath: try #require(Self.environment["GRACE_BERT_WRITTEN"]), isDirectory: true)
        for fixture in BertFixture.small {
            try fixture.model().write(to: folder.appendingPathComponent(fixture.folder.lastPathComponent))
        }
    }
}
