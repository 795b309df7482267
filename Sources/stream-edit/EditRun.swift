import Checkpoints
import Editing
import Files
import Foundation
import Models
import Tables
import ToolSupport

/// One run of an editor over a stream: resumed where it was, its progress kept, its log left.
struct EditRun<Model: EditableModel> {
    let passes: FrozenPasses<Model>
    let set: TokenizedSet
    let files: FileOptions
    let editing: EditingOptions
    let overwrite: Bool
    let loadSeconds: Double
    let digests: InputDigests
    let manifest: RunManifest

    private var manifestFile: URL { files.output.appendingPathComponent("run.json") }

    /// - Parameters:
    ///   - settings: the editor's own.
    ///   - fresh: the record of an editor that has done nothing.
    ///   - cachedValues: the values that runs share, where the editor uses them.
    ///   - historyNeeded: how many of the latest edits the editor has to be given to go on.
    ///   - make: the editor from a record and the latest edits.
    func run<E: Editor>(
        _ settings: [String: String], fresh: E.Record, cachedValues: CachedRecords? = nil, historyNeeded: Int = 0,
        make: (E.Record, [EditRequest]) throws -> E
    ) throws {
        let settings = RunSettings(
            editor: settings, compat: editing.compat, inputLength: set.metadata["max_length"], digests: digests)
        let lock = try FolderLock(files.output, with: [SnapshotFolder.name])
        defer { lock.release() }
        try RunManifest.checkOwn(manifestFile)
        let log = EditLog<E.Record>(folder: files.output)
        let found = try settings.resume(log, overwrite: overwrite)
        var state = found ?? EditLog.State(record: fresh, metadata: [:])
        let editsLeft = (editing.maxEdits ?? .max) - state.record.editCount
        let wasComplete = FileManager.default.fileExists(atPath: manifestFile.path)
        if state.steps >= set.items.count || editsLeft <= 0, wasComplete {
            let done = try make(state.record, []).summary
            Message.note("\(files.output.relativePath): all done, \(done) in \(state.steps) inputs")
            return
        }
        let editor = try make(state.record, try latestEdits(historyNeeded, in: state.rows))
        if state.steps > 0 { Message.note("going on after input \(state.steps) of \(set.items.count)") }
        try RunManifest.withdraw(manifestFile)

        // Now, so that a folder that cannot be written to is known before the first edit and not after an hour.
        if found == nil { try log.begin() } else { try log.saveProgress(state) }
        try stream(editor, &state, editsLeft: editsLeft, log, settings)
        state.metadata = try settings.values()
        state.record = editor.record
        try log.finish(state)
        try finish(state, log, editor: editor.summary, settings, cachedValues)
    }

    /// Streams the inputs that are left.
    private func stream<E: Editor>(
        _ editor: E, _ state: inout EditLog<E.Record>.State, editsLeft: Int, _ log: EditLog<E.Record>,
        _ settings: RunSettings
    ) throws {
        let everyInput = editing.compat == .official && passes.model.task.labels == nil
        let stream = EditStream(
            set.items, through: passes, errorRule: everyInput ? .everyInput : .wrongAnswer, lookahead: editing.lookahead
        )
        let snapshots = SnapshotFolder(log: files.output)
        let progress = ProgressLine("editing", total: set.items.count, unit: "inputs", done: state.steps)
        var pace = SavingPace(seconds: editing.checkpointSeconds)
        var edits = state.record.editCount
        // The end of a shorter run is none of a longer one.
        if !edits.isMultiple(of: editing.snapshotEvery) { try snapshots.remove(edits: edits) }
        func snapshot() throws {
            guard let adaptor = editor.adaptor, edits > 0 else { return }
            try snapshots.write(adaptor, edits: edits, steps: state.steps, metadata: state.metadata)
        }
        try stream.run(after: state.steps, editsLeft: editsLeft, editor: editor) { row in
            // With the first input, not before it: the digests among them take long for a large model.
            if state.metadata.isEmpty { state.metadata = try settings.values() }
            state.append(row)
            progress.advance(editor.summary)
            if row.outcome != nil {
                edits += 1
                if edits.isMultiple(of: editing.snapshotEvery) { try snapshot() }
            }
            try pace.saveIfDue {
                state.record = editor.record
                try log.saveProgress(state)
            }
        }
        if !edits.isMultiple(of: editing.snapshotEvery) { try snapshot() }
        progress.finish()
    }

    /// The latest edits of a run that goes on.
    private func latestEdits(_ count: Int, in rows: TSVTable) throws -> [EditRequest] {
        guard count > 0 else { return [] }
        let steps = try rows.records.filter { try $0.integer("error") == 1 }.suffix(count).map {
            try $0.integer("step")
        }
        let frozen = passes.withoutAnswers(steps.map { ModelInput(set.items[$0 - 1]) })
        return zip(steps, frozen).map { step, pass in
            let item = set.items[step - 1]
            return EditRequest(step: step, id: item.id, prefix: pass.prefix, label: item.label)
        }
    }

    /// Writes the record of the run.
    private func finish<Record>(
        _ state: EditLog<Record>.State, _ log: EditLog<Record>, editor: String, _ settings: RunSettings,
        _ cachedValues: CachedRecords?
    ) throws {
        var manifest = manifest
        let digests = try digests.values()
        manifest.addInput(files.model, sha256: digests.model)
        manifest.addInput(files.stream, sha256: digests.stream)
        try manifest.addOutput(log.recordFile)
        try manifest.addOutput(log.editsFile)
        manifest.settings = try settings.values()
        manifest.timings = try Timings.of(state.rows, loadSeconds: loadSeconds)
        if editing.timeGeneration {
            manifest.timings?["generate_seconds"] = try Timings.generation(
                passes.model, site: passes.site, items: set.items, maxNewTokens: editing.maxNewTokens)
        }
        if let hits = passes.hits {
            manifest.reused = ["passes": hits]
            manifest.reused?["values"] = cachedValues?.hits
        }
        CacheOption.warn(of: passes.failure ?? cachedValues?.failure)
        try manifest.finish(writingTo: manifestFile)
        Message.note("\(state.steps) inputs, \(editor); log in \(files.output.relativePath)")
    }
}
