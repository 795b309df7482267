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
    /// What else a parameter may be called in a checkpoint.
    private let otherNames: (String) -> [String]
    /// Governs parameters that may be missing in a checkpoint, where they are.
    private let missingSeed: UInt64
    /// Names that are passed over in a checkpoint as if it lacked them.
    private let without: [String]
    package private(set) var parameters: [(name: String, variable: Variable)] = []
    /// Names of parameters that a checkpoint lacks and that were initialised instead.
    package private(set) var initialised: [String] = []

    package init(
        _ origin: Origin, trainable: Bool, missingSeed: UInt64 = 0, without: [String] = [],
        otherNames: @escaping (String) -> [String] = { _ in [] }
    ) {
        self.origin = origin
        self.isTrainable = trainable
        self.missingSeed = missingSeed
        self.without = without
        self.otherNames = otherNames
    }

    /// Whether there is no checkpoint.
    var isRandom: Bool { if case .random = origin { true } else { false } }

    /// Whether a checkpoint has the tensor, and other numbers in it than those of `tensor`.
    func hasOther(_ name: String, than tensor: Tensor) throws -> Bool {
        guard case .checkpoint(let source) = origin, source.contains(name) else { return false }
        let found = try source.tensor(name)
        guard found.shape == tensor.shape else { return true }
        return found.pointer != tensor.pointer && memcmp(found.pointer, tensor.pointer, 4 * found.count) != 0
    }

    package var root: WeightScope { WeightScope(store: self, path: "") }

    /// The parameter of the given name, or under one of its other names in a checkpoint.
    func parameter(
        _ name: String, aliases: [String], shape: [Int], deviation: Float, constant: Float?, mayBeMissing: Bool
    ) throws -> Variable {
        let tensor: Tensor
        switch origin {
        case .checkpoint(let source):
            if let stored = ([name] + aliases + otherNames(name)).first(where: source.contains), !without.contains(name)
            {
                let found = try source.shape(of: stored)
                guard found == shape else {
                    throw ModelError.wrongShape(name: stored, file: source.url.path, expected: shape, found: found)
                }
                let value = try source.tensor(stored)
                tensor = isTrainable ? value.copy() : value
            } else {
                guard mayBeMissing else { throw ModelError.missingWeight(name: name, file: source.url.path) }
                tensor = random(shape, seed: missingSeed, deviation: deviation, constant: constant)
                initialised.append(name)
            }
        case .random(let seed): tensor = random(shape, seed: seed, deviation: deviation, constant: constant)
        }
        let variable = Variable(tensor, requiresGradient: isTrainable)
        parameters.append((name, variable))
        return variable
    }

    private func random(_ shape: [Int], seed: UInt64, deviation: Float, constant: Float?) -> Tensor {
        if let constant { return Tensor([Float](repeating: constant, count: shape.reduce(1, *)), shape: shape) }
        var random = RandomStream(seed: seed, purpose: .weightInitialisation, index: UInt64(parameters.count))
        return random.normal(shape, deviation: deviation)
    }
}

/// A place in the tree of parameter names, so that the path in the code is the path in the file.
package struct WeightScope {
    let store: WeightStore
    let path: String

    /// Whether parameters are random, for want of a checkpoint.
    var isRandom: Bool { store.isRandom }

    package func callAsFunction(_ component: String) -> WeightScope {
        WeightScope(store: store, path: path.isEmpty ? component : "\(path).\(component)")
    }

    package func callAsFunction(_ component: String, _ index: Int) -> WeightScope { self(component)("\(index)") }

    /// The parameter `path.weight`; random weights are normal with the given deviation, or constant. One that may be
    /// missing in a checkpoint is random then.
    package func weight(
        _ shape: [Int], deviation: Float = 1, constant: Float? = nil, aliases: [String] = [],
        mayBeMissing: Bool = false
    ) throws -> Variable {
        try store.parameter(
            self("weight").path, aliases: aliases, shape: shape, deviation: deviation, constant: constant,
            mayBeMissing: mayBeMissing)
    }

    /// The parameter `path.bias` of `count` numbers; it starts at zero.
    package func bias(_ count: Int, mayBeMissing: Bool = false) throws -> Variable {
        try store.parameter(
            self("bias").path, aliases: [], shape: [count], deviation: 0, constant: 0, mayBeMissing: mayBeMissing)
    }
}
