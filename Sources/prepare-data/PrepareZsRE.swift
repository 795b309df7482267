import ArgumentParser
import Datasets
import Foundation
import ToolSupport

extension EditSplit.Preset: ExpressibleByArgument {}

/// `prepare-data zsre`
struct PrepareZsRE: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zsre",
        abstract: "Make a stream of edits, and a holdout, from zsRE questions.",
        discussion: """
            Reads the JSONL of De Cao et al. and MEND (input, output, filtered_rephrases) and the JSON of MEND's \
            evaluation rows (src, answers, rephrase). Writes edits.jsonl in stream order and, for the split \
            generalization, holdout.jsonl; with --tokenizer the same as edits.safetensors and holdout.safetensors.

            The splits take the first questions that have enough rephrasings; each rephrasing is an edit:
              main              200 questions,  5 rephrasings:  1,000 edits
              generalization  1,000 questions, 10 rephrasings:  5,000 edits, 5,000 held out
              long            2,000 questions,  5 rephrasings: 10,000 edits

            In the split generalization, which rephrasings of a question are held out is drawn by seed. A rephrasing \
            that is equal to its question or to another rephrasing of it does not count.
            """)

    @OptionGroup var source: InputOptions
    @OptionGroup var destination: OutputFolderOption

    @Option(help: "Which split of the paper to make.")
    var split = EditSplit.Preset.main

    // A negative count is to be refused for what it is, and not as an unknown option: hence unconditional.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Questions to use, instead of the split's number.", valueName: "count"))
    var questions: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Rephrasings to use of each question, held-out ones included.", valueName: "count"))
    var rephrasings: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Rephrasings that a question must have to be used.", valueName: "count"))
    var minimumRephrasings: Int?

    @Flag(inversion: .prefixedNo, help: "Put the edits into an order drawn by seed.")
    var shuffle = true

    @OptionGroup var tokens: TokenizerOptions
    @OptionGroup var seeding: SeedOption
    @OptionGroup var messages: MessageOptions

    private var editSplit: EditSplit {
        EditSplit(split, questions: questions, rephrasings: rephrasings, minimumRephrasings: minimumRephrasings)
    }

    func validate() throws {
        if let problem = editSplit.problem { throw ValidationError(problem) }
    }

    func run() throws {
        var writer = try QuestionSetWriter(
            kind: "zsre", folder: destination.output, source: source, tokens: tokens, seed: seeding.seed)
        let questions = try ZsREQuestion.read(from: source.input, member: source.member)
        let plan = editSplit
        let sets = try plan.select(
            from: questions, seed: seeding.seed, shuffle: shuffle, file: source.input.relativePath)
        report(sets, of: questions, plan: plan)
        record(sets, of: questions, plan: plan, in: &writer)
        try writer.write(sets.edits, as: "edits")
        if plan.holdsOut {
            try writer.write(sets.holdout, as: "holdout")
        } else {
            try writer.sets.removeEarlier("holdout")
        }
        try writer.sets.finish()
    }

    private func report(_ sets: EditSets, of questions: [ZsREQuestion], plan: EditSplit) {
        Message.note(
            "\(questions.count) questions in \(source.input.relativePath), \(sets.eligible) with at least"
                + " \(plan.minimumRephrasings) rephrasings, \(sets.used) used")
        if sets.used < plan.questions {
            Message.warning(
                "\(plan.questions) questions were asked for, but only \(sets.used) have at least"
                    + " \(plan.minimumRephrasings) rephrasings")
        }
        if sets.overlapping > 0 {
            Message.note(
                "left out of the holdout because another question has the same text among the edits:"
                    + " \(sets.overlapping)")
        }
    }

    private func record(
        _ sets: EditSets, of questions: [ZsREQuestion], plan: EditSplit, in writer: inout QuestionSetWriter
    ) {
        writer.sets.metadata["split"] = split.rawValue
        writer.sets.metadata["shuffled"] = String(shuffle)
        writer.sets.settings["questions"] = String(plan.questions)
        writer.sets.settings["rephrasings"] = String(plan.rephrasings)
        writer.sets.settings["minimum_rephrasings"] = String(plan.minimumRephrasings)
        writer.sets.settings["questions_read"] = String(questions.count)
        writer.sets.settings["questions_eligible"] = String(sets.eligible)
        writer.sets.settings["questions_used"] = String(sets.used)
        writer.sets.settings["rephrasings_dropped"] = String(questions.reduce(0) { $0 + $1.dropped })
        writer.sets.settings["holdout_overlapping"] = String(sets.overlapping)
    }
}
