import Foundation

/// The parts of a `spiece.model` that libsentencepiece keeps to itself.
///
/// The file is a protocol buffer, `ModelProto` of sentencepiece_model.proto:
/// pieces = 1 { piece = 1, score = 2, type = 3 }, trainer_spec = 2 { model_type = 3 },
/// normalizer_spec = 3 { precompiled_charsmap = 2 }.
struct ModelFile {
    /// Compiled normalisation table, empty for a vocabulary that leaves text as it is.
    private(set) var characterMap: [UInt8] = []
    /// 1 unigram, 2 BPE, 3 words, 4 characters.
    private(set) var modelType = 1
    /// Ids of user-defined pieces: always cut out of the text whole.
    private(set) var userDefined: [Int] = []

    private static let userDefinedType: UInt64 = 4

    /// Reads the fields that matter and steps over all others.
    init(_ data: Data, name: String) throws {
        guard !data.starts(with: Data("version https://git-lfs".utf8)) else {
            throw TokenizerError.notAVocabulary(file: name, reason: "a Git LFS pointer instead of the file itself")
        }
        let file = ProtocolBuffer([UInt8](data), name: name)
        var pieces = 0
        var (hasTrainer, hasNormalizer) = (false, false)
        try file.fields { number, value in
            switch (number, value) {
            case (1, .bytes(let piece)):
                try file.fields(in: piece) { number, value in
                    if case (3, .integer(Self.userDefinedType)) = (number, value) { userDefined.append(pieces) }
                }
                pieces += 1
            case (2, .bytes(let trainer)):
                hasTrainer = true
                try file.fields(in: trainer) { number, value in
                    if case (3, .integer(let type)) = (number, value) { modelType = Int(truncatingIfNeeded: type) }
                }
            case (3, .bytes(let normalizer)):
                hasNormalizer = true
                try file.fields(in: normalizer) { number, value in
                    if case (2, .bytes(let map)) = (number, value) { characterMap = Array(file.bytes[map]) }
                }
            default: break
            }
        }
        // The pieces come first, so a file cut between two of them would pass as a smaller vocabulary.
        guard hasTrainer, hasNormalizer else {
            throw TokenizerError.notAVocabulary(
                file: name, reason: "\(pieces) pieces without the trainer's or the normaliser's settings")
        }
    }
}

/// A reader of the protocol buffer wire format: tag, then a varint, 8 bytes, a length with bytes, or 4 bytes.
private struct ProtocolBuffer {
    enum Value {
        case integer(UInt64)
        case bytes(Range<Int>)
        case fixed
    }

    let bytes: [UInt8]
    let name: String

    init(_ bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = name
    }

    func fields(_ body: (_ number: UInt64, _ value: Value) throws -> Void) throws {
        try fields(in: 0..<bytes.count, body)
    }

    func fields(in range: Range<Int>, _ body: (_ number: UInt64, _ value: Value) throws -> Void) throws {
        var position = range.lowerBound
        while position < range.upperBound {
            let tag = try integer(at: &position, before: range.upperBound)
            switch tag & 7 {
            case 0:
                try body(tag >> 3, .integer(integer(at: &position, before: range.upperBound)))
            case 2:
                let length = try integer(at: &position, before: range.upperBound)
                try body(tag >> 3, .bytes(take(length, at: &position, before: range.upperBound)))
            case 1, 5:
                _ = try take(tag & 7 == 1 ? 8 : 4, at: &position, before: range.upperBound)
                try body(tag >> 3, .fixed)
            default:
                throw TokenizerError.notAVocabulary(file: name, reason: "wire type \(tag & 7) at byte \(position)")
            }
        }
    }

    private func take(_ count: UInt64, at position: inout Int, before end: Int) throws -> Range<Int> {
        guard count <= UInt64(end - position) else {
            throw TokenizerError.notAVocabulary(
                file: name, reason: "field of \(count) bytes at byte \(position), \(end - position) are left")
        }
        let start = position
        position += Int(count)
        return start..<position
    }

    private func integer(at position: inout Int, before end: Int) throws -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 64 {
            let byte = bytes[position]
            position += 1
            result |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return result }
            shift += 7
        }
        throw TokenizerError.notAVocabulary(file: name, reason: "unfinished number at byte \(position)")
    }
}
