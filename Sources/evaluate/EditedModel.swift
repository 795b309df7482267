import Checkpoints
import Editing
import Files
import Foundation
import Models
import Scoring
import Tokenizers
import ToolSupport

/// A model with its edit log, opened and checked against each other.
struct EditedModel {
    let model: T5Model
    let tokenizer: T5Tokenizer
    let site: EditSite
    let history: CodebookHistory
    let settings: GRACEMetadata
    /// The log's metadata, with the digests of what was edited.
    let metadata: [String: String]
    /// How many inputs had streamed in when the log ended.
    let lastStep: Int
    private let log: EditLog
    private let manifest: RunManifest?

    init(_ options: LogOptions) throws {
        log = EditLog(folder: options.edits)
        guard let state = try log.load() else { throw EvaluateError.noLog(folder: options.edits.path) }
        history = state.history
        lastStep = state.steps
        metadata = state.metadata
        settings = try GRACEMetadata(state.metadata, file: log.codebookFile.path)
        let record = options.edits.appendingPathComponent("run.json")
        manifest = FileManager.default.fileExists(atPath: record.path) ? try RunManifest(contentsOf: record) : nil

        let folder = try options.model ?? Self.recorded(0, in: manifest, option: "--model", log: options.edits)
        model = try T5Model(folder: folder)
        try Self.checkDigest(
            try CheckpointFolder.digest(of: folder), state.metadata["model_sha256"], what: folder.path, log: options.edits)
        tokenizer = try T5Tokenizer(folder: folder)
        site = try model.site(settings.layer)
        guard site.keyWidth == history.keyWidth, site.valueWidth == history.valueWidth else {
            throw EditingError.badLog(
                file: log.codebookFile.path, what: "its keys and values do not have the widths of \(site.path)")
        }
    }

    /// The stream that was edited, checked against the log.
    func stream(_ given: URL?) throws -> (URL, TokenizedSet) {
        let url = try given ?? Self.recorded(1, in: manifest, option: "--stream", log: log.folder)
        try Self.checkDigest(
            try Digest.sha256(of: url), metadata["stream_sha256"], what: url.path, log: log.folder)
        let set = try TokenizedSet(contentsOf: url)
        guard set.items.count >= lastStep else {
            throw EditingError.badLog(
                file: log.codebookFile.path, what: "has \(lastStep) steps, but \(url.path) has \(set.items.count) rows")
        }
        return (url, set)
    }

    /// A question as tokens, cut where the stream's questions were.
    func encode(_ question: String) -> ModelInput {
        ModelInput(tokenizer.encode(question, maxLength: max(1, metadata["max_length"].flatMap(Int.init) ?? 20)))
    }

    /// An evaluation set with its predictions; `nearest` keys start from an empty codebook.
    func replayed(_ inputs: [ModelInput]) throws -> ReplayedSet<T5Model> {
        try ReplayedSet(
            model: model, site: site, options: settings.options, maxNewTokens: settings.maxNewTokens, inputs: inputs)
    }

    private static func recorded(
        _ index: Int, in manifest: RunManifest?, option: String, log: URL
    ) throws -> URL {
        guard let manifest, manifest.inputs.indices.contains(index) else {
            throw EvaluateError.notRecorded(option: option, log: log.path)
        }
        let url = URL(fileURLWithPath: manifest.inputs[index].path)
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw EvaluateError.moved(path: manifest.inputs[index].path, option: option)
        }
        return url
    }

    private static func checkDigest(_ found: String, _ recorded: String?, what: String, log: URL) throws {
        if found != recorded { throw EvaluateError.otherInput(path: what, log: log.path) }
    }
}

enum EvaluateError: Error, CustomStringConvertible {
    case noLog(folder: String)
    case notRecorded(option: String, log: String)
    case moved(path: String, option: String)
    case otherInput(path: String, log: String)
    case stepPastEnd(step: Int, last: Int)

    var description: String {
        switch self {
        case .noLog(let folder): "\(folder): no edit log (codebook.safetensors) here; make one with stream-edit"
        case .notRecorded(let option, let log): "\(log): no finished run.json says what was edited; give \(option)"
        case .moved(let path, let option): "\(path): the edit log was made with this, but it is not there; give \(option)"
        case .otherInput(let path, let log):
            "\(path): not what the edit log \(log) was made with (the digests differ); give the original, or edit again"
        case .stepPastEnd(let step, let last): "--step \(step) lies past the end of the edit log, which has \(last) steps"
        }
    }
}
