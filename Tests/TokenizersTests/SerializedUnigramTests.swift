import Foundation
import TestSupport
import Testing

@testable import Tokenizers

/// What version 5 of transformers leaves of a T5's tokenizer: the parts of `spiece.model` as JSON.
@Suite("A tokenizer.json of a T5")
struct SerializedUnigramTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The `tokenizer.json` that transformers writes for a vocabulary, with what a test changes.
    private func json(
        _ vocabulary: FixtureVocabulary, sentinels: Int = 100, inVocabulary: Bool = true,
        _ change: (inout [String: Any]) -> Void = { _ in }
    ) throws -> String {
        let data = try vocabulary.model(), model = try SentencePieceModel(data, name: "fixture")
        var vocab: [[Any]] = (0..<model.size).map { [model.piece($0) ?? "", Double(model.score(of: $0))] }
        let names = (0..<sentinels).reversed().map { "<extra_id_\($0)>" }
        if inVocabulary { vocab += names.map { [$0, 0.0] } }
        let user = try ModelFile(data, name: "fixture").userDefined
        let special = (0..<model.size).filter { [.control, .unknown].contains(model.kind(of: $0)) }
        let added =
            (special.map { ($0, model.piece($0) ?? "", true) } + user.map { ($0, model.piece($0) ?? "", false) }
            + names.enumerated().map { (model.size + $0, $1, true) }).map { id, content, isSpecial in
                ["id": id, "content": content, "special": isSpecial, "lstrip": false, "normalized": false]
                    as [String: Any]
            }
        let map = Data(try ModelFile(data, name: "fixture").characterMap)
        var fields: [String: Any] = [
            "version": "1.0", "added_tokens": added,
            "normalizer": map.isEmpty
                ? NSNull() : ["type": "Precompiled", "precompiled_charsmap": map.base64EncodedString()] as Any,
            "pre_tokenizer": [
                "type": "Sequence",
                "pretokenizers": [
                    ["type": "WhitespaceSplit"],
                    ["type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true],
                ],
            ],
            "model": ["type": "Unigram", "unk_id": 2, "byte_fallback": false, "vocab": vocab],
        ]
        change(&fields)
        return String(decoding: try JSONSerialization.data(withJSONObject: fields), as: UTF8.self)
    }

    @Test(
        "gives the ids of the spiece.model that it was made from", arguments: FixtureVocabulary.allCases, [true, false])
    func ids(_ vocabulary: FixtureVocabulary, inVocabulary: Bool) throws {
        let count = vocabulary == .t5 ? 100 : 10
        try folder.file("tokenizer.json", json(vocabulary, sentinels: count, inVocabulary: inVocabulary))
        let configuration = vocabulary.folder.appendingPathComponent("tokenizer_config.json")
        try folder.file("tokenizer_config.json", Data(contentsOf: configuration))
        let tokenizer = try T5Tokenizer(folder: folder.url)
        #expect(tokenizer.extraIDs == count)
        for entry in try vocabulary.reference().cases {
            #expect(tokenizer.encode(entry.text, maxLength: nil) == entry.ids, "\(entry.text.debugDescription)")
            #expect(scalars(tokenizer.decode(entry.ids)) == scalars(entry.decoded), "\(entry.text.debugDescription)")
        }
    }

    @Test("What is not a T5's is refused by its name")
    func refused() throws {
        func error(_ change: @escaping (inout [String: Any]) -> Void) throws -> String {
            try folder.file("tokenizer.json", json(.t5, change))
            let error = #expect(throws: TokenizerError.self) { try T5Tokenizer(folder: folder.url) }
            return error?.description ?? ""
        }
        #expect(try error { $0["model"] = ["type": "BPE"] }.contains("expected unigram, found BPE"))
        #expect(try error { $0["model"] = nil }.contains("expected unigram, found none"))
        #expect(
            try error { $0["model"] = ["type": "Unigram", "unk_id": 0, "vocab": [] as [Any]] }.contains("model.unk_id"))
        #expect(try error { $0["model"] = ["type": "Unigram", "unk_id": 2, "vocab": [1]] }.contains("model.vocab"))
        #expect(
            try error { $0["normalizer"] = ["type": "NFKC"] }.contains("normalizer: expected Precompiled, found NFKC"))
        #expect(
            try error { $0["pre_tokenizer"] = ["type": "ByteLevel"] }.contains("expected Metaspace, found ByteLevel"))
        let extended = try error { fields in
            let more: [String: Any] = ["id": 1100, "content": "hello", "special": false]
            fields["added_tokens"] = (fields["added_tokens"] as? [Any] ?? []) + [more]
        }
        #expect(extended.contains("adds the token hello"))
    }

    @Test("Beside spiece.model it may add nothing")
    func beside() throws {
        try folder.file("spiece.model", FixtureVocabulary.t5.model())
        try folder.file("tokenizer.json", json(.t5))
        #expect(try T5Tokenizer(folder: folder.url).vocabularySize == 1100)
        try folder.file(
            "tokenizer.json",
            json(.t5) { $0["added_tokens"] = [["id": 1100, "content": "hello"] as [String: Any]] })
        #expect(throws: TokenizerError.addedToken(file: folder.url("tokenizer.json").path, token: "hello")) {
            try T5Tokenizer(folder: folder.url)
        }
    }
}
