import Models

/// An editor whose work stands in for the layer as an adaptor.
protocol AdaptorEditor: Editor where Record == AdaptorRecord {
    associatedtype Layer: Adaptor

    var options: AdaptorOptions { get }

    /// The adaptor as it is now; it shares memory with what is trained.
    var layer: Layer { get }

    var editCount: Int { get }
}

extension AdaptorEditor {
    package var adaptor: (any Adaptor)? { layer }

    package var summary: String { "\(editCount) edits" }

    /// The adaptor's tensors, for editors that learn nothing beside them.
    package var record: AdaptorRecord {
        AdaptorRecord(tensors: layer.tensors.mapValues { $0.copy() }, editCount: editCount)
    }

    package func apply(to prefix: SitePrefix) -> Retrieval {
        guard editCount > 0 else { return Retrieval(siteOutput: nil) }
        return Retrieval(siteOutput: layer.siteOutput(of: SiteView(prefix, query: options.query)))
    }
}
