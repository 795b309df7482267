import Foundation

/// Writes a unigram vocabulary as libsentencepiece reads it: `ModelProto` of sentencepiece_model.proto, in the wire format
/// of protocol buffers.
enum SentencePieceProto {
    /// The values of `SentencePiece.Type`.
    private enum Kind: UInt64 {
        case text = 1, unknown, control, userDefined, unused, byte
    }

    /// - Parameters:
    ///   - pieces: by id.
    ///   - characterMap: the compiled normalisation table; empty for none.
    static func data(
        pieces: ArraySlice<(text: String, score: Float)>, unknownID: Int, control: Set<Int>, userDefined: Set<Int>,
        fallsBackToBytes: Bool, characterMap: Data
    ) -> Data {
        var file = Message()
        for (id, piece) in pieces.enumerated() {
            let isByte = fallsBackToBytes && piece.text.wholeMatch(of: /<0x[0-9A-F]{2}>/) != nil
            let kind: Kind =
                id == unknownID
                ? .unknown
                : control.contains(id) ? .control : userDefined.contains(id) ? .userDefined : isByte ? .byte : .text
            var entry = Message()
            entry.add(1, Data(piece.text.utf8))
            entry.add(2, piece.score)
            entry.add(3, kind.rawValue)
            file.add(1, entry.data)
        }
        var trainer = Message()
        trainer.add(3, UInt64(1))  // model_type: unigram
        trainer.add(35, UInt64(fallsBackToBytes ? 1 : 0))
        trainer.add(40, UInt64(unknownID))
        trainer.add(41, UInt64(bitPattern: -1))  // no piece for the beginning
        trainer.add(42, UInt64(1))
        trainer.add(43, UInt64(0))
        file.add(2, trainer.data)
        var normalizer = Message()
        normalizer.add(2, characterMap)
        file.add(3, normalizer.data)
        return file.data
    }

    /// Fields of a message, one after the other.
    private struct Message {
        private(set) var data = Data()

        mutating func add(_ number: UInt64, _ value: UInt64) {
            append(number << 3)
            append(value)
        }

        mutating func add(_ number: UInt64, _ value: Float) {
            append(number << 3 | 5)
            withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }

        mutating func add(_ number: UInt64, _ bytes: Data) {
            append(number << 3 | 2)
            append(UInt64(bytes.count))
            data.append(bytes)
        }

        private mutating func append(_ integer: UInt64) {
            var rest = integer
            while rest >= 0x80 {
                data.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            data.append(UInt8(rest))
        }
    }
}
