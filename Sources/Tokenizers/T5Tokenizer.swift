import Foundation

/// T5's tokenizer: text to ids and back, with the ids of `transformers`' T5Tokenizer (checked against 5.23).
///
/// Pieces and scores come from a `spiece.model` through libsentencepiece. Ids are the pieces of the vocabulary followed
/// by the sentinels, `<extra_id_0>` last.
///
/// A text is cut at special tokens; the rest is normalised (`CharacterMap`), split at white space, and each word,
/// marked with a leading `▁`, is cut into pieces (`UnigramSegmenter`).
package final class T5Tokenizer: Sendable {
    let pieces: PieceTable
    let characterMap: CharacterMap?
    let segmenter: UnigramSegmenter
    let added: AddedTokens
    let cleansUpSpaces: Bool

    /// Number of pieces in `spiece.model`.
    package let pieceCount: Int
    /// Number of sentinels `<extra_id_N>`.
    package let extraIDs: Int
    /// Id of `<pad>`.
    package let padID: Int32 = 0
    /// Id of `</s>`.
    package let endID: Int32 = 1
    /// Id of `<unk>`.
    package let unknownID: Int32 = 2

    /// Number of ids: pieces and sentinels.
    package var vocabularySize: Int { pieceCount + extraIDs }

    /// The number of sentinels where a folder does not say.
    package static let defaultExtraIDs = 100
    static let extraIDLimit = 0...100_000

    /// Reads a vocabulary file.
    ///
    /// - Throws: `TokenizerError` naming the file.
    package convenience init(model: URL, extraIDs: Int = defaultExtraIDs) throws {
        try self.init(modelData: Self.read(model), name: model.path, extraIDs: extraIDs)
    }

    /// Reads the bytes of a vocabulary file.
    ///
    /// - Parameters:
    ///   - name: what errors call the file.
    ///   - cleansUpSpaces: whether `decode` removes spaces before punctuation, as `clean_up_tokenization_spaces` says.
    /// - Throws: `TokenizerError` for bytes that are no unigram vocabulary or lack T5's special pieces.
    package init(
        modelData: Data, name: String = "spiece.model", extraIDs: Int = defaultExtraIDs, cleansUpSpaces: Bool = false
    ) throws {
        precondition(Self.extraIDLimit.contains(extraIDs), "between 0 and \(Self.extraIDLimit.upperBound) sentinels")
        let file = try ModelFile(modelData, name: name)
        let model = try SentencePieceModel(modelData, name: name)
        guard file.modelType == 1 else {
            let known = [2: "BPE", 3: "words", 4: "characters"]
            throw TokenizerError.notUnigram(file: name, found: known[file.modelType] ?? "type \(file.modelType)")
        }
        for (id, expected) in ["<pad>", "</s>", "<unk>"].enumerated() where model.piece(id) != expected {
            throw TokenizerError.specialPiece(
                file: name, id: id, expected: expected, found: model.piece(id) ?? "\(model.size) pieces")
        }
        let sentinels = Self.sentinels(extraIDs)
        if let double = sentinels.first(where: { model.id(of: $0) != nil }) {
            throw TokenizerError.sentinelTwice(file: name, piece: double, extraIDs: extraIDs)
        }
        var entries = (0..<model.size).map { (id: Int32($0), bytes: model.bytes(of: $0) ?? []) }
        entries += sentinels.enumerated().map { (id: Int32(model.size + $0), bytes: Array($1.utf8)) }
        let control = (0..<model.size).filter { [.control, .unknown].contains(model.kind(of: $0)) }
        let special = control + Array(model.size..<entries.count)

        pieceCount = model.size
        self.extraIDs = extraIDs
        self.cleansUpSpaces = cleansUpSpaces
        pieces = PieceTable(entries)
        characterMap = file.characterMap.isEmpty ? nil : try CharacterMap(file.characterMap, name: name)
        added = AddedTokens(
            (special + file.userDefined.filter { $0 < model.size }).map { entries[$0] },
            special: Set(special.map(Int32.init)))
        // Sentinels and control pieces take part in segmentation with score 0: a text can only spell them after
        // normalisation, and `transformers` finds them then.
        segmenter = UnigramSegmenter(
            table: pieces,
            scores: (0..<model.size).map { Double(model.score(of: $0)) } + sentinels.map { _ in 0 },
            unknownID: unknownID)
    }

    /// The piece or sentinel of an id; nil for an id outside the vocabulary.
    package func piece(_ id: Int32) -> String? {
        guard (0..<vocabularySize).contains(Int(id)) else { return nil }
        return String(decoding: pieces[Int(id)], as: UTF8.self)
    }

    /// Id of a piece or sentinel; nil when the vocabulary does not have it.
    package func id(of piece: String) -> Int32? {
        pieces.id(of: Array(piece.utf8))
    }

    /// The sentinels in the order of their ids: the highest number first.
    static func sentinels(_ count: Int) -> [String] {
        (0..<count).reversed().map { "<extra_id_\($0)>" }
    }

    static func read(_ file: URL) throws -> Data {
        do {
            return try Data(contentsOf: file)
        } catch {
            throw TokenizerError.unreadable(file: file.path, reason: systemReason(error))
        }
    }

    private static func systemReason(_ error: any Error) -> String {
        let error = error as NSError
        guard let cause = error.userInfo[NSUnderlyingErrorKey] as? any Error else { return error.localizedDescription }
        return String(cString: strerror(Int32((cause as NSError).code)))
    }
}
