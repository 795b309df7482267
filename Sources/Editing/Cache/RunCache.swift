import Files
import Foundation
import Models

/// What runs over one model share on disk: passes of the frozen model, and trained values. Neither depends on what a run
/// did before, so every run may use what another one computed, with the results of computing it.
///
/// Each is found by the digest of all that it depends on, the build of the program and the processor included. What
/// an older build left is therefore never found again; the folder may be deleted at any time. Runs at the same time divide
/// between them what they need in common (`SharedValues`).
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
        let file = folder.appendingPathComponent("\(kind)-\(context.hexadecimal.prefix(16))")
        return CachedRecords(
            store: try RecordStore(file.appendingPathExtension("records"), limit: Self.limit),
            claims: RecordClaims(file.appendingPathExtension("claims")), context: context)
    }

    /// The most bytes of one file: hidden states of long documents would fill a disk.
    private static var limit: Int { 4 << 30 }
}
