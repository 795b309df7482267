import ArgumentParser
import Datasets
import Foundation
import ToolSupport

/// `prepare-data nq`
struct PrepareNQ: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nq",
        abstract: "Make the upstream set, which editing must not harm, from Natural Questions.",
        discussion: """
            Reads MEND's JSON ({"questions": [...], "answers": [...]}, optionally "groups") and the JSONL of NQ-open \
            (question, answer). Writes upstream.jsonl and, with --tokenizer, upstream.safetensors, in the order of \
            the file.
            """)

    @OptionGroup var source: InputOptions
    @OptionGroup var destination: OutputFolderOption

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Questions to draw by seed, without replacement. (default: 1000)", valueName: "count"))
    var count: Int?

    @Flag(help: "Take every question.")
    var all = false

    @Option(help: "The name of the set, and of its files.")
    var name = Self.defaultName

    @OptionGroup var tokens: TokenizerOptions
    @OptionGroup var seeding: SeedOption
    @OptionGroup var messages: MessageOptions

    private static let defaultName = "upstream"
    /// The paper samples 1,000 pairs (Appendix B).
    private static let defaultCount = 1_000

    func validate() throws {
        if let count {
            if all { throw ValidationError("--all and --count exclude each other") }
            try atLeast(1, count, "--count")
        }
        let allowed = name.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
        if name.isEmpty || name.hasPrefix(".") || !allowed {
            throw ValidationError("--name must be of letters, digits, - and _, found \"\(name)\"")
        }
    }

    func run() throws {
        // A set of another name has its own record, so that several fit into one folder.
        let kind = name == Self.defaultName ? "nq" : "nq-\(name)"
        var writer = try QuestionSetWriter(
            kind: kind, folder: destination.output, source: source, tokens: tokens, seed: seeding.seed)
        let records = try NaturalQuestions.read(from: source.input, member: source.member)
        let wanted = all ? records.count : count ?? Self.defaultCount
        let sample = NaturalQuestions.sample(records, count: wanted, seed: seeding.seed)
        Message.note("\(records.count) questions in \(source.input.relativePath), \(sample.count) used")
        if sample.count < wanted {
            Message.warning("\(wanted) questions were asked for, but there are only \(sample.count)")
        }
        writer.sets.metadata["split"] = all ? "all" : "sample"
        writer.sets.settings["count"] = String(wanted)
        writer.sets.settings["questions_read"] = String(records.count)
        writer.sets.settings["questions_used"] = String(sample.count)
        try writer.write(sample, as: name)
        try writer.sets.finish()
    }
}
