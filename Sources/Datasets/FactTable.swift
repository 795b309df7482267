/// The project's own facts and the ways to ask for them, from which the default data is made.
package struct FactTable: Equatable, Sendable {
    /// Which set a fact belongs to.
    package enum Role: String, CaseIterable, Sendable {
        /// The model learns it before it is edited.
        case upstream
        /// The model does not know it: each phrasing is an edit.
        case edit
    }

    package struct Fact: Equatable, Sendable {
        package var role: Role
        package var relation: String
        package var subject: String
        package var answer: String
    }

    /// In file order.
    package var facts: [Fact]
    /// For each relation the question templates in file order, with `{}` for the subject.
    package var templates: [String: [String]]

    /// The question that the template number `index` of a fact's relation makes.
    func question(_ index: Int, of fact: Fact) -> String {
        guard let template = templates[fact.relation]?[index] else {
            preconditionFailure("a table that was read has templates for every relation")
        }
        guard let place = template.firstRange(of: "{}") else { return template }
        return template.replacingCharacters(in: place, with: fact.subject)
    }

    func templateCount(of relation: String) -> Int { templates[relation]?.count ?? 0 }
}
