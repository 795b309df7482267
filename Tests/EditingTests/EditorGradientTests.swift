import Autodiff
import Checkpoints
import Foundation
import Models
import Tensors
import TestSupport
import Testing

@testable import Editing

/// The gradients that the compared editors train by, held against finite differences of the model's own loss.
@Suite("Gradients of editors with an adaptor")
struct EditorGradientTests {
    private let scene: Scene
    private let request: EditRequest
    private let earlier: EditedInput
    private let options = AdaptorOptions(learningRate: 0.01)

    init() throws {
        scene = try Scene("v1_1", block: 1)
        let inputs = scene.inputs(2, seed: 3)
        request = scene.request(1, inputs[0], label: [20, 31, 1])
        earlier = EditedInput(scene.request(2, inputs[1], label: [44, 1]), query: .last)
    }

    private var input: EditedInput { EditedInput(request, query: .last) }

    private func random(_ shape: [Int], _ index: UInt64, deviation: Float) -> Tensor {
        var stream = RandomStream(seed: 7, purpose: .test, index: index)
        return stream.normal(shape, deviation: deviation)
    }

    /// The loss of the input with what `siteOutput` makes of the parameters, and the parameters' gradients.
    private func loss(_ siteOutput: (Tape) -> Variable, _ tape: Tape) -> Variable {
        scene.model.loss(
            of: [request.prefix], at: scene.site, siteOutput: siteOutput(tape), labels: [request.label], tape: tape
        ).total
    }

    /// Holds the gradient of `f` by some numbers of each parameter against differences.
    private func check(
        _ parameters: [(name: String, variable: Variable)], _ f: (Tape) -> Variable,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let tape = Tape()
        tape.backward(from: f(tape))
        for (name, variable) in parameters {
            let gradient = variable.gradient?.array ?? []
            #expect(gradient.count == variable.value.count, "\(name)", sourceLocation: sourceLocation)
            // The number with the largest gradient and its neighbours: all of them would take minutes.
            let largest = gradient.indices.max { abs(gradient[$0]) < abs(gradient[$1]) } ?? 0
            let first = max(0, min(largest - 2, gradient.count - 5)), count = min(5, gradient.count)
            // A step size is small, and the loss far from straight over more than a part of it.
            let step: Float = name == "rate" ? 1 / 4096 : 1 / 64
            let differences = finiteDifferences(at: variable.value.pointer + first, count: count, step: step) {
                Double(f(Tape(recording: false)).value.scalar)
            }
            let size = max(0.02, differences.reduce(0) { max($0, abs($1)) })
            #expect(
                largestDifference(Array(gradient[first..<first + count]), differences) <= 1e-2 * size,
                "\(name): \(gradient[first..<first + count]) \(differences)", sourceLocation: sourceLocation)
            variable.clearGradient()
        }
    }

    @Test("Finetuning: the layer's weight and bias, by the model's loss")
    func finetuning() {
        let layer = scene.model.layer(at: scene.site)
        let weight = Variable(layer.weight.copy(), requiresGradient: true)
        let bias = Variable(random([scene.site.valueWidth], 1, deviation: 0.1), requiresGradient: true)
        check([("weight", weight), ("bias", bias)]) { tape in
            loss({ $0.linear(Variable(input.view.rows), weight: weight, bias: bias) }, tape)
        }
    }

    @Test("Elastic weight consolidation: the penalty's gradient")
    func elastic() throws {
        let parameter = Variable(random([3, 4], 2, deviation: 1), requiresGradient: true)
        let gradients = [[random([3, 4], 3, deviation: 1)], [random([3, 4], 4, deviation: 1)]]
        let anchor = try #require(ElasticAnchor([parameter], weight: 3, gradients: gradients))
        for i in 0..<12 { parameter.value.pointer[i] += Float(i) * 0.1 }
        anchor.addGradients(to: [parameter])
        let differences = finiteDifferences(at: parameter.value.pointer, count: 12) {
            (0..<12).reduce(0.0) { sum, i in
                let fisher =
                    (gradients[0][0].array[i] * gradients[0][0].array[i]
                        + gradients[1][0].array[i] * gradients[1][0].array[i]) / 2
                let way = Double(parameter.value.pointer[i] - anchor.anchors[0].array[i])
                return sum + 1.5 * Double(fisher) * way * way
            }
        }
        #expect(relativeDifference(parameter.gradient?.array ?? [], to: differences) <= 1e-4)
    }

    @Test("Defer: gate and predictor", arguments: Replacement.allCases)
    func deferral(replacement: Replacement) throws {
        var options = options
        options.replacement = replacement
        let editor = try DeferEditor(model: scene.model, site: scene.site, options: options)
        check(editor.named) { tape in loss({ editor.mixture(input.view, $0) }, tape) }
    }

    @Test("Memory: attention and values", arguments: Replacement.allCases)
    func memory(replacement: Replacement) throws {
        var options = options
        options.replacement = replacement
        let editor = try MemoryEditor(model: scene.model, site: scene.site, options: options, size: 6)
        check(editor.named) { tape in loss({ editor.recalled(input.view, $0) }, tape) }
    }

    @Test("MEND: hypernetwork and step size, through the updated weights, with an earlier edit beside the error")
    func mend() throws {
        var variant = MENDOptions()
        variant.rank = 5
        variant.editRate = 0.002
        // Away from where the identity begins: at its kink there is no derivative.
        var tensors: [String: Tensor] = [:]
        let width = scene.site.keyWidth + scene.site.valueWidth
        for index in 0..<2 {
            let name = "network.\(index)"
            tensors["\(name).v"] = random([5, width], UInt64(10 + index), deviation: 0.2)
            tensors["\(name).u"] = random([width, 5], UInt64(20 + index), deviation: 0.2)
            tensors["\(name).bias"] = Tensor((0..<width).map { $0.isMultiple(of: 2) ? 4 : -4 }, shape: [width])
        }
        let editor = try MENDEditor(
            model: scene.model, site: scene.site, options: options, variant: variant,
            record: AdaptorRecord(tensors: tensors))
        let factors = editor.gradientFactors(of: input).factors
        #expect(factors.u.rowCount == input.view.rows.rowCount)
        // Normalised factors are about this large; raw gradients would teach the hypernetwork next to nothing.
        let v = Elementwise.scale(factors.v, by: 1 / Float(Reduction.sumOfSquares(factors.v).squareRoot()))
        check(editor.named) { editor.outerLoss((factors.u, v), input, earlier, $0).total }
    }
}
