import Files
import Foundation

/// The gaps of a sentence.
enum OpinionGap: String, CaseIterable {
    /// A matter of some issue area.
    case matter = "{t}"
    case petitioner = "{petitioner}"
    case respondent = "{respondent}"
    case court = "{court}"
    case number = "{number}"
    case count = "{count}"
}

/// Writes opinions by issue area and year out of a vocabulary.
///
/// Which area an opinion is of is not told by counting words: the matters that it decides are named in the sentence
/// that puts the question, near the beginning, while the body speaks of matters of this area and of one other, of the
/// other often more. Language and docket drift, so that later opinions speak of matters that earlier ones never had.
package struct OpinionGenerator: Sendable {
    private let vocabulary: OpinionVocabulary
    private let seed: UInt64

    package init(_ vocabulary: OpinionVocabulary, seed: UInt64) {
        self.vocabulary = vocabulary
        self.seed = seed
    }

    /// One opinion: a function of the seed, the split and the number in it.
    package struct Opinion: Equatable, Sendable {
        package let text: String
        /// The index of the issue area.
        package let area: Int
        package let year: Int

        /// A line of FairLex's layout, and the year.
        var json: String { "{\"text\":\(text.json),\"label\":\(area),\"year\":\(year)}" }
    }

    /// Opinions of a split, in court order where the split asks for it.
    package func opinions(_ count: Int, split: String, years: ClosedRange<Int>) -> [Opinion] {
        let opinions = (0..<count).map { index in
            var draw = SeededGenerator(seed: seed, stream: "opinions.\(split)", index: index)
            let year = years.lowerBound + draw.next(below: years.count)
            return opinion(year: year, &draw)
        }
        // Court order; a sort that keeps the order of equals, which Swift's does not promise.
        return opinions.enumerated().sorted { ($0.element.year, $0.offset) < ($1.element.year, $1.offset) }
            .map(\.element)
    }

    /// Writes opinions as one JSON object a line.
    /// - Throws: `FilesError` when the file cannot be written.
    package static func write(_ opinions: [Opinion], to url: URL) throws {
        try AtomicFile.write(to: url) { file in
            for opinion in opinions { try file.write(opinion.json + "\n") }
        }
    }

    private func opinion(year: Int, _ draw: inout SeededGenerator) -> Opinion {
        var weights = vocabulary.weights(in: year)
        let area = draw.index(weighted: weights)
        weights[area] = 0
        let rival = draw.index(weighted: weights)
        var writer = Writer(vocabulary: vocabulary, year: year, draw: draw)
        var decided = writer.terms(of: area)
        let others = writer.terms(of: rival)
        var opening = [writer.sentence(.setting, [])]
        opening.insert(writer.sentence(.question, [decided.removeFirst(), decided.removeFirst()]), at: writer.below(2))
        // Of the matters in the body, most are often of the area that is not decided.
        let own = Self.ownMatters.lowerBound + writer.below(Self.ownMatters.count)
        let foreign = Self.foreignMatters.lowerBound + writer.below(Self.foreignMatters.count)
        var body = decided.prefix(own).map { writer.sentence(.body, [$0]) }
        for (index, term) in others.prefix(foreign).enumerated() {
            body.append(writer.sentence(index == 0 && writer.below(2) == 0 ? .negation : .body, [term]))
        }
        for _ in 0..<Self.boilerplate { body.append(writer.sentence(.boilerplate, [])) }
        writer.shuffle(&body)
        let sentences = [writer.sentence(.caption, [])] + opening + body + [writer.sentence(.holding, [])]
        return Opinion(text: sentences.joined(separator: " "), area: area, year: year)
    }

    private static let ownMatters = 1...3
    private static let foreignMatters = 2...5
    private static let boilerplate = 3
}

/// The pen of one opinion, with its parties and its court.
private struct Writer {
    let vocabulary: OpinionVocabulary
    let year: Int
    var draw: SeededGenerator
    /// The sentences that are written already, so that none stands there twice.
    private var used: Set<String> = []
    private let petitioner: String
    private let respondent: String
    private let court: String

    init(vocabulary: OpinionVocabulary, year: Int, draw: SeededGenerator) {
        self.vocabulary = vocabulary
        self.year = year
        var draw = draw
        func pick(_ part: OpinionVocabulary.Part) -> String {
            let entries = OpinionVocabulary.current(vocabulary.sentences[part] ?? [], year)
            return entries[draw.next(below: entries.count)].text
        }
        func party(_ kinds: [OpinionVocabulary.Part]) -> String { pick(kinds[draw.next(below: kinds.count)]) }
        petitioner = party([.person, .person, .company, .government])
        var other = party([.person, .company, .government, .government])
        while other == petitioner { other = party([.person, .company, .government, .government]) }
        respondent = other
        court = pick(.court)
        self.draw = draw
    }

    mutating func below(_ bound: Int) -> Int { draw.next(below: bound) }

    mutating func shuffle(_ sentences: inout [String]) { draw.shuffle(&sentences) }

    /// The matters of an area that the year knows, in random order.
    mutating func terms(of area: Int) -> [String] {
        var terms = OpinionVocabulary.current(vocabulary.terms[area], year).map(\.text)
        draw.shuffle(&terms)
        return terms
    }

    /// A sentence of a part, its gaps filled, beginning with a capital letter.
    mutating func sentence(_ part: OpinionVocabulary.Part, _ matters: [String]) -> String {
        let current = OpinionVocabulary.current(vocabulary.sentences[part] ?? [], year).map(\.text)
        let fresh = current.filter { !used.contains($0) }
        let choice = fresh.isEmpty ? current : fresh
        var text = choice[draw.next(below: choice.count)]
        used.insert(text)
        for matter in matters {
            if let gap = text.firstRange(of: OpinionGap.matter.rawValue) { text.replaceSubrange(gap, with: matter) }
        }
        for (gap, filling) in [
            (OpinionGap.petitioner, petitioner), (.respondent, respondent), (.court, court),
            (.number, String(1 + draw.next(below: 999))),
            (.count, ["two", "three", "four", "six"][draw.next(below: 4)]),
        ] {
            text = text.replacing(gap.rawValue, with: filling)
        }
        return text.prefix(1).uppercased() + text.dropFirst()
    }
}
