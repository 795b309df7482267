/// How a checkpoint, a token file or a config can be wrong; one case for each way, one line of text for each case.
package enum CheckpointError: Error, Equatable, CustomStringConvertible, Sendable {
    // A safetensors file's outside.
    case tooShort(path: String, bytes: Int)
    case headerBeyondFile(path: String, stated: UInt64, available: Int)
    case headerTooLarge(path: String, stated: UInt64, limit: Int)
    case headerNotJSON(path: String, reason: String, offset: Int)
    case headerField(path: String, field: String, expected: String, found: String)
    case duplicateName(path: String, name: String)

    // What its header says of a tensor.
    case unknownDType(path: String, tensor: String, found: String)
    case negativeLength(path: String, tensor: String, shape: [Int])
    case shapeOverflow(path: String, tensor: String, shape: [Int])
    case reversedOffsets(path: String, tensor: String, begin: Int, end: Int)
    case sizeMismatch(path: String, tensor: String, dtype: String, shape: [Int], expected: Int, found: Int)
    case beyondFile(path: String, tensor: String, end: Int, available: Int)
    case overlap(path: String, tensor: String, other: String)
    case hole(path: String, tensor: String, bytes: Int)
    case trailingBytes(path: String, bytes: Int)

    // What a reader asks for.
    case missingTensor(path: String, name: String, similar: [String])
    case notFloat(path: String, tensor: String, found: DType)
    case notInteger(path: String, tensor: String, found: DType)
    case integerOutOfRange(path: String, tensor: String, value: Int, dtype: DType)

    // Shards.
    case badIndex(path: String, field: String, expected: String, found: String)
    case missingShard(path: String, shard: String)
    case missingInShard(path: String, name: String, shard: String)

    // PyTorch files.
    case notPyTorchZip(path: String, found: String)
    case legacyPyTorch(path: String)
    case bigEndian(path: String)
    case forbiddenImport(path: String, name: String)
    case badPickle(path: String, reason: String, offset: Int)
    case noStateDict(path: String, reason: String)
    case badView(path: String, tensor: String, reason: String)
    case badStorage(path: String, storage: String, reason: String)
    case otherTokenizer(path: String, vocabulary: String)

    // Folders.
    case noWeights(folder: String, looked: [String])
    case badConfig(path: String, key: String, reason: String)

    // Token files.
    case badTokens(path: String, field: String, reason: String)
    case emptySet(path: String)
}

extension CheckpointError {
    package var description: String {
        switch self {
        case .tooShort(let path, let bytes):
            "\(path): \(bytes) bytes, too short for a safetensors file; download or write it again"
        case .headerBeyondFile(let path, let stated, let available):
            "\(path): states a header of \(stated) bytes but only \(available) follow; cut off, or no safetensors"
        case .headerTooLarge(let path, let stated, let limit):
            "\(path): states a header of \(stated) bytes, more than the \(limit) allowed; no safetensors file"
        case .headerNotJSON(let path, let reason, let offset):
            "\(path): the header is not JSON: \(reason) at byte \(offset); no safetensors file, or damaged"
        case .headerField(let path, let field, let expected, let found):
            "\(path): header: \(field): expected \(expected), found \(found)"
        case .duplicateName(let path, let name):
            "\(path): header: the name \(name) appears twice; write the file again"
        case .unknownDType(let path, let tensor, let found):
            "\(path): tensor \(tensor): unknown element type \(found); convert it to one of \(DType.list)"
        case .negativeLength(let path, let tensor, let shape):
            "\(path): tensor \(tensor): shape \(shape) has a negative length"
        case .shapeOverflow(let path, let tensor, let shape):
            "\(path): tensor \(tensor): shape \(shape) is larger than any memory"
        case .reversedOffsets(let path, let tensor, let begin, let end):
            "\(path): tensor \(tensor): its bytes end at \(end), before their begin at \(begin)"
        case .sizeMismatch(let path, let tensor, let dtype, let shape, let expected, let found):
            "\(path): tensor \(tensor): \(dtype) of shape \(shape) takes \(expected) bytes, found \(found)"
        case .beyondFile(let path, let tensor, let end, let available):
            "\(path): tensor \(tensor): ends at data byte \(end), but the file has \(available); cut off, get it again"
        case .overlap(let path, let tensor, let other):
            "\(path): tensor \(tensor): shares bytes with \(other); write the file again"
        case .hole(let path, let tensor, let bytes):
            "\(path): \(bytes) bytes before tensor \(tensor) belong to no tensor; write the file again"
        case .trailingBytes(let path, let bytes):
            "\(path): \(bytes) bytes after the last tensor belong to no tensor; write the file again"
        case .missingTensor(let path, let name, let similar):
            "\(path): has no tensor \(name)"
                + (similar.isEmpty ? "" : "; it has, among others, " + similar.joined(separator: ", "))
        case .notFloat(let path, let tensor, let found):
            "\(path): tensor \(tensor): expected floating-point numbers, found \(found.rawValue)"
        case .notInteger(let path, let tensor, let found):
            "\(path): tensor \(tensor): expected integers, found \(found.rawValue)"
        case .integerOutOfRange(let path, let tensor, let value, let dtype):
            "\(path): tensor \(tensor): \(value) does not fit into \(dtype.rawValue)"
        case .badIndex(let path, let field, let expected, let found):
            "\(path): \(field): expected \(expected), found \(found)"
        case .missingShard(let path, let shard):
            "\(path): names the file \(shard), which is not beside it; download the rest of the checkpoint"
        case .missingInShard(let path, let name, let shard):
            "\(path): says that tensor \(name) is in \(shard), but it is not; download both again"
        case .notPyTorchZip(let path, let found):
            "\(path): no PyTorch checkpoint: \(found); expected a file written by torch.save"
        case .legacyPyTorch(let path):
            "\(path): in PyTorch's format before 1.6; write it again with a current PyTorch: "
                + "torch.save(torch.load(file), file)"
        case .bigEndian(let path):
            "\(path): written on a big-endian machine; convert it to safetensors there"
        case .forbiddenImport(let path, let name):
            "\(path): its pickle imports \(name), which is no part of a tensor; refused, "
                + "save only model.state_dict(), or safetensors"
        case .badPickle(let path, let reason, let offset):
            "\(path): its pickle cannot be read: \(reason) at byte \(offset)"
        case .noStateDict(let path, let reason):
            "\(path): \(reason); expected a dictionary of tensors, as torch.save(model.state_dict(), file) writes"
        case .badView(let path, let tensor, let reason):
            "\(path): tensor \(tensor): \(reason)"
        case .otherTokenizer(let path, let vocabulary):
            "\(path): its token ids are not those of \(vocabulary) (the digests differ); prepare the data with "
                + "--tokenizer and this model's folder"
        case .badStorage(let path, let storage, let reason):
            "\(path): storage \(storage): \(reason)"
        case .noWeights(let folder, let looked):
            "\(folder): no weights; looked for \(looked.joined(separator: ", ")); give a Hugging Face model folder"
        case .badConfig(let path, let key, let reason):
            "\(path): key \(key): \(reason)"
        case .badTokens(let path, let field, let reason):
            "\(path): \(field): \(reason); write the file again with prepare-data"
        case .emptySet(let path):
            "\(path): the set is empty; expected at least one question"
        }
    }
}
