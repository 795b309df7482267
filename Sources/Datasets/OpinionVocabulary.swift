import Foundation

/// What generated opinions are made of: the matters of each issue area, sentences with gaps, names, and the docket.
///
/// Each entry has the years in which it is used, so that language drifts over the decades.
package struct OpinionVocabulary: Sendable {
    /// A piece of text and when it is used.
    struct Entry: Equatable, Sendable {
        let text: String
        let years: ClosedRange<Int>
    }

    /// Where a sentence stands, or what a name is of.
    enum Part: String, CaseIterable, Sendable {
        /// The names of the case.
        case caption
        /// What is decided: two matters of the opinion's area.
        case question
        /// How the case came up.
        case setting
        /// Says that something came up, whether or not it is decided.
        case body
        /// Says that something is not decided.
        case negation
        /// What could stand in any opinion.
        case boilerplate
        case holding
        /// Names.
        case court, person, government, company
    }

    /// The years that are covered: those of the paper's data.
    package static let years = 1946...2016

    /// The matters of each area, areas in the order of the issue areas.
    let terms: [[Entry]]
    let sentences: [Part: [Entry]]
    /// For each area the share of the docket at some years, ascending.
    let docket: [[(year: Int, weight: Double)]]

    /// The entries of a list that are used in a year.
    static func current(_ entries: [Entry], _ year: Int) -> [Entry] { entries.filter { $0.years.contains(year) } }

    /// The shares of the areas in a year, interpolated between the years that the docket has.
    func weights(in year: Int) -> [Double] {
        docket.map { points in
            guard let after = points.firstIndex(where: { $0.year >= year }) else { return points.last?.weight ?? 0 }
            guard after > 0 else { return points[0].weight }
            let (from, to) = (points[after - 1], points[after])
            let way = Double(year - from.year) / Double(to.year - from.year)
            return from.weight + way * (to.weight - from.weight)
        }
    }
}

extension OpinionVocabulary {
    /// Reads `terms.tsv` (`area from until term`), `sentences.tsv` (`part from until text`) and `docket.tsv`
    /// (`area year weight`) of a folder.
    ///
    /// Gaps in sentences are `{t}` (a matter), `{petitioner}`, `{respondent}`, `{court}`, `{number}` and `{count}`.
    /// - Throws: `DatasetError` naming file and line: an unknown area or part, years out of order or range, a bad weight,
    ///   a matter that is there twice, an unknown gap, an area or part that has nothing in some year.
    package init(folder: URL) throws {
        terms = try Self.terms(folder.appendingPathComponent(Self.files[0]))
        sentences = try Self.sentences(folder.appendingPathComponent(Self.files[1]))
        docket = try Self.docket(folder.appendingPathComponent(Self.files[2]))
    }

    /// The files of a folder.
    package static let files = ["terms.tsv", "sentences.tsv", "docket.tsv"]

    private static func terms(_ url: URL) throws -> [[Entry]] {
        var terms = [[Entry]](repeating: [], count: LabelList.issueAreas.count)
        var seen: [String: Int] = [:]
        for (place, line, fields) in try TabbedRows.read(url, columns: ["area", "from", "until", "term"]) {
            terms[try area(fields[0], at: place)].append(Entry(text: fields[3], years: try years(fields, at: place)))
            if let first = seen.updateValue(line, forKey: fields[3]) {
                throw DatasetError.duplicate(place, what: "the term \(fields[3])", first: .line(first))
            }
        }
        for (area, entries) in zip(LabelList.issueAreas, terms) {
            // Two matters of the area are named in one sentence.
            try check(entries, least: 2, of: area, in: url)
        }
        return terms
    }

    private static func sentences(_ url: URL) throws -> [Part: [Entry]] {
        var sentences: [Part: [Entry]] = [:]
        for (place, _, fields) in try TabbedRows.read(url, columns: ["part", "from", "until", "text"]) {
            guard let part = Part(rawValue: fields[0]) else {
                throw DatasetError.unknownValue(
                    place, field: "part", found: fields[0],
                    expected: Part.allCases.map(\.rawValue).joined(separator: ", "))
            }
            let matters = fields[3].ranges(of: "{t}").count
            let expected = part == .question ? 2 : part == .body || part == .negation ? 1 : 0
            guard matters == expected else {
                throw DatasetError.unknownValue(
                    place, field: "text", found: fields[3], expected: "{t} \(expected) times in a \(part.rawValue)")
            }
            let rest = OpinionGap.allCases.reduce(fields[3]) { $0.replacing($1.rawValue, with: "") }
            guard !rest.contains("{"), !rest.contains("}") else {
                throw DatasetError.unknownValue(
                    place, field: "text", found: fields[3],
                    expected: "no gaps but \(OpinionGap.allCases.map(\.rawValue).joined(separator: " "))")
            }
            sentences[part, default: []].append(Entry(text: fields[3], years: try years(fields, at: place)))
        }
        for part in Part.allCases { try check(sentences[part] ?? [], least: 1, of: part.rawValue, in: url) }
        // The two parties of a case have different names.
        let parties = [Part.person, .company, .government].flatMap { sentences[$0] ?? [] }
        if let year = years.first(where: { Set(current(parties, $0).map(\.text)).count < 2 }) {
            throw DatasetError.noRows(
                DataLocation(file: url.relativePath), expected: "two different names of parties for the year \(year)")
        }
        return sentences
    }

    private static func docket(_ url: URL) throws -> [[(year: Int, weight: Double)]] {
        var docket = [[(year: Int, weight: Double)]](repeating: [], count: LabelList.issueAreas.count)
        for (place, _, fields) in try TabbedRows.read(url, columns: ["area", "year", "weight"]) {
            let area = try area(fields[0], at: place)
            guard let year = Int(fields[1]), docket[area].last.map({ $0.year < year }) ?? true else {
                throw DatasetError.unknownValue(
                    place, field: "year", found: fields[1], expected: "a year after the one before it of the area")
            }
            guard let weight = Double(fields[2]), weight.isFinite, weight > 0 else {
                throw DatasetError.unknownValue(
                    place, field: "weight", found: fields[2], expected: "a number above 0")
            }
            docket[area].append((year, weight))
        }
        for (area, points) in zip(LabelList.issueAreas, docket) where points.isEmpty {
            throw DatasetError.noRows(DataLocation(file: url.relativePath), expected: "rows of the area \(area)")
        }
        return docket
    }

    private static func area(_ name: String, at place: DataLocation) throws -> Int {
        guard let index = LabelList.issueAreas.firstIndex(of: name) else {
            throw DatasetError.unknownValue(
                place, field: "area", found: name, expected: LabelList.issueAreas.joined(separator: ", "))
        }
        return index
    }

    private static func years(_ fields: [String], at place: DataLocation) throws -> ClosedRange<Int> {
        guard let from = Int(fields[1]), let until = Int(fields[2]), from <= until, years.contains(from),
            years.contains(until)
        else {
            throw DatasetError.unknownValue(
                place, field: "from until", found: "\(fields[1]) \(fields[2])",
                expected: "two years in order, from \(years.lowerBound) to \(years.upperBound)")
        }
        return from...until
    }

    private static func check(_ entries: [Entry], least: Int, of what: String, in url: URL) throws {
        if let year = years.first(where: { current(entries, $0).count < least }) {
            throw DatasetError.noRows(
                DataLocation(file: url.relativePath), expected: "at least \(least) of \(what) for the year \(year)")
        }
    }
}
