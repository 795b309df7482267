import CSentencePiece
import Foundation

/// A vocabulary as libsentencepiece reads it: pieces, scores, and the library's own segmentation.
///
/// `T5Tokenizer` takes pieces and scores from here. `encode` and `decode` are the library's answers, the plain twin
/// that the tests hold `T5Tokenizer` to; see `UnigramSegmenter` for where the two part.
package final class SentencePieceModel: @unchecked Sendable {
    // The library changes nothing after loading and its const methods may run in several threads at once.
    private let handle: OpaquePointer

    /// What a piece stands for.
    package enum Kind: Sendable {
        case text, unknown, control, unused, byte
    }

    /// Number of pieces, sentinels not counted.
    package let size: Int

    /// Reads the bytes of a `spiece.model`.
    ///
    /// - Parameter name: what errors call the file.
    /// - Throws: `TokenizerError.notAVocabulary`.
    package init(_ data: Data, name: String) throws {
        var message: UnsafeMutablePointer<CChar>?
        let loaded = data.withUnsafeBytes { csp_load($0.baseAddress, $0.count, &message) }
        guard let loaded else {
            throw TokenizerError.notAVocabulary(file: name, reason: reason(taking: message))
        }
        handle = loaded
        size = Int(csp_size(loaded))
    }

    deinit {
        csp_free(handle)
    }

    /// UTF-8 of a piece; nil for an id outside the vocabulary.
    package func bytes(of id: Int) -> [UInt8]? {
        var length = 0
        guard let id = Int32(exactly: id), let start = csp_piece(handle, id, &length) else { return nil }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: length))
    }

    /// A piece as text; nil for an id outside the vocabulary.
    package func piece(_ id: Int) -> String? {
        bytes(of: id).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Id of a piece; nil when the vocabulary does not have it.
    package func id(of piece: String) -> Int? {
        var piece = piece
        let id = piece.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) { csp_id(handle, $0.baseAddress, $0.count) }
        }
        return id < 0 ? nil : Int(id)
    }

    /// Score (log probability) of a piece.
    package func score(of id: Int) -> Float {
        Int32(exactly: id).map { csp_score(handle, $0) } ?? 0
    }

    /// What a piece stands for.
    package func kind(of id: Int) -> Kind {
        switch Int32(exactly: id).map({ csp_piece_kind(handle, $0) }) {
        case csp_kind_text: .text
        case csp_kind_unknown: .unknown
        case csp_kind_control: .control
        case csp_kind_byte: .byte
        default: .unused
        }
    }

    /// Id of the padding piece, or nil.
    package var padID: Int? { optional(csp_pad_id(handle)) }
    /// Id of the end piece, or nil.
    package var endID: Int? { optional(csp_end_id(handle)) }
    /// Id of the beginning piece, or nil.
    package var beginID: Int? { optional(csp_begin_id(handle)) }
    /// Id of the unknown piece, or nil.
    package var unknownID: Int? { optional(csp_unknown_id(handle)) }

    /// The library's own segmentation of a text, no special piece added.
    package func encode(_ text: String) throws -> [Int32] {
        var text = text
        var count = 0
        var message: UnsafeMutablePointer<CChar>?
        let ids = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { csp_encode(handle, $0.baseAddress, $0.count, &count, &message) }
        }
        guard let ids else { throw TokenizerError.library(reason: reason(taking: message)) }
        defer { free(ids) }
        return [Int32](UnsafeBufferPointer(start: ids, count: count))
    }

    /// The library's own text of ids.
    package func decode(_ ids: [Int32]) throws -> String {
        var length = 0
        var message: UnsafeMutablePointer<CChar>?
        guard let text = csp_decode(handle, ids, ids.count, &length, &message) else {
            throw TokenizerError.library(reason: reason(taking: message))
        }
        defer { free(text) }
        return String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
    }

    private func optional(_ id: Int32) -> Int? {
        id < 0 ? nil : Int(id)
    }
}

/// Takes over a message of the C functions as one line of text.
///
/// The library puts its source position before a message, `./src/file.cc(12) [condition] words`; only the words help
/// a reader, and the condition where there are none.
func reason(taking message: UnsafeMutablePointer<CChar>?) -> String {
    guard let message else { return "no reason given" }
    defer { free(message) }
    var text = String(cString: message).replacing("\n", with: " ")[...]
    if let position = text.firstRange(of: ".cc("), let end = text[position.upperBound...].firstRange(of: ") ") {
        text = text[end.upperBound...]
    }
    if text.hasPrefix("["), let end = text.firstRange(of: "] "), end.upperBound < text.endIndex {
        text = text[end.upperBound...]
    }
    let words = text.trimmingCharacters(in: .whitespaces)
    return words.isEmpty ? "no reason given" : words
}
