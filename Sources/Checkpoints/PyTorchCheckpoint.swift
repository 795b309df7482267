import Files
import Foundation
import Tensors

/// A `pytorch_model.bin` as `torch.save(model.state_dict(), file)` writes it since PyTorch 1.6: a zip of a pickle and
/// one member for each storage.
///
/// The pickle is read by `Unpickler`, which runs nothing. A storage is read when a tensor of it is asked for; tensors
/// that share one (tied weights) share its memory here too, as long as any of them is alive.
package final class PyTorchCheckpoint: TensorSource, @unchecked Sendable {
    package let url: URL
    package let names: [String]
    private let views: [String: TensorView]
    /// The archive's top folder with its slash, such as `archive/`.
    private let prefix: String
    private let lock = NSLock()
    private var loaded: [StorageReference: WeakStorage] = [:]

    private struct WeakStorage {
        weak var storage: Storage?
    }

    static let pickleLimit = 64 << 20
    /// Elements of a tensor that repeats its storage (stride 0), at most, unless the storage has more.
    static let expandedLimit = 1 << 28

    /// Reads the pickle and checks every tensor in it against its storage; reads no tensor.
    /// - Throws: `FilesError`; `CheckpointError` for a file of another format, an import other than a tensor's parts,
    ///   views that leave their storage, storages that are missing or of a wrong size.
    package init(_ url: URL) throws {
        let packed = try MappedFile(url).withBytes { bytes in
            try Self.checkFormat(bytes, path: url.path)
            return bytes.count
        }
        let members = try Archive.members(of: url)
        let sizes = Dictionary(members.map { ($0.name, $0.size) }, uniquingKeysWith: { first, _ in first })
        let pickles = members.map(\.name).filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
        guard pickles.count == 1, let pickle = pickles.first else {
            let found = pickles.isEmpty ? "the zip has no data.pkl" : "the zip has several data.pkl"
            throw CheckpointError.notPyTorchZip(path: url.path, found: found)
        }
        prefix = String(pickle.dropLast("data.pkl".count))
        if sizes[prefix + "byteorder"] != nil {
            let order = try Archive.read(prefix + "byteorder", from: url, limit: 64)
            guard String(decoding: order, as: UTF8.self) == "little" else {
                throw CheckpointError.bigEndian(path: url.path)
            }
        }
        let bytes = try Archive.read(pickle, from: url, limit: Self.pickleLimit)
        let views = try bytes.withUnsafeBytes { raw in
            try Unpickler.run(raw, path: url.path) { try StateDictionary.views(in: $0, path: url.path) }
        }
        for (name, view) in views.sorted(by: { $0.key < $1.key }) {
            try Self.check(view, of: name, path: url.path)
            let size = sizes[prefix + "data/" + view.storage.key]
            try Self.check(view.storage, size: size, packed: packed, path: url.path)
        }
        self.url = url
        self.views = views
        self.names = views.keys.sorted()
    }

    package func contains(_ name: String) -> Bool { views[name] != nil }

    package func info(_ name: String) throws -> TensorInfo {
        let view = try view(name)
        return TensorInfo(dtype: view.storage.dtype, shape: view.shape)
    }

    package func tensor(_ name: String) throws -> Tensor {
        let view = try view(name)
        guard view.storage.dtype.isFloat else {
            throw CheckpointError.notFloat(path: url.path, tensor: name, found: view.storage.dtype)
        }
        guard view.count > 0 else { return Tensor(uninitialized: view.shape) }
        let storage = try storage(view.storage)
        // A view of most of its storage keeps all of it alive; a smaller one gets memory of its own.
        if view.isContiguous, view.count >= storage.count / 2 {
            return Tensor(storage: storage, offset: view.offset, shape: view.shape)
        }
        let tensor = Tensor(uninitialized: view.shape)
        let target = tensor.pointer
        view.forEachElement { index, position in target[index] = storage.pointer[position] }
        return tensor
    }

    package func integers(_ name: String) throws -> [Int] {
        let view = try view(name)
        let dtype = view.storage.dtype
        guard !dtype.isFloat else {
            throw CheckpointError.notInteger(path: url.path, tensor: name, found: dtype)
        }
        guard view.count > 0 else { return [] }
        return try withBytes(of: view.storage) { bytes in
            var integers = [Int](repeating: 0, count: view.count)
            view.forEachElement { index, position in
                integers[index] = dtype.integer(at: bytes + position * dtype.size)
            }
            return integers
        }
    }

    private func view(_ name: String) throws(CheckpointError) -> TensorView {
        guard let view = views[name] else {
            throw .missingTensor(path: url.path, name: name, similar: SimilarNames.of(name, in: names))
        }
        return view
    }

    /// A floating-point storage, widened. Single precision is read straight into its place.
    private func storage(_ reference: StorageReference) throws -> Storage {
        lock.lock()
        defer { lock.unlock() }
        if let storage = loaded[reference]?.storage { return storage }
        let storage = Storage(count: reference.count)
        if reference.dtype == .F32 {
            let target = UnsafeMutableRawBufferPointer(start: storage.pointer, count: reference.count * 4)
            try Archive.read(member(reference), from: url, into: target)
        } else {
            try withBytes(of: reference) { reference.dtype.widen($0, count: reference.count, to: storage.pointer) }
        }
        loaded[reference] = WeakStorage(storage: storage)
        return storage
    }

    private func withBytes<Result>(
        of reference: StorageReference, _ body: (UnsafeRawPointer) throws -> Result
    ) throws -> Result {
        let size = reference.count * reference.dtype.size
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, size), alignment: 64)
        defer { memory.deallocate() }
        try Archive.read(
            member(reference), from: url, into: UnsafeMutableRawBufferPointer(start: memory, count: size))
        return try body(UnsafeRawPointer(memory))
    }

    private func member(_ reference: StorageReference) -> String { prefix + "data/" + reference.key }
}
