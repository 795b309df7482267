import ArgumentParser
import Datasets
import Foundation
import ToolSupport

/// `prepare-data facts`
struct PrepareFacts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "facts",
        abstract: "Make files in the published layouts from facts and question templates.",
        discussion: """
            Writes zsre.jsonl (De Cao's layout) from the facts of the set edit and nq.json (MEND's layout) from those \
            of the set upstream, for the commands zsre and nq to read, and names.txt, all subjects and answers in \
            alphabetical order, for pretrain --text. The facts are a table with the columns set, \
            relation, subject and answer, the templates one with relation and template, {} standing for the subject.
            """)

    @Option(help: ArgumentHelp("The table of facts.", valueName: "file"))
    var facts = URL(fileURLWithPath: "data/facts.tsv")

    @Option(help: ArgumentHelp("The table of question templates.", valueName: "file"))
    var questions = URL(fileURLWithPath: "data/questions.tsv")

    @OptionGroup var destination: OutputFolderOption

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Phrasings of each upstream fact, drawn by seed; edit facts get all there are.", valueName: "count"))
    var phrasings = 10

    @OptionGroup var seeding: SeedOption
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        try atLeast(1, phrasings, "--phrasings")
    }

    func run() throws {
        var manifest = RunManifest(seed: seeding.seed)
        try manifest.addInput(facts)
        try manifest.addInput(questions)
        let table = try FactTable(facts: facts, questions: questions, phrasings: phrasings)
        let record = destination.output.appendingPathComponent("run-facts.json")
        try RunManifest.withdraw(record)
        let zsre = destination.output.appendingPathComponent("zsre.jsonl")
        let nq = destination.output.appendingPathComponent("nq.json")
        let edits = try table.writeZsRE(to: zsre, seed: seeding.seed)
        let upstream = try table.writeNQ(to: nq, seed: seeding.seed, phrasings: phrasings)
        let names = destination.output.appendingPathComponent("names.txt")
        let nameCount = try table.writeNames(to: names)
        Message.note("\(zsre.relativePath): \(edits) questions")
        Message.note("\(nq.relativePath): \(upstream) questions")
        try manifest.addOutput(zsre)
        try manifest.addOutput(nq)
        try manifest.addOutput(names)
        Message.note("\(names.relativePath): \(nameCount) names")
        manifest.settings = [
            "phrasings": String(phrasings), "facts": String(table.facts.count),
            "relations": String(table.templates.count), "zsre_questions": String(edits),
            "nq_questions": String(upstream), "names": String(nameCount),
        ]
        try manifest.finish(writingTo: record)
    }
}
