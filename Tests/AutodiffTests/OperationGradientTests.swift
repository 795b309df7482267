import Tensors
import Testing

@testable import Autodiff

@Suite("Gradients of operations are finite differences")
struct OperationGradientTests {
    @Test(
        "Linear, frozen and trained, with a bias and without",
        arguments: [(1, 5, 3), (4, 17, 6), (5, 33, 9), (9, 66, 5)])
    func linear(rows: Int, inputs: Int, outputs: Int) {
        let x = random([rows, inputs], 1)
        let w = random([outputs, inputs], 2)
        let b = random([outputs], 3)
        GradientCheck.check([x, w]) { $0.linear($1[0], weight: $1[1]) }
        GradientCheck.check([x, w, b]) { $0.linear($1[0], weight: $1[1], bias: $1[2]) }
        GradientCheck.check([x]) { $0.linear($1[0], weight: Variable(w), bias: Variable(b)) }
    }

    @Test("Linear by sequences, and dropout")
    func sequences() {
        let layout = RaggedLayout(lengths: [3, 34, 1])
        let w = random([4, 6], 2), b = random([4], 3)
        GradientCheck.check([random([38, 6], 1)]) {
            $0.linear($1[0], weight: Variable(w), bias: Variable(b), layout: layout)
        }
        GradientCheck.check([random([5, 7], 1)]) {
            $0.dropout($1[0], Dropout(probability: 0.4, seed: 3, step: 1, place: 1))
        }
    }

    @Test("Linear of the same variable as input and weight")
    func linearWithItself() {
        GradientCheck.check([random([6, 6], 1)]) { $0.linear($1[0], weight: $1[0]) }
    }

    @Test("Gathered rows, some twice and some not at all")
    func gather() {
        GradientCheck.check([random([5, 18], 1)]) { $0.gather($1[0], [4, 0, 4, 4, 2]) }
    }

    @Test("Replaced rows, by base and by table")
    func replaceRows() {
        GradientCheck.check([random([6, 19], 1), random([3, 19], 2)]) {
            $0.replaceRows(of: $1[0], with: $1[1], [-1, 2, 0, -1, 2, -1])
        }
        GradientCheck.check([random([2, 4], 1), random([1, 4], 2)]) { $0.replaceRows(of: $1[0], with: $1[1], [0, 0]) }
        GradientCheck.check([random([2, 4], 1), random([1, 4], 2)]) {
            $0.replaceRows(of: $1[0], with: $1[1], [-1, -1])
        }
        GradientCheck.check([random([3, 4], 1)]) { $0.replaceRows(of: $1[0], with: $1[0], [2, -1, 0]) }
    }

    @Test("Sums, of two variables and of one with itself")
    func add() {
        GradientCheck.check([random([3, 7], 1), random([3, 7], 2)]) { $0.add($1[0], $1[1]) }
        GradientCheck.check([random([3, 7], 1)]) { $0.add($1[0], $1[0]) }
        GradientCheck.check([random([3, 7], 1)]) { tape, x in
            let twice = tape.add(x[0], x[0])
            return tape.add(tape.add(twice, x[0]), twice)
        }
    }

    @Test("Products element by element, of two variables and of one with itself")
    func multiply() {
        GradientCheck.check([random([3, 7], 1), random([3, 7], 2)]) { $0.multiply($1[0], $1[1]) }
        GradientCheck.check([random([3, 7], 1)]) { $0.multiply($1[0], $1[0]) }
    }

    @Test("Binary cross-entropy, of logits small, large and huge")
    func binaryCrossEntropy() {
        let targets: [Float] = [0, 1, 1, 0, 1]
        GradientCheck.check([random([5, 1], 1, deviation: 3)]) { $0.binaryCrossEntropy($1[0], targets: targets).total }
        let huge = Tensor([-200, 200, -200, 200, 0], shape: [5, 1])
        let each = Tape(recording: false).binaryCrossEntropy(Variable(huge), targets: targets).each
        #expect(each[0] == 0 && each[1] == 0 && each[2] == 200 && each[3] == 200)
        #expect(abs(each[4] - 0.6931472) < 1e-6)
    }

    @Test("Multiples and sums of all elements")
    func scaleAndSum() {
        GradientCheck.check([random([3, 7], 1)]) { $0.scale($1[0], by: -2.5) }
        GradientCheck.check([random([3, 7], 1)]) { $0.sum($1[0]) }
    }

    @Test("Activations", arguments: [Activation.relu, .gelu, .geluTanh, .sigmoid])
    func activation(function: Activation) {
        // ReLU has no slope at zero: keep away from it.
        let x = random([4, 21], 1, deviation: 2)
        for i in 0..<x.count where abs(x.pointer[i]) < 0.1 { x.pointer[i] += 0.3 }
        GradientCheck.check([x]) { $0.activation($1[0], function) }
    }

    @Test("The RMS norm, by rows and by weight", arguments: [2, 16, 21])
    func rmsNorm(width: Int) {
        GradientCheck.check([random([4, width], 1), random([width], 2)]) {
            $0.rmsNorm($1[0], weight: $1[1], epsilon: 1e-6)
        }
        // An epsilon of the size of the squares counts in the gradient.
        GradientCheck.check([random([4, width], 1), random([width], 2)]) {
            $0.rmsNorm($1[0], weight: $1[1], epsilon: 0.5)
        }
    }

    @Test("The layer norm, by rows, weight and bias", arguments: [3, 16, 21])
    func layerNorm(width: Int) {
        for epsilon: Float in [1e-5, 0.5] {
            GradientCheck.check([random([4, width], 1, deviation: 2), random([width], 2), random([width], 3)]) {
                $0.layerNorm($1[0], weight: $1[1], bias: $1[2], epsilon: epsilon)
            }
        }
    }

    @Test("The layer norm of a residual connection, with dropout of the branch and without, and of one input twice")
    func residualNorm() {
        let inputs = [random([4, 19], 1), random([4, 19], 2), random([19], 3), random([19], 4)]
        for dropout in [nil, Dropout(probability: 0.3, seed: 1, step: 1, place: 1)] {
            GradientCheck.check(inputs) {
                $0.layerNorm($1[0], plus: $1[1], dropout: dropout, weight: $1[2], bias: $1[3], epsilon: 0.1)
            }
            GradientCheck.check([inputs[0], inputs[2], inputs[3]]) {
                $0.layerNorm($1[0], plus: $1[0], dropout: dropout, weight: $1[1], bias: $1[2], epsilon: 0.1)
            }
        }
    }

    @Test("Cross-entropy with ignored labels and weights")
    func crossEntropy() {
        GradientCheck.check([random([5, 19], 1)]) {
            $0.crossEntropy($1[0], labels: [3, -100, 18, 0, -100], weights: [0.5, 7, 0.25, 1, 0]).loss
        }
        GradientCheck.check([random([5, 19], 1)]) { tape, x in
            // Its own gradient is not one here.
            tape.scale(tape.crossEntropy(x[0], labels: [1, 2, 3, 4, 5], weights: [1, 1, 1, 1, 1]).loss, by: -3)
        }
    }

    @Test("Cross-entropy over a frozen output head, with ignored labels and weights")
    func crossEntropyOfHead() {
        let head = Variable(random([150, 6], 2))
        GradientCheck.check([random([5, 6], 1)]) { tape, x in
            let loss = tape.crossEntropy(
                x[0], head: head, labels: [3, -100, 149, 0, -100], weights: [0.5, 7, 0.25, 1, 0]
            ).loss
            return tape.scale(loss, by: -3)
        }
    }
}
