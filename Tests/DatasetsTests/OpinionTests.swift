import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite("Generated opinions")
struct OpinionTests {
    private static let folder = packageRoot.appendingPathComponent("data/opinions")

    private func vocabulary() throws -> OpinionVocabulary { try OpinionVocabulary(folder: Self.folder) }

    @Test("They are of 80 to 210 words, of all common areas, without gaps, and no sentence stands in one twice")
    func shape() throws {
        let opinions = OpinionGenerator(try vocabulary(), seed: 0).opinions(500, split: "train", years: 1946...1982)
        for opinion in opinions {
            let words = opinion.text.split(separator: " ").count
            #expect((75...215).contains(words), "\(words): \(opinion.text)")
            #expect(!opinion.text.contains("{") && !opinion.text.contains("  "))
            #expect((1946...1982).contains(opinion.year))
        }
        #expect(opinions.map(\.year) == opinions.map(\.year).sorted())
        #expect(Set(opinions.map(\.area)).count >= 12)
    }

    @Test("The question names two matters of the opinion's area, and the body another area's")
    func question() throws {
        let vocabulary = try vocabulary()
        for opinion in OpinionGenerator(vocabulary, seed: 1).opinions(200, split: "test", years: 1991...2016) {
            let named = vocabulary.terms.map { area in area.filter { opinion.text.contains($0.text) }.count }
            #expect(named[opinion.area] >= 3 && named.count { $0 > 0 } >= 2, "\(opinion.text)")
        }
    }

    @Test("Years bring their own matters, and the docket is interpolated")
    func drift() throws {
        let vocabulary = try vocabulary()
        let all = vocabulary.terms.flatMap { $0 }
        let early = Set(OpinionVocabulary.current(all, 1950).map(\.text))
        let late = Set(OpinionVocabulary.current(all, 2005).map(\.text))
        #expect(early.subtracting(late).count > 50 && late.subtracting(early).count > 70)
        #expect(early.intersection(late).count > 90)
        let weights = vocabulary.weights(in: 1955)
        #expect(weights.count == 14 && weights.allSatisfy { $0 > 0 })
        let (from, to) = (vocabulary.docket[0][0], vocabulary.docket[0][1])
        let way = Double(1955 - from.year) / Double(to.year - from.year)
        #expect(abs(weights[0] - (from.weight + way * (to.weight - from.weight))) < 1e-9)
    }

    @Test("An opinion depends on seed, split and number alone")
    func seeds() throws {
        let generator = OpinionGenerator(try vocabulary(), seed: 5)
        let few = generator.opinions(20, split: "val", years: 1946...1982)
        let many = generator.opinions(30, split: "val", years: 1946...1982)
        #expect(few.allSatisfy(many.contains))
        #expect(generator.opinions(20, split: "train", years: 1946...1982) != few)
    }

    @Test(
        "A vocabulary that lies is refused with file and line",
        arguments: [
            ("terms.tsv", "Unions\t1946\t2016", "Union\t1946\t2016", "area \"Union\" is unknown"),
            ("terms.tsv", "Unions\t1946\t2016", "Unions\t2016\t1946", "from until \"2016 1946\" is unknown"),
            ("terms.tsv", "the freedom of speech", "the boundary between two states", "is there already"),
            ("terms.tsv", "area\tfrom", "area\tsince", "expected the header"),
            ("sentences.tsv", "caption\t", "title\t", "part \"title\" is unknown"),
            ("sentences.tsv", "about {t} and {t}", "about {t}", "{t} 2 times in a question"),
            ("sentences.tsv", "{court} ruled", "{bench} ruled", "expected no gaps but"),
            ("docket.tsv", "1946\t16", "1946\t-16", "weight \"-16\" is unknown"),
            ("docket.tsv", "Unions\t1965", "Unions\t1945", "expected a year after the one before"),
        ])
    func lies(file: String, old: String, new: String, expected: String) throws {
        let folder = try TemporaryFolder()
        for name in OpinionVocabulary.files {
            var text = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
            if name == file {
                #expect(text.contains(old))
                text = text.replacing(old, with: new)
            }
            try folder.file(name, text)
        }
        let error = #expect(throws: DatasetError.self) { try OpinionVocabulary(folder: folder.url) }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }
}
