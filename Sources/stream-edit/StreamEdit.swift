import ArgumentParser
import Checkpoints
import Editing
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
            Writes an edit log to the output folder: edits.tsv with a row for each input, and run.json when the run is \
            complete. GRACE leaves codebook.safetensors with every key, value and radius that ever was; the other editors \
            leave editor.safetensors, their last state, and snapshots of what they changed. A run that was killed goes on \
            where it last saved its progress, to the same result; a complete one is left as it is.
            """,
        version: ToolVersion.current)

    @OptionGroup(title: "Input and output") var files: FileOptions
    @OptionGroup(title: "Editing") var editing: EditingOptions
    @OptionGroup(title: "GRACE") var grace: GRACEEditorOptions
    @OptionGroup(title: "Finetune") var finetune: FinetuneEditorOptions
    @OptionGroup(title: "MEND") var mend: MENDEditorOptions
    @OptionGroup(title: "Memory") var memory: MemoryEditorOptions
    @OptionGroup var seed: SeedOption
    @OptionGroup var cache: CacheOption
    @OptionGroup var threads: ThreadsOption
    @OptionGroup var overwrite: OverwriteOption
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        try grace.check(for: editing.editor)
        try finetune.check(for: editing.editor)
        try mend.check(for: editing.editor)
        try memory.check(for: editing.editor)
    }

    func run() throws {
        Parallel.threadCount = threads.count
        let manifest = RunManifest(seed: seed.seed)
        let digests = InputDigests(model: files.model, stream: files.stream)
        let loading = ContinuousClock.now
        let model = try ModelFolder.load(files.model)
        try edit(model, loadSeconds: (ContinuousClock.now - loading).inSeconds, digests, manifest)
    }

    private func edit(
        _ model: some EditableModel, loadSeconds: Double, _ digests: InputDigests, _ manifest: RunManifest
    ) throws {
        if !model.initialised.isEmpty {
            Message.warning(
                "\(files.model.relativePath): the checkpoint lacks \(model.initialised.joined(separator: ", ")), which "
                    + "now hold random numbers; train them with pretrain scotus --model")
        }
        let site = try editing.layer.map(model.site) ?? model.defaultSite
        let set = try TokenizedSet(contentsOf: files.stream)
        try set.checkTokenizer(of: files.model, file: files.stream)
        try StreamChecks.check(set, file: files.stream, model: model, maxNewTokens: editing.maxNewTokens)
        // What is shared is found by the model's digest, so a run with a cache waits for that.
        let cache = try cache.folder.map {
            RunCache(folder: $0, build: try Host.build(with: BLAS.library), model: try digests.values().model)
        }
        let passes = try FrozenPasses(model: model, site: site, maxNewTokens: editing.maxNewTokens, cache: cache)
        let run = EditRun(
            passes: passes, set: set, files: files, editing: editing, overwrite: overwrite.overwrite,
            loadSeconds: loadSeconds, digests: digests, manifest: manifest)
        try edit(model, site, run, cache)
    }

    /// Makes the editor, afresh or from the record of a run, and runs it.
    private func edit<Model>(_ model: Model, _ site: EditSite, _ run: EditRun<Model>, _ cache: RunCache?) throws {
        guard editing.editor != .grace else {
            let options = grace.options(editing, seed: seed.seed)
            let settings = GRACEMetadata(options: options, layer: site.path, maxNewTokens: editing.maxNewTokens)
            let fresh = CodebookHistory(keyWidth: site.keyWidth, valueWidth: site.valueWidth)
            let cached = try cache?.values(at: site, options: options)
            return try run.run(settings.values, fresh: fresh, cachedValues: cached) { record, _ in
                GRACEEditor(model: model, site: site, options: options, history: record, cached: cached)
            }
        }
        let options = editing.adaptor(seed: seed.seed)
        var settings = AdaptorSettings(
            editor: editing.editor, layer: site.path, options: options, maxNewTokens: editing.maxNewTokens
        ).values
        settings["steps"] = "\(options.steps)"
        settings["snapshot_every"] = "\(editing.snapshotEvery)"
        let fresh = AdaptorRecord()
        switch editing.editor {
        case .finetune:
            let variant = finetune.options
            try run.run(
                settings.merging(variant.values) { $1 }, fresh: fresh, historyNeeded: variant.historyNeeded
            ) { record, edits in
                try FinetuneEditor(
                    model: model, site: site, options: options, variant: variant, record: record, edits: edits)
            }
        case .mend:
            let variant = mend.options
            try run.run(settings.merging(variant.values) { $1 }, fresh: fresh, historyNeeded: .max) { record, edits in
                try MENDEditor(
                    model: model, site: site, options: options, variant: variant, record: record, edits: edits)
            }
        case .defer:
            try run.run(settings, fresh: fresh) { record, _ in
                try DeferEditor(model: model, site: site, options: options, record: record)
            }
        case .memory:
            let size = memory.memorySize
            try run.run(settings.merging(["memory_size": "\(size)"]) { $1 }, fresh: fresh) { record, _ in
                try MemoryEditor(model: model, site: site, options: options, size: size, record: record)
            }
        case .grace: break
        }
    }
}
