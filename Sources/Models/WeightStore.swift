import Autodiff
import Checkpoints
import Foundation
import Tensors

/// Where a model's parameters come from, and the list of all of them by their Hugging Face names.
package final class WeightStore {
    package enum Origin {
        /// An opened checkpoint; parameters are views of it where it is mapped float32.
        case checkpoint(any TensorSource)
        /// Random weights, each parameter from a stream of its own.
        case random(seed: UInt64)
    }

    private let origin: Origin
    /// Whether parameters receive gradients. They are then copied out of a checkpoint, which is read-only.
    private let isTrainable: Bool
    package private(set) var parameters: [(name: String, variable: Variable)] = []

    package init(_ origin: Origin, trainable: Bool) {
        self.origin = origin
        self.isTrainable = trainable
    }

    package var root: WeightScope { WeightScope(store: self, path: "") }

    /// The parameter of the given name, or under one of its other names in a checkpoint.
    func parameter(
        _ name: String, aliases: [String], shape: [Int], deviation: Float, constant: Float?
    ) throws -> Variable {
        let tensor: Tensor
        switch origin {
        case .checkpoint(let source):
            guard let stored = ([name] + aliases).first(where: source.contains) else {
                throw ModelError.missingWeight(name: name, file: source.url.path)
            }
            let found = try source.shape(of: stored)
            guard found == shape else {
                throw ModelError.wrongShape(name: stored, file: source.url.path, expected: shape, found: found)
            }
            let value = try source.tensor(stored)
            tensor = isTrainable ? value.copy() : value
        case .random(let seed):
            if let constant {
                tensor = Tensor([Float](repeating: constant, count: shape.reduce(1, *)), shape: shape)
            } else {
                var random = RandomStream(
                    seed: seed, purpose: .weightInitialisation, index: UInt64(parameters.count))
                tensor = random.normal(shape, deviation: deviation)
            }
        }
        let variable = Variable(tensor, requiresGradient: isTrainable)
        parameters.append((name, variable))
        return variable
    }
}

/// A place in the tree of parameter names, so that the path in the code is the path in the file.
package struct WeightScope {
    let store: WeightStore
    let path: String

    package func callAsFunction(_ component: String) -> WeightScope {
        WeightScope(store: store, path: path.isEmpty ? component : "\(path).\(component)")
    }

    package func callAsFunction(_ component: String, _ index: Int) -> WeightScope { self(component)("\(index)") }

    /// The parameter `path.weight`; random weights are normal with the given deviation, or constant.
    package func weight(
        _ shape: [Int], deviation: Float = 1, constant: Float? = nil, aliases: [String] = []
    ) throws -> Variable {
        try store.parameter(
            self("weight").path, aliases: aliases, shape: shape, deviation: deviation, constant: constant)
    }

    /// The parameter `path.bias` of `count` numbers; it starts at zero.
    package func bias(_ count: Int, aliases: [String] = []) throws -> Variable {
        try store.parameter(self("bias").path, aliases: aliases, shape: [count], deviation: 0, constant: 0)
    }
}
