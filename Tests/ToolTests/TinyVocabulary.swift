import Foundation

/// A SentencePiece vocabulary of single characters, whose ids a test can tell by hand.
enum TinyVocabulary {
    private static let special = ["<pad>", "</s>", "<unk>"]
    private static let characters = ["▁"] + "abcdefghijklmnopqrstuvwxyz0123456789".map(String.init)

    /// The ids of words of lower-case letters and digits, with the end token.
    static func ids(_ text: String) -> [Int32] {
        let marked = text.split(separator: " ").map { "▁" + $0 }.joined()
        return marked.map { Int32(special.count + (characters.firstIndex(of: String($0)) ?? -1)) } + [1]
    }

    /// The vocabulary as the protocol buffer that a `spiece.model` is (sentencepiece_model.proto): pieces of text,
    /// score and type, a unigram trainer's settings and no normalisation.
    static var model: Data {
        var model = Data()
        for (index, piece) in (special + characters).enumerated() {
            // 1 normal, 2 unknown, 3 control; all scores equal, so only the number of pieces decides.
            let type = [3, 3, 2].indices.contains(index) ? [3, 3, 2][index] : 1
            model += field(1, text(1, piece) + [2 << 3 | 5] + bytes(of: Float(-1)) + number(3, type))
        }
        model += field(2, number(3, 1) + number(4, special.count + characters.count))
        return model + field(3, text(1, "identity"))
    }

    private static func field(_ number: UInt8, _ contents: Data) -> Data {
        Data([number << 3 | 2]) + varint(contents.count) + contents
    }

    private static func text(_ number: UInt8, _ text: String) -> Data { field(number, Data(text.utf8)) }

    private static func number(_ number: UInt8, _ value: Int) -> Data { Data([number << 3]) + varint(value) }

    private static func bytes(of score: Float) -> Data {
        withUnsafeBytes(of: score.bitPattern.littleEndian) { Data($0) }
    }

    private static func varint(_ value: Int) -> Data {
        var rest = value
        var data = Data()
        while rest >= 0x80 {
            data.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return data + [UInt8(rest)]
    }
}
