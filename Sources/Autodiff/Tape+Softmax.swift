import Tensors

extension Tape {
    /// The softmax of each row of `x[rows, classes]`.
    package func softmax(_ x: Variable) -> Variable {
        let y = SoftmaxRows.forward(x.value)
        return record(y, from: [x]) { dy in x.accumulate(SoftmaxRows.backward(dy: dy, y: y)) }
    }
}
