import Models

/// An input with its label, as editors with an adaptor see it, and keep it if they go back to earlier edits.
struct EditedInput: Sendable {
    let view: SiteView
    let label: [Int32]

    init(_ request: EditRequest, query: QueryToken) {
        view = SiteView(request.prefix, query: query)
        label = request.label
    }
}
