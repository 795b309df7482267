import Files
import Foundation
import TestSupport
import Testing
import Tokenizers

/// A folder with the vocabulary of bert-base-uncased (30,522 tokens), as MiniLM's packages have it: GRACE_BERT.
private let uncasedFolder = ProcessInfo.processInfo.environment["GRACE_BERT"].map { URL(fileURLWithPath: $0) }

@Suite("The ids of all 3,949 opinions of the real samples", .enabled(if: sharedData != nil))
struct RealOpinionTests {
    /// Checksums of Tests/Fixtures/wordpiece/real.py.
    @Test(
        "with the fixture vocabularies",
        arguments: [(WordPieceFixture.uncased, "da4f32aa", "771ac7c0"), (.cased, "eefda9b9", "edbfda4c")])
    func fixtures(_ fixture: WordPieceFixture, _ whole: String, _ cut: String) throws {
        try check(fixture.tokenizer(), whole: whole, cut: cut)
    }

    @Test("with the vocabulary of bert-base-uncased", .enabled(if: uncasedFolder != nil))
    func uncased() throws {
        try check(WordPieceTokenizer(folder: #require(uncasedFolder)), whole: "cd144b04", cut: "97b84e6f")
    }

    private func check(_ tokenizer: WordPieceTokenizer, whole: String, cut: String) throws {
        let texts = try opinions()
        #expect(texts.count == 3_949)
        for (length, expected) in [(nil, whole), (512, cut)] as [(Int?, String)] {
            let rows = texts.map { tokenizer.encode($0, maxLength: length).map(String.init).joined(separator: " ") }
            #expect(RandomText.checksum(rows.joined(separator: "\n")) == expected, "length \(length ?? 0)")
        }
    }

    private func opinions() throws -> [String] {
        struct Row: Decodable { var text: String }
        let folder = try #require(sharedData)
        var texts: [String] = []
        func read(_ file: String, _ member: String) throws {
            try InputFile.lines(of: folder.appendingPathComponent(file), member: member) { _, line in
                if !line.isEmpty { texts.append(try JSONDecoder().decode(Row.self, from: Data(line.utf8)).text) }
            }
        }
        for member in ["train.jsonl", "val.jsonl", "test.jsonl"] { try read("scotus_sample.zip", member) }
        try read("scotus_lexglue_sample.tar.gz", "scotus.jsonl")
        return texts
    }
}
