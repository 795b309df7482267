import ArgumentParser
import Checkpoints
import Editing
import Files
import Foundation
import Models
import Tensors
import ToolSupport

@main
struct StreamEdit: Tool {
    static let configuration = CommandConfiguration(
        commandName: "stream-edit",
        abstract: "Streams labelled inputs through a frozen model and corrects each error with an editor.",
        discussion: """
            Writes an edit log to the output folder: codebook.safetensors with every key, value and radius that ever \
            was, edits.tsv with a row for each input, and run.json when the run is complete. A run that was killed \
            goes on where it last saved its progress, to the same result; a complete one is left as it is.
            """,
        version: ToolVersion.current)

    @OptionGroup(title: "Input and output") var files: FileOptions
    @OptionGroup(title: "Editing") var editing: EditingOptions
    @OptionGroup(title: "GRACE") var grace: GRACEEditorOptions
    @OptionGroup var seed: SeedOption
    @OptionGroup var threads: ThreadsOption
    @OptionGroup var overwrite: OverwriteOption
    @OptionGroup var messages: MessageOptions

    func run() throws {
        Parallel.threadCount = threads.count
        let manifest = RunManifest(seed: seed.seed)
        let loading = ContinuousClock.now
        let model = try ModelFolder.load(files.model)
        try edit(model, loadSeconds: (ContinuousClock.now - loading).inSeconds, manifest)
    }

    private func edit(_ model: some EditableModel, loadSeconds: Double, _ manifest: RunManifest) throws {
        var manifest = manifest
        if !model.initialised.isEmpty {
            Message.warning(
                "\(files.model.relativePath): the checkpoint lacks \(model.initialised.joined(separator: ", ")), which "
                    + "now hold random numbers; train them with pretrain scotus --model")
        }
        let site = try model.site(editing.layer)
        let set = try TokenizedSet(contentsOf: files.stream)
        let maxNewTokens = editing.maxNewTokens
        try StreamChecks.check(set, file: files.stream, model: model, maxNewTokens: maxNewTokens)

        let options = grace.options(seed: seed.seed, compat: editing.compat)
        let modelDigest = try CheckpointFolder.digest(of: files.model)
        let streamDigest = try Digest.sha256(of: files.stream)
        let settings = RunSettings(
            layer: site.path, options: options, compat: editing.compat, maxNewTokens: maxNewTokens,
            inputLength: set.metadata["max_length"], modelDigest: modelDigest, streamDigest: streamDigest)

        let log = EditLog(folder: files.output)
        let manifestFile = files.output.appendingPathComponent("run.json")
        var state = try settings.resume(log, overwrite: overwrite.overwrite)
            ?? EditLog.State(
                history: CodebookHistory(keyWidth: site.keyWidth, valueWidth: site.valueWidth),
                metadata: settings.values)
        let editsLeft = (editing.maxEdits ?? .max) - state.history.editCount
        if state.steps >= set.items.count || editsLeft <= 0,
            FileManager.default.fileExists(atPath: manifestFile.path)
        {
            Message.note("\(files.output.relativePath): all done, \(state.history.editCount) edits in \(state.steps) inputs")
            return
        }
        if state.steps > 0 { Message.note("going on after input \(state.steps) of \(set.items.count)") }
        if FileManager.default.fileExists(atPath: manifestFile.path) {
            try FileManager.default.removeItem(at: manifestFile)
        }

        // Now, so that a folder that cannot be written to is known before the first edit and not after an hour.
        try log.saveProgress(state)
        let editor = GRACEEditor(model: model, site: site, options: options, history: state.history)
        let stream = EditStream(
            model: model, site: site, items: set.items, maxNewTokens: maxNewTokens,
            errorRule: editing.compat == .official && model.task.labels == nil ? .everyInput : .wrongAnswer,
            lookahead: editing.lookahead)
        let progress = ProgressLine("editing", total: set.items.count, unit: "inputs", done: state.steps)
        var saved = ContinuousClock.now
        try stream.run(after: state.steps, editsLeft: editsLeft, editor: editor) { row in
            state.append(row)
            progress.advance("\(editor.history.editCount) edits, \(editor.codebook.count) keys")
            if (ContinuousClock.now - saved).inSeconds >= editing.checkpointSeconds {
                state.history = editor.history
                try log.saveProgress(state)
                saved = .now
            }
        }
        progress.finish()
        state.history = editor.history
        try log.finish(state)

        manifest.addInput(files.model, sha256: modelDigest)
        manifest.addInput(files.stream, sha256: streamDigest)
        try manifest.addOutput(log.codebookFile)
        try manifest.addOutput(log.editsFile)
        manifest.settings = settings.values
        manifest.timings = try Timings.of(state, loadSeconds: loadSeconds)
        if editing.timeGeneration {
            manifest.timings?["generate_seconds"] = try Timings.generation(
                model, site: site, items: set.items, maxNewTokens: maxNewTokens)
        }
        try manifest.finish(writingTo: manifestFile)
        Message.note(
            "\(state.steps) inputs, \(state.history.editCount) edits, \(state.history.keys.count) keys; "
                + "log in \(files.output.relativePath)")
    }
}
