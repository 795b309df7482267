import Tensors

/// A tensor in a computation, with room for the gradient of what is computed from it.
package final class Variable {
    package let value: Tensor
    /// Whether `Tape.backward` computes a gradient here: set for what is trained and for all that depends on it.
    package let requiresGradient: Bool
    /// The gradient summed so far; nil means zero.
    package private(set) var gradient: Tensor?
    private var ownsGradient = false

    package init(_ value: Tensor, requiresGradient: Bool = false) {
        self.value = value
        self.requiresGradient = requiresGradient
    }

    package var shape: [Int] { value.shape }

    package func clearGradient() { gradient = nil }

    /// Adds `addend` to the gradient. With `shared`, somebody else may go on reading or writing its memory.
    package func accumulate(_ addend: Tensor, shared: Bool = false) {
        guard requiresGradient else { return }
        if let sum = gradient {
            if ownsGradient {
                Elementwise.accumulate(addend, into: sum)
            } else {
                gradient = Elementwise.add(sum, addend).reshaped(value.shape)
                ownsGradient = true
            }
        } else {
            gradient = addend.reshaped(value.shape)
            ownsGradient = !shared
        }
    }

    /// Adds to the gradient what `add` adds to the sum so far, in that sum's memory or in new.
    func accumulate(_ add: (_ sum: Tensor?, _ inPlace: Bool) -> Tensor) {
        guard requiresGradient else { return }
        gradient = add(gradient, ownsGradient).reshaped(value.shape)
        ownsGradient = true
    }

    /// The gradient as a tensor to add to in place, zero if there was none.
    func gradientForAccumulation() -> Tensor {
        if let gradient, ownsGradient { return gradient }
        let sum = gradient?.copy() ?? Tensor(zeros: value.shape)
        gradient = sum
        ownsGradient = true
        return sum
    }
}

/// Records operations and runs them backwards: reverse-mode automatic differentiation over coarse operations.
///
/// Operations are methods of the tape. One whose arguments need no gradient, or on a tape that does not record, is
/// computed and forgotten, so the same model code serves inference, editing and training.
package final class Tape {
    package let isRecording: Bool
    private var steps: [() -> Void] = []

    package init(recording: Bool = true) { isRecording = recording }

    /// Makes the result of an operation. `backward` receives the gradient of the result.
    package func record(
        _ value: Tensor, from inputs: [Variable], backward: @escaping (Tensor) -> Void
    ) -> Variable {
        guard isRecording, inputs.contains(where: \.requiresGradient) else { return Variable(value) }
        let result = Variable(value, requiresGradient: true)
        steps.append { [unowned result] in
            if let gradient = result.gradient { backward(gradient) }
        }
        results.append(result)
        return result
    }

    /// Keeps every recorded result alive until the tape goes, since the steps refer to them.
    private var results: [Variable] = []

    /// Fills the gradients of all variables that `root` depends on. A tape runs backwards once.
    ///
    /// - Parameter gradient: the gradient at `root`, of its shape; ones if not given.
    package func backward(from root: Variable, gradient: Tensor? = nil) {
        precondition(isRecording, "this tape did not record")
        root.accumulate(gradient ?? Tensor([Float](repeating: 1, count: root.value.count), shape: root.shape))
        while let step = steps.popLast() {
            step()
            results.removeLast()
        }
    }
}
