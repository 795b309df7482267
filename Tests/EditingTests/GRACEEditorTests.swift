import Models
import Tensors
import TestSupport
import Testing

@testable import Editing

@Suite("The GRACE editor")
struct GRACEEditorTests {
    @Test("An editor without edits defers")
    func empty() throws {
        let scene = try Scene()
        let retrieval = scene.editor(quick(radius: 1)).apply(to: scene.prefix([5, 1]))
        #expect(retrieval.siteOutput == nil && retrieval.key == nil)
        #expect(retrieval.distance.isNaN && retrieval.radius.isNaN)
    }

    @Test("An edit changes its input and not one that is far away")
    func locality() throws {
        let scene = try Scene()
        let inputs = scene.inputs(2)
        let editor = scene.editor(GRACEOptions(radius: scene.distance(inputs[0], inputs[1]) / 2))
        _ = try editor.edit(scene.request(1, inputs[0], label: [7, 1]))
        #expect(try scene.answer(inputs[0], editor) == [7, 1])
        #expect(editor.apply(to: scene.prefix(inputs[1])).siteOutput == nil)
        #expect(try scene.answer(inputs[1], editor) == scene.frozenAnswer(inputs[1]))
    }

    @Test("The outcome tells the action, key, distance and radius")
    func outcomes() throws {
        let scene = try Scene()
        let (a, b) = (scene.inputs(2)[0], scene.inputs(2)[1])
        let d = scene.distance(a, b)
        let editor = scene.editor(quick(radius: d * 0.6, steps: 2))
        let first = try editor.edit(scene.request(1, a, label: [7, 1]))
        #expect(first.action == "add" && first.key == 0 && first.distance.isNaN && first.radius == d * 0.6)
        #expect(first.steps == 2 && first.loss.isFinite)
        let second = try editor.edit(scene.request(2, b, label: [7, 1]))
        #expect(second.action == "expand" && second.key == 0 && second.distance == d && second.radius == d)
        let third = try editor.edit(scene.request(3, b, label: [7, 1]))
        #expect(third.action == "train" && third.key == 0 && third.distance == d && third.radius == d)
        let fourth = try editor.edit(scene.request(4, b, label: [8, 1]))
        #expect(fourth.action == "split" && fourth.key == 1 && fourth.distance == d && fourth.radius == d / 2)
        #expect(editor.codebook.radii == [d / 2, d / 2])
        #expect(editor.record.editCount == 4)
    }

    @Test("Training a key again starts from the value it has")
    func goesOn() throws {
        let scene = try Scene()
        let input = scene.inputs(1)[0]
        let editor = scene.editor(quick(radius: 1, steps: 20))
        let first = try editor.edit(scene.request(1, input, label: [7, 30, 1]))
        let second = try editor.edit(scene.request(2, input, label: [7, 30, 1]))
        #expect(second.action == "train" && second.loss < first.loss)
    }

    @Test("A cold value depends on the seed and the step alone, and lies in [0, 1)")
    func cold() throws {
        let scene = try Scene()
        let inputs = scene.inputs(3)
        let values = { (seed: UInt64, steps: [(Int, Int)]) in
            let editor = scene.editor(quick(radius: 0) { $0.seed = seed })
            for (step, input) in steps { _ = try editor.edit(scene.request(step, inputs[input], label: [7, 1])) }
            return editor.codebook.values.map(\.array)
        }
        let plain = try values(3, [(1, 0), (2, 1), (9, 2)])
        let other = try values(3, [(2, 2), (9, 0)])
        #expect(plain[1] == other[0] && plain[2] == other[1])
        #expect(Set(plain).count == 3)
        #expect(try Set(values(4, [(1, 0), (2, 1)])).isDisjoint(with: plain))
        #expect(plain.joined().allSatisfy { $0 >= 0 && $0 < 1 })
        let mean = plain.joined().reduce(0, +) / Float(plain.joined().count)
        #expect(abs(mean - 0.5) < 0.15)
    }

    @Test("A warm value starts as the layer's own output at the query token", arguments: QueryToken.allCases)
    func warm(query: QueryToken) throws {
        let scene = try Scene()
        let input = scene.inputs(1)[0]
        let prefix = scene.prefix(input)
        let editor = scene.editor(
            quick(radius: 0) {
                $0.initialisation = .warm
                $0.query = query
            })
        _ = try editor.edit(scene.request(1, input, label: [7, 1]))
        let row = query == .first ? 0 : input.count - 1
        #expect(sameBits(editor.codebook.values[0].array, prefix.siteOutput.rows(row..<row + 1).array))
    }

    @Test("The query is the layer's input at the last or first token, or the mean of all")
    func queries() throws {
        let scene = try Scene()
        let prefix = scene.prefix(scene.inputs(1)[0])
        let rows = (0..<prefix.siteInput.rowCount).map { prefix.siteInput.rows($0..<$0 + 1).array }
        #expect(sameBits(QueryToken.last.query(of: prefix), rows[rows.count - 1]))
        #expect(sameBits(QueryToken.first.query(of: prefix), rows[0]))
        let mean = rows[0].indices.map { column in rows.reduce(0) { $0 + Double($1[column]) } / Double(rows.count) }
        #expect(largestDifference(QueryToken.mean.query(of: prefix), mean) <= 1e-6)
    }

    @Test("A NaN weight before the site or after it is an error that says where, and leaves the editor as it was")
    func notANumber() throws {
        for (name, expected) in [
            ("encoder.block.0.layer.0.SelfAttention.k.weight", "the activation at the edit site is infinite or NaN"),
            ("encoder.block.1.layer.1.DenseReluDense.wi.weight", "the activation at the edit site is infinite or NaN"),
            ("encoder.block.2.layer.0.SelfAttention.k.weight", "became infinite or NaN at training step 1"),
            ("decoder.block.1.layer.1.EncDecAttention.q.weight", "became infinite or NaN at training step 1"),
            ("shared.weight", "became infinite or NaN at training step 1"),
        ] {
            let scene = try Scene("v1_0", block: 1, trainable: true)
            let weight = try #require(scene.model.parameters.first { $0.name == name }?.variable.value)
            let editor = scene.editor(quick(radius: 1, steps: 5))
            let inputs = scene.inputs(2)
            _ = try editor.edit(scene.request(1, inputs[0], label: [7, 1]))
            let (codebook, edits) = (editor.codebook, editor.record.editCount)
            weight.pointer[0] = .nan
            let text = message { _ = try editor.edit(scene.request(17, inputs[1], label: [8, 1], id: 23)) }
            #expect(text.hasPrefix("stream step 17 (id 23): ") && text.contains(expected), "\(name): \(text)")
            expectSame(editor.codebook, codebook, "\(name)")
            #expect(editor.record.editCount == edits)
        }
    }

    @Test("A learning rate that is far too high is an error, not an answer of NaN")
    func diverging() throws {
        let scene = try Scene()
        let editor = scene.editor(quick(radius: 1, steps: 5) { $0.learningRate = .greatestFiniteMagnitude })
        let text = message { _ = try editor.edit(scene.request(1, scene.inputs(1)[0], label: [7, 1])) }
        #expect(text.contains("lower --learning-rate"), "\(text)")
        #expect(editor.codebook.count == 0)
    }

    @Test("Official rules replace the prompt's rows and split with a little less")
    func official() throws {
        let scene = try Scene()
        let (a, b) = (scene.inputs(2)[0], scene.inputs(2)[1])
        let d = scene.distance(a, b)
        let editor = scene.editor(
            quick(radius: d) {
                $0.rules = .official
                $0.replacement = .prompt
            })
        _ = try editor.edit(scene.request(1, a, label: [7, 9, 1]))
        // Other tokens of the same mean count as the same label, and the key keeps its own.
        #expect(try editor.edit(scene.request(2, b, label: [9, 7, 1])).action == "train")
        #expect(try editor.edit(scene.request(3, b, label: [9, 8, 1])).action == "split")
        #expect(editor.codebook.radii == [d / 2 - 1e-5, d / 2] && editor.codebook.labels[0] == [7, 9, 1])
        let output = try #require(editor.apply(to: scene.prefix(b)).siteOutput)
        let last = b.count - 1
        #expect(sameBits(output.rows(last..<last + 1).array, scene.prefix(b).siteOutput.rows(last..<last + 1).array))
        #expect(sameBits(output.rows(0..<1).array, editor.codebook.values[1].array))
    }
}
