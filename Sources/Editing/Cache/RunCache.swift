import Files
import Foundation
import Models

/// What runs over one model share on disk: passes of the frozen model, and trained values. Neither depends on what a run
/// did before, so every run may use what another one computed, with the results of computing it.
///
/// Each is found by the digest of all that it depends on, the build of the program and the processor included. What
/// an older build left is therefore never found again; the folder may be deleted at any time.
package struct RunCache: Sendable {
    private let folder: URL
    /// What everything here depends on.
    private let base: [String]

    /// - Parameters:
    ///   - build: what tells one build of the program on one kind of processor from others; libraries choose their
    ///     kernels by the processor.
    ///   - model: the digest of the model's folder.
    package init(folder: URL, build: String, model: String) {
        self.folder = folder
        base = [build, model]
    }

    /// The passes of the frozen model up to a site, with its answers.
    ///
    /// - Throws: `FilesError` when the file cannot be opened.
    func passes(at site: EditSite, maxNewTokens: Int) throws -> CachedRecords {
        var key = key(of: "pass", at: site)
        key.add(maxNewTokens)
        return try records("passes", key.key)
    }

    /// The values that are trained at a site with such options.
    ///
    /// - Throws: `FilesError` when the file cannot be opened.
    package func values(at site: EditSite, options: GRACEOptions) throws -> CachedRecords {
        var key = key(of: "value", at: site)
        key.add(options.steps)
        key.add([options.learningRate])
        key.add(options.replacement.rawValue)
        return try records("values", key.key)
    }

    private func key(of kind: String, at site: EditSite) -> RecordKeyBuilder {
        var key = RecordKeyBuilder()
        for part in base + [kind, site.path] { key.add(part) }
        return key
    }

    private func records(_ kind: String, _ context: RecordKey) throws -> CachedRecords {
        let name = "\(kind)-\(context.hexadecimal.prefix(16)).records"
        return CachedRecords(
            store: try RecordStore(folder.appendingPathComponent(name), limit: Self.limit), context: context)
    }

    /// The most bytes of one file: hidden states of long documents would fill a disk.
    private static var limit: Int { 4 << 30 }
}

/// Records that share what they depend on.
package struct CachedRecords: Sendable {
    let store: RecordStore
    private let context: RecordKey

    init(store: RecordStore, context: RecordKey) {
        self.store = store
        self.context = context
    }

    /// How many lookups found their record.
    package var hits: Int { store.hits }
    /// Why records could not be kept; nil where they could.
    package var failure: FilesError? { store.failure }

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
}

extension CachedRecords {
    /// What was kept under a key; nil where nothing was, or nothing that `decode` reads to its end.
    func value<Value>(_ key: RecordKey, decode: (inout RecordReader) -> Value?) -> Value? {
        guard let content = store.record(for: key) else { return nil }
        var reader = RecordReader(content)
        let value = decode(&reader)
        return reader.isAtEnd ? value : nil
    }

    /// For each item what was kept of it, or what `make` makes of those of which nothing was, all of them together.
    func values<Item, Value>(
        of items: [Item], key: (Item) -> RecordKey, decode: (Item, inout RecordReader) -> Value?,
        encode: (Value, inout RecordBytes) -> Void, make: ([Item]) throws -> [Value]
    ) rethrows -> [Value] {
        let keys = items.map(key)
        var values = items.indices.map { n in value(keys[n]) { decode(items[n], &$0) } }
        let missing = items.indices.filter { values[$0] == nil }
        guard !missing.isEmpty else { return values.compactMap { $0 } }
        let made = try make(missing.map { items[$0] })
        store.add(
            zip(missing, made).map { n, value in
                var content = RecordBytes()
                encode(value, &content)
                return (keys[n], content.bytes)
            })
        for (n, value) in zip(missing, made) { values[n] = value }
        return values.compactMap { $0 }
    }
}
