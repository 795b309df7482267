/// What a restricted pickle can build: plain values, and tensors that have not been read yet.
enum PickleValue {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    case bytes([UInt8])
    case tuple(PickleSequence)
    case list(PickleSequence)
    case set(PickleSequence)
    case dictionary(PickleDictionary)
    case global(PickleGlobal)
    case storage(StorageReference)
    case tensor(TensorView)

    /// What it is, for messages.
    var kind: String {
        switch self {
        case .none: "None"
        case .bool: "a boolean"
        case .int: "an integer"
        case .float: "a float"
        case .string: "a string"
        case .bytes: "bytes"
        case .tuple: "a tuple"
        case .list: "a list"
        case .set: "a set"
        case .dictionary: "a dictionary"
        case .global(let global): global.rawValue
        case .storage: "a storage"
        case .tensor: "a tensor"
        }
    }

    var integer: Int? {
        if case .int(let value) = self { return value }
        return nil
    }

    var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// The integers of a tuple or list of nothing else.
    var integers: [Int]? {
        switch self {
        case .tuple(let sequence), .list(let sequence):
            let integers = sequence.items.compactMap(\.integer)
            return integers.count == sequence.items.count ? integers : nil
        default: return nil
        }
    }
}

/// The items of a tuple, list or set. A class, because a pickle can put one list into many places, itself included.
final class PickleSequence {
    var items: [PickleValue]
    init(_ items: [PickleValue] = []) { self.items = items }
}

/// The entries of a dictionary in the order they came; of equal names the last counts, as in Python.
final class PickleDictionary {
    var entries: [(key: PickleValue, value: PickleValue)] = []
}

/// A storage as a pickle refers to it: `('storage', type, key, location, number of elements)`.
struct StorageReference: Hashable {
    let key: String
    let dtype: DType
    let count: Int
}

/// A tensor as a pickle describes it: a view of a storage, in elements.
struct TensorView: Hashable {
    let storage: StorageReference
    let offset: Int
    let shape: [Int]
    let strides: [Int]
}

/// Every name that a pickle may import. All others are refused: importing is how a pickle runs code.
enum PickleGlobal: String {
    case orderedDictionary = "collections.OrderedDict"
    case rebuildTensor = "torch._utils._rebuild_tensor_v2"
    case rebuildParameter = "torch._utils._rebuild_parameter"
    case size = "torch.Size"
    case floatStorage = "torch.FloatStorage"
    case doubleStorage = "torch.DoubleStorage"
    case halfStorage = "torch.HalfStorage"
    case bfloat16Storage = "torch.BFloat16Storage"
    case longStorage = "torch.LongStorage"
    case intStorage = "torch.IntStorage"
    case shortStorage = "torch.ShortStorage"
    case charStorage = "torch.CharStorage"
    case byteStorage = "torch.ByteStorage"
    case boolStorage = "torch.BoolStorage"
    case untypedStorage = "torch.storage.UntypedStorage"
    case typedStorage = "torch.storage.TypedStorage"

    init?(module: String, name: String) {
        // PyTorch exports the two under both names.
        if module == "torch", name == "UntypedStorage" || name == "TypedStorage" {
            self.init(rawValue: "torch.storage.\(name)")
        } else {
            self.init(rawValue: "\(module).\(name)")
        }
    }

    /// The element type of a storage class; an untyped storage is counted in bytes.
    var elementType: DType? {
        switch self {
        case .floatStorage: .F32
        case .doubleStorage: .F64
        case .halfStorage: .F16
        case .bfloat16Storage: .BF16
        case .longStorage: .I64
        case .intStorage: .I32
        case .shortStorage: .I16
        case .charStorage: .I8
        case .byteStorage, .untypedStorage: .U8
        case .boolStorage: .BOOL
        case .orderedDictionary, .rebuildTensor, .rebuildParameter, .size, .typedStorage: nil
        }
    }
}
