extension Unpickler {
    /// Imports, calls and references to storages.
    func executeObject(_ opcode: Opcode) throws(CheckpointError) {
        switch opcode {
        case .global, .inst:
            let module = try line()
            let name = try line()
            let found = try global(module: module, name: name)
            guard opcode == .global else { throw failure("an old-style object of \(found.rawValue)") }
            push(.global(found))
        case .stackGlobal:
            guard let name = try pop().string, let module = try pop().string else {
                throw failure("imports something that has no name")
            }
            push(.global(try global(module: module, name: name)))
        case .reduce, .newObj:
            guard case .tuple(let arguments) = try pop() else { throw failure("a call without its arguments") }
            let callee = try pop()
            guard case .global(let global) = callee else { throw failure("a call of \(callee.kind)") }
            push(try call(global, arguments.items))
        case .build:
            // The attributes of an OrderedDict, such as `_metadata` of a state dictionary, say nothing of tensors.
            _ = try pop()
            guard case .dictionary = try top() else { throw failure("sets attributes of \(try top().kind)") }
        default:
            push(.storage(try storage(try pop())))
        }
    }

    private func global(module: String, name: String) throws(CheckpointError) -> PickleGlobal {
        guard let global = PickleGlobal(module: module, name: name) else {
            throw .forbiddenImport(path: path, name: "\(module).\(name)")
        }
        return global
    }

    private func call(_ global: PickleGlobal, _ arguments: [PickleValue]) throws(CheckpointError) -> PickleValue {
        switch global {
        case .orderedDictionary:
            return .dictionary(try orderedDictionary(arguments))
        case .size:
            guard arguments.count == 1, let lengths = arguments[0].integers else {
                throw failure("torch.Size of something else than integers")
            }
            return .tuple(sequence(lengths.map { .int($0) }))
        case .rebuildTensor:
            return .tensor(try rebuildTensor(arguments))
        case .rebuildParameter:
            guard arguments.count >= 1, arguments.count <= 3, case .tensor = arguments[0] else {
                throw failure("a parameter of something else than a tensor")
            }
            return arguments[0]
        default:
            throw failure("a call of \(global.rawValue)")
        }
    }

    /// `OrderedDict()` or, from old Pythons, `OrderedDict([[key, value], ...])`.
    private func orderedDictionary(_ arguments: [PickleValue]) throws(CheckpointError) -> PickleDictionary {
        guard let first = arguments.first else { return try dictionary() }
        guard arguments.count == 1, case .list(let pairs) = first else {
            throw failure("an OrderedDict of \(first.kind)")
        }
        var items: [PickleValue] = []
        for pair in pairs.items {
            switch pair {
            case .list(let sequence), .tuple(let sequence):
                guard sequence.items.count == 2 else { throw failure("a key without its value") }
                items.append(contentsOf: sequence.items)
            default: throw failure("an OrderedDict of \(pair.kind)")
            }
        }
        return try dictionary(items)
    }

    /// `_rebuild_tensor_v2(storage, offset, size, strides, requires_grad, backward_hooks, metadata=None)`.
    private func rebuildTensor(_ arguments: [PickleValue]) throws(CheckpointError) -> TensorView {
        guard arguments.count >= 4, arguments.count <= 7, case .storage(let storage) = arguments[0],
            let offset = arguments[1].integer, let shape = arguments[2].integers, let strides = arguments[3].integers
        else { throw failure("a tensor that is not made of a storage, an offset, a size and strides") }
        return TensorView(storage: storage, offset: offset, shape: shape, strides: strides)
    }

    /// `('storage', storage type, key, location, number of elements)`.
    private func storage(_ identifier: PickleValue) throws(CheckpointError) -> StorageReference {
        guard case .tuple(let sequence) = identifier, sequence.items.count == 5,
            sequence.items[0].string == "storage", case .global(let type) = sequence.items[1],
            let key = sequence.items[2].string, let count = sequence.items[4].integer, count >= 0
        else { throw failure("a reference to something else than a storage") }
        guard let dtype = type.elementType else {
            throw failure("a storage of \(type.rawValue), which names no element type,")
        }
        return StorageReference(key: key, dtype: dtype, count: count)
    }
}
