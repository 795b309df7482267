import ArgumentParser
import Datasets
import Files
import Foundation
import Tables
import ToolSupport

/// `prepare-data scotus`
struct PrepareScotus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scotus",
        abstract: "Make sets for training, keeping and editing from court opinions with issue areas.",
        discussion: """
            Reads FairLex's scotus.zip (train.jsonl, val.jsonl and test.jsonl with text and label), LexGLUE's \
            scotus.tar.gz (one file with text, issueArea and data_type), and the same as a folder, as a plain file or \
            as CSV. A label is the name of a class or a number: the index from 0 in the list --labels, in the field \
            issueArea the code from 1 of the Supreme Court Database.

            Writes training.jsonl and upstream.jsonl, their labels merged, edits.jsonl, the test split with its own \
            labels in court order (by year where every document has one, else as in the file), labels.json, the names \
            of all classes of the list, and labels.tsv, how many documents each has; with --tokenizer also \
            upstream.safetensors and edits.safetensors. Upstream is the validation split, or where there is none a \
            tenth of the training split, which is then not trained on.
            """)

    @Option(
        name: [.short, .long], help: ArgumentHelp("The file, archive or folder to read.", valueName: "path"))
    var input: URL

    @Option(
        help: ArgumentHelp("The member of an archive to read, all splits in it.", valueName: "name"))
    var member: String?

    @OptionGroup var destination: OutputFolderOption

    @Option(
        help: ArgumentHelp(
            "Which classes the labels stand for: scdb14 (all issue areas), lexglue13, fairlex11 (those that FairLex's "
                + "loader names), or a file with the names, one a line or as a JSON array. An index means another "
                + "class in each, so there is no default.", valueName: "list"))
    var labels: LabelSource

    @Option(
        help: ArgumentHelp(
            "Classes that become another one in training and upstream documents; may be given more than once. Default: "
                + LabelMerge.paper.map { "\"\($0.text)\"" }.joined(separator: " and ") + ", as in the paper.",
            valueName: "A,B=C"))
    var merge: [LabelMerge] = []

    @Flag(help: "Merge no classes.")
    var noMerge = false

    @Option(
        help: ArgumentHelp("The field of the class. (default: label, else issueArea)", valueName: "name"))
    var labelField: String?

    @Option(
        help: ArgumentHelp("The field of the split, in a file that has all of them.", valueName: "name"))
    var splitField = "data_type"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Training documents to draw by seed. (default: all)", valueName: "count"))
    var trainingCount: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Upstream documents to draw by seed. (default: all)", valueName: "count"))
    var upstreamCount: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Documents of the stream to draw by seed; their order stays. (default: all)", valueName: "count"))
    var editCount: Int?

    @OptionGroup var tokens: DocumentTokenizerOptions
    @OptionGroup var seeding: SeedOption
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        if noMerge && !merge.isEmpty { throw ValidationError("--merge and --no-merge exclude each other") }
        for (option, count) in [
            ("--training-count", trainingCount), ("--upstream-count", upstreamCount), ("--edit-count", editCount),
        ] {
            if let count { try atLeast(1, count, option) }
        }
    }

    func run() throws {
        try InputFile.spool(input)
        if case .file(let file) = labels { try InputFile.spool(file) }
        let list = try labels.list()
        let merges = noMerge ? [] : merge.isEmpty ? LabelMerge.paper : merge
        var plan = DocumentPlan(merger: try LabelMerger(merges, labels: list))
        (plan.trainingCount, plan.upstreamCount, plan.editCount) = (trainingCount, upstreamCount, editCount)
        var reader = DocumentReader(labels: list)
        (reader.labelField, reader.splitField) = (labelField, splitField)
        let source = try DocumentSource(input, member: member)
        var writer = try DocumentSetWriter(
            folder: destination.output, labels: list, source: source, input: input, member: member, tokens: tokens,
            seed: seeding.seed)
        if case .file(let file) = labels { try writer.sets.addInput(file, sha256: Digest.sha256(of: file)) }
        let splits = try reader.read(source)
        let sets = plan.sets(from: splits, seed: seeding.seed)
        guard !sets.upstream.isEmpty else {
            throw DatasetError.missingSplit(
                DataLocation(file: input.relativePath), split: "validation", present: ["one training document"])
        }
        report(sets, of: splits)
        writer.sets.settings = [
            "labels": list.name, "merge": merges.isEmpty ? "none" : merges.map(\.text).joined(separator: "; "),
            "classes": String(list.names.count), "label_field": labelField ?? "default", "split_field": splitField,
            "training_count": trainingCount.map { "\($0)" } ?? "all",
            "upstream_count": upstreamCount.map { "\($0)" } ?? "all",
            "edit_count": editCount.map { "\($0)" } ?? "all", "edits_by_year": String(sets.isOrderedByYear),
            "upstream_from": sets.upstreamIsShare ? "train" : "validation",
        ]
        try writer.write(sets)
    }

    private func report(_ sets: DocumentPlan.Sets, of splits: DocumentReader.Splits) {
        let counts = DocumentSource.Split.allCases.map { "\(splits[$0]?.count ?? 0) \($0.rawValue)" }
        Message.note("\(input.relativePath): \(counts.joined(separator: ", ")) documents")
        if sets.upstreamIsShare {
            Message.note("there is no validation split, so upstream documents are drawn from train, and not trained on")
        }
        Message.note(
            "the edits stand in the order of their "
                + (sets.isOrderedByYear ? "years" : "file, since not every document has a year"))
        for (name, wanted, found) in [
            ("training", trainingCount, sets.training), ("upstream", upstreamCount, sets.upstream),
            ("edits", editCount, sets.edits),
        ] {
            if let wanted, found.count < wanted {
                Message.warning("\(wanted) documents were asked for \(name), but there are only \(found.count)")
            }
        }
    }
}

/// Where the list of classes comes from.
enum LabelSource: ExpressibleByArgument {
    case preset(LabelList.Preset)
    case file(URL)

    init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        self = LabelList.Preset(rawValue: argument).map { .preset($0) } ?? .file(URL(fileURLWithPath: argument))
    }

    func list() throws -> LabelList {
        switch self {
        case .preset(let preset): try LabelList(preset)
        case .file(let file): try LabelList(contentsOf: file)
        }
    }
}

extension LabelMerge: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
