/// What becomes of labelled documents: a set to train on, a set that editing must not harm, and a stream of edits.
///
/// Labels are merged in the first two only, so that the stream has classes that the model was never shown (the paper's
/// section 3.1 and Appendix B).
package struct DocumentPlan: Sendable {
    package var merger: LabelMerger
    /// How many documents to draw by seed for each set; nil takes all there are.
    package var trainingCount: Int?
    package var upstreamCount: Int?
    package var editCount: Int?

    package init(merger: LabelMerger) {
        self.merger = merger
    }

    package struct Sets: Equatable, Sendable {
        package var training: [DocumentRecord]
        package var upstream: [DocumentRecord]
        /// In court order.
        package var edits: [DocumentRecord]
        /// Whether upstream documents were taken from the training split.
        package var upstreamIsShare: Bool
        /// Whether the years of the edits gave their order; else that of the file did.
        package var isOrderedByYear: Bool
    }

    /// The sets of documents as `DocumentReader` gives them, numbered anew from 0.
    ///
    /// Upstream is the validation split, or where there is none a tenth of the training split, drawn by seed, and then
    /// not trained on. The edits are the test split by year, or in the order of the file where a document has no year.
    package func sets(from splits: DocumentReader.Splits, seed: UInt64) -> Sets {
        var training = splits[.train] ?? []
        var upstream = splits[.validation] ?? []
        let upstreamIsShare = upstream.isEmpty && training.count > 1
        if upstreamIsShare {
            let count = min(upstreamCount ?? max(1, training.count / 10), training.count - 1)
            var generator = SeededGenerator(seed: seed, stream: "scotus.upstream")
            let chosen = generator.sample(count, of: training.count)
            upstream = chosen.map { training[$0] }
            let taken = Set(chosen)
            training = training.indices.filter { !taken.contains($0) }.map { training[$0] }
        }
        var edits = draw(editCount, of: splits[.test] ?? [], seed: seed, stream: "scotus.edits")
        let isOrderedByYear = edits.allSatisfy { $0.year != nil }
        if isOrderedByYear {
            edits = edits.enumerated().sorted { ($0.element.year ?? 0, $0.offset) < ($1.element.year ?? 0, $1.offset) }
                .map(\.element)
        }
        return Sets(
            training: merged(draw(trainingCount, of: training, seed: seed, stream: "scotus.training")),
            upstream: merged(
                upstreamIsShare ? upstream : draw(upstreamCount, of: upstream, seed: seed, stream: "scotus.upstream")),
            edits: numbered(edits), upstreamIsShare: upstreamIsShare, isOrderedByYear: isOrderedByYear)
    }

    private func draw(_ count: Int?, of records: [DocumentRecord], seed: UInt64, stream: String) -> [DocumentRecord] {
        guard let count, count < records.count else { return records }
        var generator = SeededGenerator(seed: seed, stream: stream)
        return generator.sample(count, of: records.count).map { records[$0] }
    }

    private func merged(_ records: [DocumentRecord]) -> [DocumentRecord] {
        numbered(
            records.map { record in
                var record = record
                record.label = merger.merged(record.label)
                return record
            })
    }

    private func numbered(_ records: [DocumentRecord]) -> [DocumentRecord] {
        records.enumerated().map { id, record in
            var record = record
            record.id = id
            return record
        }
    }
}
