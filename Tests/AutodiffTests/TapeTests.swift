import Tensors
import TestSupport
import Testing

@testable import Autodiff

@Suite("The tape")
struct TapeTests {
    /// A transformer block in small: attention and a gated feed-forward layer, each with a norm and a residual.
    private func block(_ tape: Tape, _ x: Variable, _ p: [Variable], _ layout: RaggedLayout) -> Variable {
        let normed = tape.rmsNorm(x, weight: p[0], epsilon: 1e-6)
        let mixed = tape.attention(
            Attention(heads: 2, headWidth: 4, scale: 1), q: tape.linear(normed, weight: p[1]),
            k: tape.linear(normed, weight: p[2]), v: tape.linear(normed, weight: p[3]), queries: layout, keys: layout)
        let h = tape.add(x, mixed)
        let entrance = tape.rmsNorm(h, weight: p[0], epsilon: 1e-6)
        let gate = tape.activation(tape.linear(entrance, weight: p[4]), .geluTanh)
        let inner = tape.multiply(gate, tape.linear(entrance, weight: p[5]))
        return tape.add(h, tape.linear(inner, weight: p[6]))
    }

    private let parameters =
        [random([8], 10)] + (1...3).map { random([8, 8], 10 + $0, deviation: 0.4) }
        + (4...5).map { random([12, 8], 10 + $0, deviation: 0.4) } + [random([8, 12], 16, deviation: 0.4)]

    @Test("Two blocks with shared weights, an embedding and a tied head have the gradients of finite differences")
    func composition() {
        let layout = RaggedLayout(lengths: [3, 2])
        GradientCheck.check([random([6, 8], 1)] + parameters) { tape, x in
            let embedded = tape.gather(x[0], [1, 5, 1, 0, 2])
            let once = block(tape, embedded, Array(x[1...]), layout)
            let states = block(tape, once, Array(x[1...]), layout)
            let logits = tape.linear(tape.scale(states, by: 0.3), weight: x[0])
            return tape.crossEntropy(logits, labels: [1, -100, 5, 0, 3], weights: [0.25, 0, 0.25, 0.25, 0.25]).loss
        }
    }

    @Test("The gradient by an edited value through frozen layers is that of finite differences")
    func edit() {
        let layout = RaggedLayout(lengths: [3, 2])
        let frozen = random([5, 8], 1)
        let residual = random([5, 8], 2)
        let table = random([6, 8], 3)
        GradientCheck.check([random([2, 8], 4)]) { tape, x in
            let output = tape.replaceRows(of: Variable(frozen), with: x[0], [0, 0, -1, 1, 1])
            let states = block(tape, tape.add(Variable(residual), output), parameters.map { Variable($0) }, layout)
            return tape.crossEntropy(
                tape.linear(states, weight: Variable(table)), labels: [1, 2, 5, 0, 3], weights: [1, 1, 1, 1, 1]
            ).loss
        }
    }

    @Test("Gradients of two backward passes add up until they are cleared")
    func accumulation() throws {
        let x = Variable(random([2, 3], 1), requiresGradient: true)
        for _ in 0..<2 {
            let tape = Tape()
            tape.backward(from: tape.scale(x, by: 3))
        }
        #expect(try #require(x.gradient).array == [Float](repeating: 6, count: 6))
        x.clearGradient()
        #expect(x.gradient == nil)
    }

    @Test("A gradient that two variables share is not written to by either")
    func sharing() throws {
        let a = Variable(random([4], 1), requiresGradient: true)
        let b = Variable(random([4], 2), requiresGradient: true)
        let tape = Tape()
        // The sum hands one gradient to both; a then receives more.
        let sum = tape.add(a, b)
        let more = tape.add(sum, tape.scale(a, by: 2))
        tape.backward(from: more)
        #expect(try #require(a.gradient).array == [3, 3, 3, 3])
        #expect(try #require(b.gradient).array == [1, 1, 1, 1])
    }

    @Test("The caller's gradient is left as it was")
    func seed() {
        let a = Variable(random([4], 1), requiresGradient: true)
        let b = Variable(random([4], 2), requiresGradient: true)
        let gradient = Tensor([1, 2, 3, 4], shape: [4])
        for _ in 0..<2 {
            let tape = Tape()
            tape.backward(from: tape.add(a, tape.add(b, a)), gradient: gradient)
        }
        #expect(gradient.array == [1, 2, 3, 4])
        #expect(a.gradient?.array == [4, 8, 12, 16])
        #expect(b.gradient?.array == [2, 4, 6, 8])
    }

    @Test("A tape that does not record computes the same and no gradients")
    func notRecording() {
        let layout = RaggedLayout(lengths: [3, 2])
        let x = Variable(random([5, 8], 1), requiresGradient: true)
        let trained = parameters.map { Variable($0, requiresGradient: true) }
        let silent = block(Tape(recording: false), x, trained, layout)
        #expect(!silent.requiresGradient && silent.gradient == nil)
        let recorded = block(Tape(), x, trained, layout)
        #expect(recorded.requiresGradient)
        #expect(relativeDifference(silent.value.array, to: recorded.value.array) <= 1e-5)
    }

    @Test("What does not depend on anything trained is not recorded")
    func frozen() {
        let tape = Tape()
        let x = Variable(random([5, 8], 1))
        let result = block(tape, x, parameters.map { Variable($0) }, RaggedLayout(lengths: [5]))
        #expect(!result.requiresGradient)
        tape.backward(from: result)
        #expect(x.gradient == nil && result.gradient == nil)
    }

    @Test("A branch that does not lead to the result leaves no gradient")
    func deadBranch() {
        let tape = Tape()
        let x = Variable(random([4], 1), requiresGradient: true)
        let y = Variable(random([4], 2), requiresGradient: true)
        _ = tape.multiply(x, y)
        tape.backward(from: tape.scale(x, by: 2))
        #expect(x.gradient?.array == [2, 2, 2, 2])
        #expect(y.gradient == nil)
    }

    @Test("A recorded tape gives its memory back when it goes")
    func memory() {
        weak var watched: Variable?
        do {
            let tape = Tape()
            let x = Variable(random([4], 1), requiresGradient: true)
            let y = tape.activation(x, .gelu)
            watched = y
            tape.backward(from: tape.sum(y))
        }
        #expect(watched == nil)
    }
}
