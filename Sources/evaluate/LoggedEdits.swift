import Checkpoints
import Editing
import Files
import Foundation
import Models
import ToolSupport

/// An edit log, opened, and the way to what was edited.
struct LoggedEdits {
    let history: CodebookHistory
    let settings: GRACEMetadata
    /// The log's metadata, with the digests of what was edited.
    let metadata: [String: String]
    /// How many inputs had streamed in when the log ended.
    let lastStep: Int
    private let log: EditLog
    private let manifest: RunManifest?

    init(_ folder: URL) throws {
        log = EditLog(folder: folder)
        guard let state = try log.load() else { throw EvaluateError.noLog(folder: folder.path) }
        history = state.history
        lastStep = state.steps
        metadata = state.metadata
        settings = try GRACEMetadata(state.metadata, file: log.codebookFile.path)
        let record = folder.appendingPathComponent("run.json")
        manifest = FileManager.default.fileExists(atPath: record.path) ? try RunManifest(contentsOf: record) : nil
    }

    /// The folder of the model that was edited: the given one, or where the log says it was.
    func modelFolder(_ given: URL?) throws -> URL { try given ?? recorded(0, option: "--model") }

    /// Checks that the model in the folder is the one that was edited.
    func checkModel(in folder: URL) throws {
        try checkDigest(try CheckpointFolder.digest(of: folder), metadata["model_sha256"], what: folder.path)
    }

    /// The edited layer in the model.
    func site(in model: some EditableModel) throws -> EditSite {
        let site = try model.site(settings.layer)
        guard site.keyWidth == history.keyWidth, site.valueWidth == history.valueWidth else {
            throw EditingError.badLog(
                file: log.codebookFile.path, what: "its keys and values do not have the widths of \(site.path)")
        }
        return site
    }

    /// The stream that was edited, checked against the log.
    func stream(_ given: URL?) throws -> (URL, TokenizedSet) {
        let url = try given ?? recorded(1, option: "--stream")
        try checkDigest(try Digest.sha256(of: url), metadata["stream_sha256"], what: url.path)
        let set = try TokenizedSet(contentsOf: url)
        guard set.items.count >= lastStep else {
            throw EditingError.badLog(
                file: log.codebookFile.path, what: "has \(lastStep) steps, but \(url.path) has \(set.items.count) rows")
        }
        return (url, set)
    }

    private func recorded(_ index: Int, option: String) throws -> URL {
        guard let manifest, manifest.inputs.indices.contains(index) else {
            throw EvaluateError.notRecorded(option: option, log: log.folder.path)
        }
        let url = URL(fileURLWithPath: manifest.inputs[index].path)
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw EvaluateError.moved(path: manifest.inputs[index].path, option: option)
        }
        return url
    }

    private func checkDigest(_ found: String, _ recorded: String?, what: String) throws {
        if found != recorded { throw EvaluateError.otherInput(path: what, log: log.folder.path) }
    }
}

enum EvaluateError: Error, CustomStringConvertible {
    case noLog(folder: String)
    case notRecorded(option: String, log: String)
    case moved(path: String, option: String)
    case otherInput(path: String, log: String)
    case stepPastEnd(step: Int, last: Int)
    case noText(folder: String)

    var description: String {
        switch self {
        case .noLog(let folder): "\(folder): no edit log (codebook.safetensors) here; make one with stream-edit"
        case .notRecorded(let option, let log): "\(log): no finished run.json says what was edited; give \(option)"
        case .moved(let path, let option): "\(path): the edit log was made with this, but it is not there; give \(option)"
        case .otherInput(let path, let log):
            "\(path): not what the edit log \(log) was made with (the digests differ); give the original, or edit again"
        case .stepPastEnd(let step, let last): "--step \(step) lies past the end of the edit log, which has \(last) steps"
        case .noText(let folder):
            "\(folder): no tokenizer for a classifier's text; score token sets with --upstream instead"
        }
    }
}
