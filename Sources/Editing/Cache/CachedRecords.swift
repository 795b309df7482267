import Files
import Models

/// Records that share what they depend on.
package struct CachedRecords: Sendable {
    private let store: RecordStore
    private let context: RecordKey
    /// What processes are making of them.
    let claims: RecordClaims

    init(store: RecordStore, claims: RecordClaims, context: RecordKey) {
        self.store = store
        self.claims = claims
        self.context = context
    }

    /// How many lookups found their record.
    package var hits: Int { store.hits }
    /// Why records could not be kept; nil where they could.
    package var failure: FilesError? { store.failure }

    /// Whether what is added can be kept.
    var keepsMore: Bool { failure == nil }

    /// A key that depends on an input and on whatever `more` adds.
    func key(_ input: ModelInput, _ more: (inout RecordKeyBuilder) -> Void = { _ in }) -> RecordKey {
        var key = RecordKeyBuilder()
        key.add(context)
        key.add(input.tokens)
        key.add(input.visible)
        key.add(input.features)
        more(&key)
        return key.key
    }

    func content(of key: RecordKey) -> [UInt8]? { store.record(for: key) }

    func add(_ records: [(key: RecordKey, content: [UInt8])]) { store.add(records) }
}
