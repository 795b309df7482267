import Models

/// An input with its label, as editors with an adaptor see it, and keep it if they go back to earlier edits.
struct EditedInput: Sendable {
    let view: SiteView
    let label: [Int32]

    init(view: SiteView, label: [Int32]) {
        self.view = view
        self.label = label
    }

    init(_ request: EditRequest, query: QueryToken) {
        self.init(view: SiteView(request.prefix, query: query), label: request.label)
    }
}
