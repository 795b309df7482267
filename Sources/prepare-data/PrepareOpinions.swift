import ArgumentParser
import Datasets
import Foundation
import ToolSupport

/// `prepare-data opinions`
struct PrepareOpinions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "opinions",
        abstract: "Write court opinions by issue area and year, in a published layout, from embedded vocabulary.",
        discussion: """
            Writes train.jsonl, val.jsonl and test.jsonl in FairLex's layout (text, label as an index of scdb14), with \
            the year, for the command scotus to read. Training and validation opinions are of 1946 to 1982, test \
            opinions of 1991 to 2016, as the paper splits the real ones; each file is in court order. The vocabulary \
            is a folder with terms.tsv (area, from, until, term), sentences.tsv (part, from, until, text) and \
            docket.tsv (area, year, weight).
            """)

    @Option(help: ArgumentHelp("The folder with the vocabulary.", valueName: "folder"))
    var vocabulary = URL(fileURLWithPath: "data/opinions")

    @OptionGroup var destination: OutputFolderOption

    @Option(parsing: .unconditional, help: ArgumentHelp("Opinions to train on.", valueName: "count"))
    var trainingCount = 2_400

    @Option(parsing: .unconditional, help: ArgumentHelp("Opinions of the same years to score on.", valueName: "count"))
    var validationCount = 300

    @Option(parsing: .unconditional, help: ArgumentHelp("Opinions to stream.", valueName: "count"))
    var testCount = 400

    @OptionGroup var seeding: SeedOption
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        for (option, count) in [
            ("--training-count", trainingCount), ("--validation-count", validationCount), ("--test-count", testCount),
        ] {
            try atLeast(1, count, option)
            if count > 1_000_000 { throw ValidationError("\(option) must be at most 1000000, found \(count)") }
        }
    }

    func run() throws {
        var manifest = RunManifest(seed: seeding.seed)
        for name in OpinionVocabulary.files { try manifest.addInput(vocabulary.appendingPathComponent(name)) }
        let generator = OpinionGenerator(try OpinionVocabulary(folder: vocabulary), seed: seeding.seed)
        let record = destination.output.appendingPathComponent("run-opinions.json")
        try RunManifest.withdraw(record)
        for (name, count, years) in [
            ("train", trainingCount, 1946...1982), ("val", validationCount, 1946...1982),
            ("test", testCount, 1991...2016),
        ] {
            let file = destination.output.appendingPathComponent("\(name).jsonl")
            try OpinionGenerator.write(generator.opinions(count, split: name, years: years), to: file)
            try manifest.addOutput(file)
            Message.note("\(file.relativePath): \(count) opinions of \(years.lowerBound) to \(years.upperBound)")
        }
        manifest.settings = [
            "training_count": "\(trainingCount)", "validation_count": "\(validationCount)",
            "test_count": "\(testCount)",
        ]
        try manifest.finish(writingTo: record)
    }
}
