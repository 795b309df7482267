import Checkpoints
import Models
import Tensors
import TestSupport
import Testing

@testable import Editing

@Suite("Training of values")
struct ValueTrainerTests {
    /// The inputs and labels of a T5 fixture's reference, with its site and value.
    private struct Reference {
        let scene: Scene
        let file: SafetensorsFile
        let prefixes: [SitePrefix]
        let labels: [[Int32]]
        let value: Tensor

        init(_ version: String) throws {
            let scene = try Scene(version, block: 1)
            let file = try SafetensorsFile(fixtures.appendingPathComponent("t5/\(version)/reference.safetensors"))
            func rows(_ name: String, padding: Int) throws -> [[Int32]] {
                let width = try #require(try file.info(name).shape.last)
                let ids = try file.integers(name)
                return stride(from: 0, to: ids.count, by: width).map { start in
                    ids[start..<start + width].filter { $0 != padding }.map { Int32($0) }
                }
            }
            prefixes = scene.model.prefixes(
                of: try rows("input_ids", padding: 0).map { ModelInput($0) }, at: scene.site)
            labels = try rows("labels", padding: -100)
            self.scene = scene
            self.file = file
            value = try file.tensor("edited.value")
        }

        func train(_ which: [Int], _ options: GRACEOptions) -> [ValueTrainer<T5Model>.Result] {
            ValueTrainer(model: scene.model, site: scene.site, options: options).train(
                which.map { .init(prefix: prefixes[$0], label: labels[$0], value: value) })
        }
    }

    @Test(
        "The first step starts from transformers' loss and goes against transformers' gradient",
        arguments: ["v1_0", "v1_1"], Replacement.allCases)
    func firstStep(version: String, replacement: Replacement) throws {
        let reference = try Reference(version)
        let losses = try reference.file.tensor("edited.\(replacement.rawValue).losses").array
        let gradients = try reference.file.tensor("edited.\(replacement.rawValue).value_gradients")
        let options = quick(radius: 1, steps: 1) {
            $0.replacement = replacement
            $0.learningRate = 0.25
        }
        for (n, result) in reference.train(Array(reference.labels.indices), options).enumerated() {
            #expect(abs(result.loss - losses[n]) <= 1e-5)
            let gradient = gradients.rows(n..<n + 1).array
            // Adam's first step is lr · g / (|g| + ε), but for numbers that float32 cannot tell from zero.
            let size = gradient.reduce(0) { max($0, abs($1)) }
            for (i, g) in gradient.enumerated() where abs(g) > 1e-3 * size || size == 0 {
                let expected = reference.value.array[i] - 0.25 * g / (abs(g) + 1e-8)
                #expect(abs(result.value.array[i] - expected) <= 1e-4, "example \(n), column \(i)")
            }
        }
    }

    @Test(
        "Cases trained together have the bits of each alone, in any order", arguments: ["v1_0", "v1_1"],
        Replacement.allCases)
    func together(version: String, replacement: Replacement) throws {
        let reference = try Reference(version)
        let options = quick(radius: 1, steps: 25) { $0.replacement = replacement }
        let before = Parallel.threadCount
        defer { Parallel.threadCount = before }
        Parallel.threadCount = 1
        let alone = reference.labels.indices.map { reference.train([$0], options)[0] }
        for threads in 1...2 {
            Parallel.threadCount = threads
            // So many that each thread trains some of them by itself.
            let all = Array(reference.labels.indices), many = (0..<19).map { all[$0 % all.count] }
            for order in [all, all.reversed(), [2, 2, 4], [5, 0], many] {
                for (n, result) in zip(order, reference.train(order, options)) {
                    #expect(sameBits(result.value.array, alone[n].value.array), "case \(n) of \(order)")
                    #expect(result.loss == alone[n].loss)
                }
            }
        }
    }

    @Test("A case that diverges is told apart and leaves the others their bits")
    func divergence() throws {
        let reference = try Reference("v1_0")
        let options = quick(radius: 1, steps: 10)
        let trainer = ValueTrainer(model: reference.scene.model, site: reference.scene.site, options: options)
        let good = (0..<3).map { n in
            ValueTrainer<T5Model>.Case(
                prefix: reference.prefixes[n], label: reference.labels[n], value: reference.value)
        }
        let nan = Tensor(
            [Float](repeating: .nan, count: reference.scene.site.valueWidth), shape: [reference.scene.site.valueWidth])
        let bad = ValueTrainer<T5Model>.Case(prefix: reference.prefixes[3], label: reference.labels[3], value: nan)
        let results = trainer.train([good[0], bad, good[1], good[2]])
        #expect(results.map(\.divergedAt) == [nil, 1, nil, nil])
        for (together, alone) in zip([results[0], results[2], results[3]], trainer.train(good)) {
            #expect(sameBits(together.value.array, alone.value.array))
        }
    }

    @Test("A hundred steps lower the loss, and the model then gives the label", arguments: 0..<2)
    func success(block: Int) throws {
        let scene = try Scene(block: block)
        var succeeded = 0
        for (n, input) in scene.inputs(12, seed: 3).enumerated() {
            let label: [Int32] = [Int32(10 + n), 1]
            let editor = scene.editor(GRACEOptions(radius: 0.1))
            let start = scene.editor(quick(radius: 0.1, steps: 1))
            let request = scene.request(n + 1, input, label: label)
            let before = try start.edit(request).loss
            let after = try editor.edit(request).loss
            #expect(after < before / 2, "input \(n): \(before) to \(after)")
            if try scene.answer(input, editor) == label { succeeded += 1 }
        }
        #expect(succeeded >= 11)
    }

    @Test("The start value is not written to, and no steps leave it as it is")
    func noSteps() throws {
        let reference = try Reference("v1_0")
        let before = reference.value.array
        let result = reference.train([1], quick(radius: 1, steps: 0))[0]
        #expect(sameBits(result.value.array, before) && result.loss.isNaN && result.divergedAt == nil)
        _ = reference.train([1], quick(radius: 1, steps: 3))
        #expect(sameBits(reference.value.array, before))
    }

    @Test("A value replaces the rows that it should, and no others", arguments: Replacement.allCases)
    func replacement(replacement: Replacement) throws {
        let scene = try Scene()
        for input in [scene.inputs(1)[0], [1]] {
            let prefix = scene.prefix(input)
            let width = scene.site.valueWidth
            let value = Tensor([Float](repeating: 9, count: width), shape: [width])
            let output = replacement.siteOutput(of: prefix, with: value)
            for row in input.indices {
                let isLast = row == input.count - 1
                let replaced = replacement == .all || isLast == (replacement == .last)
                let expected = replaced ? value.array : prefix.siteOutput.rows(row..<row + 1).array
                #expect(sameBits(output.rows(row..<row + 1).array, expected), "row \(row) of \(input.count)")
            }
        }
    }
}
