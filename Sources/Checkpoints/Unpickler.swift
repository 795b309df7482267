/// Reads a pickle that can build dictionaries, plain values and tensors, and nothing else.
///
/// A pickle is a program for a stack machine; in Python it may call anything. Here the only calls are those in
/// `PickleGlobal`, and every other import is refused by its name before anything is built from it. Opcodes are those
/// of protocols 1 to 5 that `torch.save` writes. Source: Lib/pickletools.py of CPython.
final class Unpickler {
    /// Bounds that a checkpoint of millions of tensors stays below.
    enum Limit {
        static let stack = 1 << 20
        static let memo = 1 << 22
        static let marks = 1 << 12
        /// Items put into containers, because a short pickle can copy one long list again and again.
        static let items = 1 << 24
    }

    let path: String
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// Where the current opcode stands, for messages.
    private var start = 0
    var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private let arena = PickleArena()

    /// Runs the pickle and gives its result to `body`; what was built does not outlive the call.
    static func run<Result>(
        _ bytes: UnsafeRawBufferPointer, path: String, _ body: (PickleValue) throws -> Result
    ) throws -> Result {
        let unpickler = Unpickler(bytes: bytes, path: path)
        defer { unpickler.arena.dissolve() }
        return try body(try unpickler.run())
    }

    private init(bytes: UnsafeRawBufferPointer, path: String) {
        self.bytes = bytes
        self.path = path
    }

    func failure(_ reason: String) -> CheckpointError {
        .badPickle(path: path, reason: reason, offset: start)
    }

    private func run() throws(CheckpointError) -> PickleValue {
        while true {
            start = position
            let code = try byte()
            guard let opcode = Opcode(rawValue: code) else {
                throw failure("opcode 0x\(String(code, radix: 16)), which torch.save does not write,")
            }
            if opcode == .stop {
                let result = try pop()
                guard stack.isEmpty, marks.isEmpty else { throw failure("values are left on the stack") }
                return result
            }
            try execute(opcode)
            guard stack.count <= Limit.stack, marks.count <= Limit.marks, memo.count <= Limit.memo,
                arena.items <= Limit.items
            else {
                throw failure("more values than a checkpoint needs")
            }
        }
    }

    // MARK: Bytes

    private func byte() throws(CheckpointError) -> UInt8 {
        guard position < bytes.count else { throw failure("ends early") }
        position += 1
        return bytes[position - 1]
    }

    /// A little-endian unsigned number of `size` bytes.
    func number(_ size: Int) throws(CheckpointError) -> Int {
        var value: UInt64 = 0
        for (index, byte) in try take(size).enumerated() { value |= UInt64(byte) << (8 * UInt64(index)) }
        guard let number = Int(exactly: value) else { throw failure("a length beyond the file") }
        return number
    }

    func take(_ count: Int) throws(CheckpointError) -> Slice<UnsafeRawBufferPointer> {
        guard count >= 0, count <= bytes.count - position else { throw failure("ends early") }
        position += count
        return bytes[(position - count)..<position]
    }

    func text(_ count: Int) throws(CheckpointError) -> String {
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw failure("a string that is not UTF-8")
        }
        return text
    }

    /// Text up to the end of the line, for the opcodes that protocol 0 left behind.
    func line() throws(CheckpointError) -> String {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")), end - position < 4096 else {
            throw failure("a line without its end")
        }
        let text = try text(end - position)
        position += 1
        return text
    }

    /// A little-endian two's complement number of `size` bytes.
    func signed(_ size: Int) throws(CheckpointError) -> Int {
        let digits = try take(size)
        guard size <= 8 else { throw failure("an integer of more than 64 bits") }
        var value: UInt64 = (digits.last ?? 0) & 0x80 != 0 ? ~0 : 0
        for byte in digits.reversed() { value = value << 8 | UInt64(byte) }
        return Int(Int64(bitPattern: value))
    }

    // MARK: Stack and memo

    func push(_ value: PickleValue) { stack.append(value) }

    func pop() throws(CheckpointError) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
            throw failure("takes a value from an empty stack")
        }
        return value
    }

    func top() throws(CheckpointError) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.last else {
            throw failure("takes a value from an empty stack")
        }
        return value
    }

    func mark() { marks.append(stack.count) }

    /// The values above the last mark, which goes with them.
    func popToMark() throws(CheckpointError) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw failure("looks for a mark that is not there") }
        let values = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return values
    }

    func remember(_ index: Int) throws(CheckpointError) { memo[index] = try top() }

    func rememberNext() throws(CheckpointError) { try remember(memo.count) }

    func recall(_ index: Int) throws(CheckpointError) {
        guard let value = memo[index] else { throw failure("recalls value \(index), which it did not keep") }
        push(value)
    }

    func sequence(_ items: [PickleValue]) -> PickleSequence { arena.sequence(items) }

    func dictionary(_ items: [PickleValue] = []) throws(CheckpointError) -> PickleDictionary {
        let dictionary = arena.dictionary()
        try fill(dictionary, with: items)
        return dictionary
    }

    /// Adds keys and values that stand in turn in `items`.
    func fill(_ dictionary: PickleDictionary, with items: [PickleValue]) throws(CheckpointError) {
        guard items.count % 2 == 0 else { throw failure("a key without its value") }
        for index in stride(from: 0, to: items.count, by: 2) {
            dictionary.entries.append((key: items[index], value: items[index + 1]))
        }
        arena.items += items.count
    }
}

/// Keeps every container a pickle makes, to empty them one by one at the end.
///
/// A pickle can nest lists a million deep or into themselves. Left to reference counting, the first would overflow
/// the call stack when it is freed and the second would never be.
private final class PickleArena {
    private var sequences: [PickleSequence] = []
    private var dictionaries: [PickleDictionary] = []
    var items = 0

    func sequence(_ items: [PickleValue]) -> PickleSequence {
        self.items += items.count
        let sequence = PickleSequence(items)
        sequences.append(sequence)
        return sequence
    }

    func dictionary() -> PickleDictionary {
        let dictionary = PickleDictionary()
        dictionaries.append(dictionary)
        return dictionary
    }

    func dissolve() {
        for sequence in sequences { sequence.items = [] }
        for dictionary in dictionaries { dictionary.entries = [] }
    }
}
