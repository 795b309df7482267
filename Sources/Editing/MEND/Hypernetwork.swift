import Autodiff
import Tensors

/// MEND's hypernetwork for one layer (Mitchell et al. 2022a, section 3.2): two residual layers of low rank, the identity
/// to begin with, over the normalised factors [u; v] of the layer's gradient.
struct Hypernetwork {
    private let layers: [ResidualLayer]
    private let inputWidth: Int

    /// - Parameters:
    ///   - inputs, outputs: widths of the edited layer: of u and of v.
    ///   - record: has the parameters where it is not empty.
    init(inputs: Int, outputs: Int, rank: Int, seed: UInt64, _ record: AdaptorRecord) throws {
        inputWidth = inputs
        let width = inputs + outputs
        layers = try (0..<2).map { index in
            var random = RandomStream(seed: seed, purpose: .adaptorInitialisation, index: UInt64(index))
            return try ResidualLayer("network.\(index)", width: width, rank: min(rank, width), &random, record)
        }
    }

    var parameters: [(name: String, variable: Variable)] { layers.flatMap(\.parameters) }

    /// The factors `u[rows, inputs]` and `v[rows, outputs]` from the normalised ones.
    func callAsFunction(u: Tensor, v: Tensor, _ tape: Tape) -> (u: Variable, v: Variable) {
        let joined = Tensor(uninitialized: [u.rowCount, u.rowWidth + v.rowWidth])
        for row in 0..<u.rowCount {
            let target = joined.pointer + row * joined.rowWidth
            target.update(from: u.pointer + row * u.rowWidth, count: u.rowWidth)
            (target + u.rowWidth).update(from: v.pointer + row * v.rowWidth, count: v.rowWidth)
        }
        let out = layers.reduce(Variable(joined)) { $1($0, tape) }
        return (tape.columns(of: out, 0..<inputWidth), tape.columns(of: out, inputWidth..<joined.rowWidth))
    }
}

/// `x + max(0, scale · (U V x + bias) + shift)`.
private struct ResidualLayer {
    let parameters: [(name: String, variable: Variable)]
    private var v: Variable { parameters[0].variable }
    private var u: Variable { parameters[1].variable }
    private var bias: Variable { parameters[2].variable }
    private var scale: Variable { parameters[3].variable }
    private var shift: Variable { parameters[4].variable }

    init(_ name: String, width: Int, rank: Int, _ random: inout RandomStream, _ record: AdaptorRecord) throws {
        let ones = Tensor([Float](repeating: 1, count: width), shape: [1, width])
        let initial = [
            ("v", random.normal([rank, width], deviation: 1 / Float(width).squareRoot())),
            ("u", Tensor(zeros: [width, rank])), ("bias", Tensor(zeros: [width])), ("scale", ones),
            ("shift", Tensor(zeros: [1, width])),
        ]
        parameters = try initial.map { part, tensor in
            let name = "\(name).\(part)"
            let value = try record.tensor(name, shape: tensor.shape) ?? tensor
            return (name, Variable(value, requiresGradient: true))
        }
    }

    func callAsFunction(_ x: Variable, _ tape: Tape) -> Variable {
        let everyRow = [Int32](repeating: 0, count: x.value.rowCount)
        let inner = tape.linear(tape.linear(x, weight: v), weight: u, bias: bias)
        let scaled = tape.multiply(inner, tape.gather(scale, everyRow))
        return tape.add(x, tape.clampedAtZero(tape.add(scaled, tape.gather(shift, everyRow))))
    }
}

extension Tape {
    /// The given columns of `x[rows, width]`.
    fileprivate func columns(of x: Variable, _ range: Range<Int>) -> Variable {
        let width = x.value.rowWidth, rows = x.value.rowCount
        let part = Tensor(uninitialized: [rows, range.count])
        for row in 0..<rows {
            (part.pointer + row * range.count).update(
                from: x.value.pointer + row * width + range.lowerBound, count: range.count)
        }
        return record(part, from: [x]) { dy in
            let dx = Tensor(zeros: x.shape)
            for row in 0..<rows {
                (dx.pointer + row * width + range.lowerBound).update(
                    from: dy.pointer + row * range.count, count: range.count)
            }
            x.accumulate(dx)
        }
    }
}
