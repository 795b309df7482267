import Foundation

/// Cuts a stream of bytes into lines of checked UTF-8.
struct LineSplitter {
    private let path: String
    private let limit: Int
    private var number = 0
    /// The start of a line whose end has not come yet.
    private var pending: [UInt8] = []

    init(path: String, limit: Int) {
        self.path = path
        self.limit = limit
    }

    mutating func feed(_ block: UnsafeRawBufferPointer, _ body: (Int, String) throws -> Void) throws {
        var rest = block[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let piece = rest[rest.startIndex..<end]
            if pending.isEmpty {
                try emit(UnsafeRawBufferPointer(rebasing: piece), body)
            } else {
                try keep(piece)
                try emitPending(body)
            }
            rest = rest[(end + 1)...]
        }
        try keep(rest)
    }

    /// Gives the last line when the file does not end with a line end.
    mutating func finish(_ body: (Int, String) throws -> Void) throws {
        if !pending.isEmpty { try emitPending(body) }
    }

    private mutating func keep(_ piece: Slice<UnsafeRawBufferPointer>) throws(FilesError) {
        guard pending.count + piece.count <= limit else {
            throw .longLine(path: path, line: number + 1, limit: limit)
        }
        pending.append(contentsOf: piece)
    }

    private mutating func emitPending(_ body: (Int, String) throws -> Void) throws {
        let line = pending
        pending.removeAll(keepingCapacity: true)
        try line.withUnsafeBytes { try emit($0, body) }
    }

    private mutating func emit(_ raw: UnsafeRawBufferPointer, _ body: (Int, String) throws -> Void) throws {
        number += 1
        var bytes = number == 1 ? raw.afterByteOrderMark : raw[...]
        if bytes.last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
        guard let line = String(validating: bytes, as: UTF8.self) else {
            throw FilesError.invalidText(path: path, line: number)
        }
        try body(number, line)
    }
}
