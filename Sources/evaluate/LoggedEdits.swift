import Checkpoints
import Editing
import Files
import Foundation
import Models
import Scoring
import Tables
import ToolSupport

/// An edit log, opened, and the way to what was edited.
struct LoggedEdits {
    /// What the editor left.
    enum Content {
        case codebook(CodebookHistory, GRACEMetadata)
        case snapshots(SnapshotFolder, AdaptorSettings)
    }

    let content: Content
    /// What tables call the editor, unless they are told otherwise.
    let editorName: String
    /// The log's metadata, with the digests of what was edited.
    let metadata: [String: String]
    /// The row of each input that had streamed in.
    let rows: TSVTable
    private let folder: URL
    private let file: URL
    private let manifest: RunManifest?

    init(_ folder: URL) throws {
        self.folder = folder
        let codebook = EditLog<CodebookHistory>(folder: folder), adaptor = EditLog<AdaptorRecord>(folder: folder)
        if let state = try codebook.load() {
            file = codebook.recordFile
            content = .codebook(state.record, try GRACEMetadata(state.metadata, file: file.path))
            editorName = EditorName.grace.rawValue
            (metadata, rows) = (state.metadata, state.rows)
        } else if let state = try adaptor.load() {
            file = adaptor.recordFile
            let log = LogMetadata(state.metadata, file: file.path)
            let settings = try AdaptorSettings(log)
            content = .snapshots(SnapshotFolder(log: folder), settings)
            editorName = settings.editor == .finetune ? try FinetuneOptions(log).name : settings.editor.rawValue
            (metadata, rows) = (state.metadata, state.rows)
        } else {
            throw EvaluateError.noLog(folder: folder.path)
        }
        let record = folder.appendingPathComponent("run.json")
        manifest = FileManager.default.fileExists(atPath: record.path) ? try RunManifest(contentsOf: record) : nil
    }

    /// The files of the log.
    var files: [URL] { ["edits.tsv", "run.json"].map { folder.appendingPathComponent($0) } + [file] }

    /// How many inputs had streamed in when the log ended.
    var lastStep: Int { rows.rows.count }

    var maxNewTokens: Int {
        switch content {
        case .codebook(_, let settings): settings.maxNewTokens
        case .snapshots(_, let settings): settings.maxNewTokens
        }
    }

    /// The steps at which edits were made, and whether the model then gave the label, where the editor looked.
    func edits() throws -> [SnapshotEdit] {
        try rows.records.filter { try $0.integer("error") == 1 }.map {
            SnapshotEdit(step: try $0.integer("step"), success: try $0.number("success") == 1)
        }
    }

    /// The folder of the model that was edited: the given one, or where the log says it was.
    func modelFolder(_ given: URL?) throws -> URL { try given ?? recorded(0, option: "--model") }

    /// Checks that the model in the folder, whose digest is given, is the one that was edited.
    func checkModel(_ digest: String, in folder: URL) throws {
        try checkDigest(digest, metadata["model_sha256"], what: folder.path)
    }

    /// The edited layer in the model.
    func site(in model: some EditableModel) throws -> EditSite {
        switch content {
        case .snapshots(_, let settings): return try model.site(settings.layer)
        case .codebook(let history, let settings):
            let site = try model.site(settings.layer)
            guard site.keyWidth == history.keyWidth, site.valueWidth == history.valueWidth else {
                throw EditingError.badLog(
                    file: file.path, what: "its keys and values do not have the widths of \(site.path)")
            }
            return site
        }
    }

    /// The stream that was edited, checked against the log.
    func stream(_ given: URL?) throws -> (URL, TokenizedSet) {
        let url = try given ?? recorded(1, option: "--stream")
        try checkDigest(try Digest.sha256(of: url), metadata["stream_sha256"], what: url.path)
        let set = try TokenizedSet(contentsOf: url)
        guard set.items.count >= lastStep else {
            throw EditingError.badLog(
                file: file.path, what: "has \(lastStep) steps, but \(url.path) has \(set.items.count) rows")
        }
        return (url, set)
    }

    private func recorded(_ index: Int, option: String) throws -> URL {
        guard let manifest, manifest.inputs.indices.contains(index) else {
            throw EvaluateError.notRecorded(option: option, log: folder.path)
        }
        let url = URL(fileURLWithPath: manifest.inputs[index].path)
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw EvaluateError.moved(path: manifest.inputs[index].path, option: option)
        }
        return url
    }

    private func checkDigest(_ found: String, _ recorded: String?, what: String) throws {
        if found != recorded { throw EvaluateError.otherInput(path: what, log: folder.path) }
    }
}
