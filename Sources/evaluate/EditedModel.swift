import Checkpoints
import Editing
import Foundation
import Models
import Scoring
import Tensors
import Tokenizers
import ToolSupport

/// A model with its edit log.
struct EditedModel<Model: EditableModel> {
    let model: Model
    let folder: URL
    let site: EditSite
    let edits: LoggedEdits
    /// Whether the two belong together.
    let check: ModelCheck
    /// The frozen model up to the site, with what runs share of it.
    let passes: FrozenPasses<Model>

    init(_ model: Model, folder: URL, edits: LoggedEdits, check: ModelCheck, cache: URL?) throws {
        self.check = check
        self.model = model
        self.folder = folder
        self.edits = edits
        site = try edits.site(in: model)
        passes = try FrozenPasses(
            model: model, site: site, maxNewTokens: edits.maxNewTokens,
            cache: try cache.map {
                RunCache(folder: $0, build: try Host.build(with: BLAS.library), model: try check.finish())
            })
    }

    /// An evaluation set with its predictions; `nearest` keys start from an empty codebook.
    func replayed(_ inputs: [ModelInput], _ settings: GRACEMetadata) throws -> ReplayedSet<Model> {
        try ReplayedSet(inputs, through: passes, options: settings.options)
    }

    /// An evaluation set with its predictions, those of the frozen model to begin with.
    func adapted(_ inputs: [ModelInput], _ settings: AdaptorSettings) throws -> AdaptedSet<Model> {
        try AdaptedSet(inputs, through: passes, query: settings.query)
    }

    /// A snapshot of the log.
    func snapshot(
        edits count: Int, in folder: SnapshotFolder, _ settings: AdaptorSettings
    ) throws -> SnapshotFolder.Snapshot {
        try folder.read(edits: count, of: edits.metadata, settings: settings, site: site)
    }

    /// Scores for what the model predicts.
    func scorer() throws -> any PredictionScorer {
        guard model.task.labels == nil else { return ClassScorer() }
        let tokenizer = try T5Tokenizer(folder: folder)
        return AnswerScorer(specialTokens: [tokenizer.padID, tokenizer.endID]) { tokenizer.decode($0) }
    }

    /// The most tokens of an input: what the stream was cut to.
    var maxLength: Int { max(1, edits.metadata["max_length"].flatMap(Int.init) ?? 20) }
}
