import Foundation

/// A safetensors header, checked against the file it stands in.
///
/// Layout: 8 bytes of little-endian header length, the header (a JSON object of tensors by name, and strings under
/// `__metadata__`), then the tensors' bytes without a hole. Source: github.com/huggingface/safetensors, "Format".
struct SafetensorsHeader {
    struct Entry {
        let info: TensorInfo
        /// Bytes from the start of the data.
        let range: Range<Int>
    }

    static let sizeLimit = 100_000_000

    let metadata: [String: String]
    let entries: [String: Entry]
    /// Where the data starts in the file.
    let dataStart: Int

    init(_ bytes: UnsafeRawBufferPointer, path: String) throws(CheckpointError) {
        guard bytes.count >= 10 else { throw .tooShort(path: path, bytes: bytes.count) }
        let stated = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard stated <= UInt64(Self.sizeLimit) else {
            throw .headerTooLarge(path: path, stated: stated, limit: Self.sizeLimit)
        }
        let available = bytes.count - 8
        guard stated <= UInt64(available) else {
            throw .headerBeyondFile(path: path, stated: stated, available: available)
        }
        dataStart = 8 + Int(stated)
        let members = try Self.members(UnsafeRawBufferPointer(rebasing: bytes[8..<dataStart]), path: path)
        var metadata: [String: String] = [:]
        var entries: [String: Entry] = [:]
        for member in members {
            if member.name == "__metadata__" {
                metadata = try Self.metadata(member.value, path: path)
            } else {
                entries[member.name] = try Self.entry(member, path: path)
            }
        }
        try Self.checkLayout(entries, available: bytes.count - dataStart, path: path)
        self.metadata = metadata
        self.entries = entries
    }

    private static func members(
        _ bytes: UnsafeRawBufferPointer, path: String
    ) throws(CheckpointError) -> [JSONValue.Member] {
        // The format wants a brace first, so that nothing else can be mistaken for a header.
        guard bytes.first == UInt8(ascii: "{") else {
            throw .headerNotJSON(path: path, reason: "expected {", offset: 0)
        }
        do throws(JSONSyntaxError) {
            guard case .object(let members) = try JSONParser.parse(bytes) else { return [] }
            return members
        } catch {
            switch error {
            case .syntax(let reason, let offset):
                throw .headerNotJSON(path: path, reason: reason, offset: offset)
            case .duplicateName(let name):
                throw .duplicateName(path: path, name: name)
            }
        }
    }

    private static func metadata(_ value: JSONValue, path: String) throws(CheckpointError) -> [String: String] {
        guard case .object(let members) = value else {
            throw .headerField(path: path, field: "__metadata__", expected: "an object", found: value.kind)
        }
        var metadata: [String: String] = [:]
        for member in members {
            guard let text = member.value.string else {
                throw .headerField(
                    path: path, field: "__metadata__.\(member.name)", expected: "a string", found: member.value.kind)
            }
            metadata[member.name] = text
        }
        return metadata
    }

    private static func entry(_ member: JSONValue.Member, path: String) throws(CheckpointError) -> Entry {
        let name = member.name
        guard case .object(let fields) = member.value else {
            throw .headerField(path: path, field: name, expected: "an object", found: member.value.kind)
        }
        func field(_ key: String) -> JSONValue? { fields.first { $0.name == key }?.value }
        guard let type = field("dtype")?.string else {
            throw .headerField(
                path: path, field: "\(name).dtype", expected: "a string", found: field("dtype")?.kind ?? "nothing")
        }
        let shape = try integers(field("shape"), field: "\(name).shape", path: path)
        let offsets = try integers(field("data_offsets"), field: "\(name).data_offsets", path: path)
        guard let dtype = DType(rawValue: type) else {
            throw .unknownDType(path: path, tensor: name, found: type)
        }
        guard !shape.contains(where: { $0 < 0 }) else {
            throw .negativeLength(path: path, tensor: name, shape: shape)
        }
        guard offsets.count == 2, offsets[0] >= 0 else {
            throw .headerField(
                path: path, field: "\(name).data_offsets", expected: "a begin and an end", found: "\(offsets)")
        }
        guard offsets[0] <= offsets[1] else {
            throw .reversedOffsets(path: path, tensor: name, begin: offsets[0], end: offsets[1])
        }
        guard let expected = ShapeSize.bytes(shape, dtype) else {
            throw .shapeOverflow(path: path, tensor: name, shape: shape)
        }
        guard expected == offsets[1] - offsets[0] else {
            throw .sizeMismatch(
                path: path, tensor: name, dtype: type, shape: shape, expected: expected,
                found: offsets[1] - offsets[0])
        }
        return Entry(info: TensorInfo(dtype: dtype, shape: shape), range: offsets[0]..<offsets[1])
    }

    private static func integers(
        _ value: JSONValue?, field: String, path: String
    ) throws(CheckpointError) -> [Int] {
        guard case .array(let values)? = value else {
            throw .headerField(
                path: path, field: field, expected: "an array of integers", found: value?.kind ?? "nothing")
        }
        var integers: [Int] = []
        for value in values {
            guard let integer = value.integer else {
                var found = value.kind
                if case .number(let digits) = value { found = digits }
                throw .headerField(path: path, field: field, expected: "an array of integers", found: found)
            }
            integers.append(integer)
        }
        return integers
    }

    /// The tensors must fill the data from its start to its end, each byte belonging to one of them.
    private static func checkLayout(
        _ entries: [String: Entry], available: Int, path: String
    ) throws(CheckpointError) {
        let ordered = entries.sorted {
            ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
                < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
        }
        var end = 0
        var previous = ""
        for (name, entry) in ordered {
            let range = entry.range
            guard range.upperBound <= available else {
                throw .beyondFile(path: path, tensor: name, end: range.upperBound, available: available)
            }
            guard range.lowerBound >= end else { throw .overlap(path: path, tensor: name, other: previous) }
            guard range.lowerBound == end else {
                throw .hole(path: path, tensor: name, bytes: range.lowerBound - end)
            }
            end = range.upperBound
            previous = name
        }
        guard end == available else { throw .trailingBytes(path: path, bytes: available - end) }
    }
}
