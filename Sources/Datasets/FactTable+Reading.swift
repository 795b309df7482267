import Foundation

extension FactTable {
    /// Reads the facts (`set relation subject answer`) and the templates (`relation template`), both tab-separated
    /// with a header row.
    ///
    /// - Parameter phrasings: how many templates each relation needs.
    /// - Throws: `DatasetError` naming file and line: a wrong header or number of columns, an empty field, an unknown
    ///   set or relation, a template without exactly one `{}`, a fact or template that is there twice, a relation
    ///   with too few templates. `FilesError` when a file cannot be read.
    package init(facts factsURL: URL, questions questionsURL: URL, phrasings: Int) throws {
        let (templates, lines) = try Self.templates(questionsURL)
        for (relation, list) in templates.sorted(by: { $0.key < $1.key }) where list.count < phrasings {
            throw DatasetError.tooFewPhrasings(
                DataLocation(file: questionsURL.relativePath, row: .line(lines[relation] ?? 1)),
                relation: relation, found: list.count, needed: phrasings)
        }
        let facts = try Self.facts(factsURL, relations: templates, questionsFile: questionsURL.relativePath)
        self.init(facts: facts, templates: templates)
    }

    /// The templates by relation, and the last line of each relation.
    private static func templates(_ url: URL) throws -> ([String: [String]], [String: Int]) {
        var templates: [String: [String]] = [:]
        var lines: [String: Int] = [:]
        var seen: [[String]: Int] = [:]
        for (place, line, fields) in try TabbedRows.read(url, columns: ["relation", "template"]) {
            let count = fields[1].ranges(of: "{}").count
            guard count == 1 else {
                throw DatasetError.wrongPlaceholder(place, template: fields[1], count: count)
            }
            if let first = seen.updateValue(line, forKey: fields) {
                throw DatasetError.duplicate(place, what: "this template of \(fields[0])", first: .line(first))
            }
            templates[fields[0], default: []].append(fields[1])
            lines[fields[0]] = line
        }
        return (templates, lines)
    }

    private static func facts(
        _ url: URL, relations: [String: [String]], questionsFile: String
    ) throws -> [Fact] {
        var facts: [Fact] = []
        var seen: [[String]: Int] = [:]
        for (place, line, fields) in try TabbedRows.read(url, columns: ["set", "relation", "subject", "answer"]) {
            guard let role = Role(rawValue: fields[0]) else {
                throw DatasetError.unknownValue(
                    place, field: "set", found: fields[0],
                    expected: Role.allCases.map(\.rawValue).joined(separator: " or "))
            }
            guard relations[fields[1]] != nil else {
                throw DatasetError.unknownValue(
                    place, field: "relation", found: fields[1], expected: "one of those in \(questionsFile)")
            }
            // The same question must not have two answers, nor be in both sets.
            if let first = seen.updateValue(line, forKey: [fields[1], fields[2]]) {
                throw DatasetError.duplicate(place, what: "the \(fields[1]) of \(fields[2])", first: .line(first))
            }
            facts.append(Fact(role: role, relation: fields[1], subject: fields[2], answer: fields[3]))
        }
        return facts
    }
}
