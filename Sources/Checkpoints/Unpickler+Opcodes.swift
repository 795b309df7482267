extension Unpickler {
    /// The opcodes understood, by CPython's names.
    enum Opcode: UInt8 {
        case proto = 0x80, frame = 0x95, stop = 0x2E
        case mark = 0x28, pop = 0x30, popMark = 0x31, dup = 0x32
        case none = 0x4E, newTrue = 0x88, newFalse = 0x89
        case int = 0x49, long = 0x4C, binInt = 0x4A, binInt1 = 0x4B, binInt2 = 0x4D, long1 = 0x8A, long4 = 0x8B
        case float = 0x46, binFloat = 0x47
        case binString = 0x54, shortBinString = 0x55
        case binUnicode = 0x58, shortBinUnicode = 0x8C, binUnicode8 = 0x8D
        case binBytes = 0x42, shortBinBytes = 0x43, binBytes8 = 0x8E
        case emptyList = 0x5D, list = 0x6C, append = 0x61, appends = 0x65
        case emptyTuple = 0x29, tuple = 0x74, tuple1 = 0x85, tuple2 = 0x86, tuple3 = 0x87
        case emptyDict = 0x7D, dict = 0x64, setItem = 0x73, setItems = 0x75
        case emptySet = 0x8F, addItems = 0x90, frozenSet = 0x91
        case global = 0x63, stackGlobal = 0x93, inst = 0x69
        case reduce = 0x52, newObj = 0x81, build = 0x62, binPersID = 0x51
        case get = 0x67, binGet = 0x68, longBinGet = 0x6A
        case put = 0x70, binPut = 0x71, longBinPut = 0x72, memoize = 0x94
    }

    func execute(_ opcode: Opcode) throws(CheckpointError) {
        switch opcode {
        case .stop: break
        case .proto:
            let version = try number(1)
            guard version <= 5 else { throw failure("protocol \(version), newer than 5,") }
        case .frame: _ = try number(8)
        case .mark: mark()
        case .pop: _ = try pop()
        case .popMark: _ = try popToMark()
        case .dup: push(try top())
        case .none, .newTrue, .newFalse, .int, .long, .binInt, .binInt1, .binInt2, .long1, .long4, .float, .binFloat,
            .binString, .shortBinString, .binUnicode, .shortBinUnicode, .binUnicode8, .binBytes, .shortBinBytes,
            .binBytes8:
            push(try literal(opcode))
        case .global, .stackGlobal, .inst, .reduce, .newObj, .build, .binPersID:
            try executeObject(opcode)
        case .get, .binGet, .longBinGet, .put, .binPut, .longBinPut, .memoize:
            try executeMemo(opcode)
        default:
            try executeContainer(opcode)
        }
    }

    private func literal(_ opcode: Opcode) throws(CheckpointError) -> PickleValue {
        switch opcode {
        case .newTrue: return .bool(true)
        case .newFalse: return .bool(false)
        case .int, .long:
            let digits = try line()
            // Protocol 1 writes booleans as integers with a leading zero.
            if opcode == .int, digits == "00" || digits == "01" { return .bool(digits == "01") }
            guard let value = Int(digits.hasSuffix("L") ? String(digits.dropLast()) : digits) else {
                throw failure("an integer that is none")
            }
            return .int(value)
        case .binInt: return .int(try signed(4))
        case .binInt1: return .int(try number(1))
        case .binInt2: return .int(try number(2))
        case .long1: return .int(try signed(try number(1)))
        case .long4: return .int(try signed(try number(4)))
        case .float:
            guard let value = Double(try line()) else { throw failure("a float that is none") }
            return .float(value)
        case .binFloat:
            let bits = try take(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            return .float(Double(bitPattern: bits))
        case .binUnicode, .binString: return .string(try text(try number(4)))
        case .shortBinUnicode, .shortBinString: return .string(try text(try number(1)))
        case .binUnicode8: return .string(try text(try number(8)))
        case .binBytes: return .bytes(Array(try take(try number(4))))
        case .shortBinBytes: return .bytes(Array(try take(try number(1))))
        case .binBytes8: return .bytes(Array(try take(try number(8))))
        default: return .none
        }
    }

    private func executeMemo(_ opcode: Opcode) throws(CheckpointError) {
        switch opcode {
        case .binGet: try recall(try number(1))
        case .longBinGet: try recall(try number(4))
        case .binPut: try remember(try number(1))
        case .longBinPut: try remember(try number(4))
        case .memoize: try rememberNext()
        default:
            guard let index = Int(try line()), index >= 0 else { throw failure("a memo index that is none") }
            if opcode == .get { try recall(index) } else { try remember(index) }
        }
    }

    private func executeContainer(_ opcode: Opcode) throws(CheckpointError) {
        switch opcode {
        case .emptyList: push(.list(sequence([])))
        case .emptyTuple: push(.tuple(sequence([])))
        case .emptySet: push(.set(sequence([])))
        case .emptyDict: push(.dictionary(try dictionary()))
        case .list: push(.list(sequence(try popToMark())))
        case .tuple: push(.tuple(sequence(try popToMark())))
        case .frozenSet: push(.set(sequence(try popToMark())))
        case .dict: push(.dictionary(try dictionary(try popToMark())))
        case .tuple1: push(.tuple(sequence([try pop()])))
        case .tuple2:
            let second = try pop()
            push(.tuple(sequence([try pop(), second])))
        case .tuple3:
            let third = try pop()
            let second = try pop()
            push(.tuple(sequence([try pop(), second, third])))
        case .append: try append([try pop()])
        case .appends, .addItems: try append(try popToMark())
        case .setItem:
            let value = try pop()
            try setItems([try pop(), value])
        default: try setItems(try popToMark())
        }
    }

    private func append(_ items: [PickleValue]) throws(CheckpointError) {
        switch try top() {
        case .list(let sequence), .set(let sequence): sequence.items.append(contentsOf: items)
        default: throw failure("appends to something that is no list")
        }
    }

    private func setItems(_ items: [PickleValue]) throws(CheckpointError) {
        guard case .dictionary(let dictionary) = try top() else {
            throw failure("sets an item of something that is no dictionary")
        }
        try fill(dictionary, with: items)
    }
}
