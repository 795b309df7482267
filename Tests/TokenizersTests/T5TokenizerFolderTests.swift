import Foundation
import TestSupport
import Testing
import Tokenizers

@Suite("Tokenizer folders")
struct T5TokenizerFolderTests {
    /// A folder with the fixture vocabulary and the given other files.
    private func folder(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.file("spiece.model", FixtureVocabulary.t5.model())
        for (name, contents) in files { try folder.file(name, contents) }
        return folder
    }

    private func error(_ files: [String: String]) throws -> String {
        let folder = try folder(files)
        let error = #expect(throws: TokenizerError.self) { try T5Tokenizer(folder: folder.url) }
        return (error?.description ?? "").replacing(folder.url.path + "/", with: "")
    }

    @Test("a vocabulary alone has 100 sentinels")
    func alone() throws {
        let folder = try folder([:])
        #expect(try T5Tokenizer(folder: folder.url).vocabularySize == 1100)
        #expect(try T5Tokenizer(model: folder.url("spiece.model")).vocabularySize == 1100)
        #expect(try T5Tokenizer(model: folder.url("spiece.model"), extraIDs: 3).vocabularySize == 1003)
    }

    @Test("extra_ids sets the number of sentinels", arguments: [0, 1, 28, 100])
    func extraIDs(_ count: Int) throws {
        let folder = try folder(["tokenizer_config.json": #"{"extra_ids": \#(count), "model_max_length": 512}"#])
        let tokenizer = try T5Tokenizer(folder: folder.url)
        #expect(tokenizer.extraIDs == count)
        #expect(tokenizer.vocabularySize == 1000 + count)
        #expect(tokenizer.piece(Int32(999 + count)) == (count > 0 ? "<extra_id_0>" : tokenizer.piece(999)))
    }

    @Test("spaces before punctuation stay unless the folder says otherwise")
    func cleaningUp() throws {
        for (files, expected) in [
            ([:], "Where ? a . b"),
            (["tokenizer_config.json": #"{"clean_up_tokenization_spaces": false}"#], "Where ? a . b"),
            (["tokenizer_config.json": #"{"clean_up_tokenization_spaces": null}"#], "Where ? a . b"),
            (["tokenizer_config.json": #"{"clean_up_tokenization_spaces": true}"#], "Where? a. b"),
        ] {
            let folder = try folder(files)
            let tokenizer = try T5Tokenizer(folder: folder.url)
            #expect(tokenizer.decode(tokenizer.encode("Where ? a . b")) == expected)
        }
    }

    @Test("T5's own tokens may be listed, however older versions wrote them")
    func ownTokens() throws {
        let folder = try folder([
            "tokenizer_config.json": #"""
            {"extra_ids": 2, "additional_special_tokens": ["<extra_id_0>", "<extra_id_1>"], "added_tokens_decoder":
            {"0": {"content": "<pad>", "special": true}, "1001": {"content": "<extra_id_0>", "lstrip": true}}}
            """#,
            "special_tokens_map.json": #"{"additional_special_tokens": [{"content": "<extra_id_0>"}, "<extra_id_1>"]}"#,
            "added_tokens.json": #"{"<extra_id_0>": 1001, "<extra_id_1>": 1000}"#,
        ])
        #expect(try T5Tokenizer(folder: folder.url).vocabularySize == 1002)
    }

    @Test("a folder without spiece.model and tokenizer.json says what to do")
    func noVocabulary() throws {
        let folder = try TemporaryFolder()
        #expect(throws: TokenizerError.noVocabulary(folder: folder.url.path)) { try T5Tokenizer(folder: folder.url) }
        #expect(throws: TokenizerError.self) { try T5Tokenizer(model: folder.url("spiece.model")) }
    }

    @Test(
        "a wrong setting is named with what was expected",
        arguments: [
            (#"[]"#, "tokenizer_config.json: the file: expected a JSON object"),
            (#"{"extra_ids": 100"#, "tokenizer_config.json: the file: expected a JSON object"),
            (#"{"extra_ids": "9"}"#, "tokenizer_config.json: extra_ids: expected a whole number between 0 and 100000"),
            (#"{"extra_ids": -1}"#, "extra_ids: expected a whole number between 0 and 100000, found -1"),
            (#"{"extra_ids": 1.5}"#, "extra_ids: expected a whole number between 0 and 100000, found 1.5"),
            (#"{"extra_ids": 1e300}"#, "extra_ids: expected a whole number"),
            (#"{"extra_ids": true}"#, "extra_ids: expected a whole number"),
            (#"{"clean_up_tokenization_spaces": 1}"#, "clean_up_tokenization_spaces: expected true or false, found 1"),
            (#"{"additional_special_tokens": "<sep>"}"#, "additional_special_tokens: expected a list, found <sep>"),
            (#"{"additional_special_tokens": [7]}"#, "additional_special_tokens: expected a token or an object"),
            (#"{"added_tokens_decoder": []}"#, "added_tokens_decoder: expected an object"),
            (#"{"added_tokens_decoder": {"5": {}}}"#, "added_tokens_decoder.5: expected a token or an object"),
        ])
    func wrongSetting(_ contents: String, _ expected: String) throws {
        let text = try error(["tokenizer_config.json": contents])
        #expect(text.contains(expected), "\(text)")
        #expect(!text.contains("\n"))
    }

    @Test(
        "a token that extends the vocabulary is refused, because its id would be missed silently",
        arguments: [
            ("tokenizer_config.json", #"{"additional_special_tokens": ["<extra_id_0>", "<sep>"]}"#, "<sep>"),
            ("tokenizer_config.json", #"{"added_tokens_decoder": {"1100": {"content": "<mask>"}}}"#, "<mask>"),
            (
                "tokenizer_config.json", #"{"extra_ids": 5, "additional_special_tokens": ["<extra_id_5>"]}"#,
                "<extra_id_5>"
            ),
            ("special_tokens_map.json", #"{"additional_special_tokens": ["<sep>"]}"#, "<sep>"),
            ("added_tokens.json", #"{"<sep>": 1100}"#, "<sep>"),
        ])
    func extended(_ name: String, _ contents: String, _ token: String) throws {
        let text = try error([name: contents])
        #expect(text.hasPrefix("\(name): adds the token \(token), which the vocabulary does not have"), "\(text)")
    }

    @Test("what is written is read back the same, with the settings transformers asks for", arguments: [0, 7, 100])
    func writing(_ extraIDs: Int) throws {
        let folder = try TemporaryFolder()
        let files = try T5Tokenizer.files(model: FixtureVocabulary.t5.model(), extraIDs: extraIDs)
        for file in files { try folder.file(file.name, file.data) }
        #expect(try folder.names() == ["special_tokens_map.json", "spiece.model", "tokenizer_config.json"])

        let tokenizer = try T5Tokenizer(folder: folder.url)
        #expect(tokenizer.vocabularySize == 1000 + extraIDs)
        for entry in try FixtureVocabulary.t5.reference().cases where extraIDs == 100 {
            #expect(tokenizer.encode(entry.text, maxLength: nil) == entry.ids)
        }
        for name in ["tokenizer_config.json", "special_tokens_map.json"] {
            let data = try Data(contentsOf: folder.url(name))
            let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            #expect(object["eos_token"] as? String == "</s>")
            #expect(object["pad_token"] as? String == "<pad>")
            #expect(object["unk_token"] as? String == "<unk>")
            #expect(object["additional_special_tokens"] as? [String] == (0..<extraIDs).map { "<extra_id_\($0)>" })
            #expect(object["tokenizer_class"] as? String == (name.hasPrefix("tok") ? "T5Tokenizer" : nil))
            #expect(object["extra_ids"] as? Int == (name.hasPrefix("tok") ? extraIDs : nil))
        }
    }
}
