import ArgumentParser
import Foundation
import ToolSupport

/// `--input` and `--member`.
struct InputOptions: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("The file to read.", valueName: "file"))
    var input: URL

    @Option(
        help: ArgumentHelp(
            "The member to read of an archive that has several.", valueName: "name"))
    var member: String?
}

/// `--tokenizer` and the lengths that inputs and labels are cut to.
struct TokenizerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write token ids too, by the spiece.model (or tokenizer.json) in this folder of a T5.", valueName: "folder")
    )
    var tokenizer: URL?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Tokens of an input at most, </s> included; longer ones are cut.", valueName: "tokens"))
    var maxLength = Self.usualLength

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Tokens of a label at most, </s> included; longer ones are cut.", valueName: "tokens"))
    var maxLabelLength = Self.usualLength

    /// What the published code cuts to.
    private static let usualLength = 20

    func validate() throws {
        // One token would be the end token alone.
        try atLeast(2, maxLength, "--max-length")
        try atLeast(2, maxLabelLength, "--max-label-length")
        for (option, length) in [("--max-length", maxLength), ("--max-label-length", maxLabelLength)]
        where tokenizer == nil && length != Self.usualLength {
            throw ValidationError("\(option) goes with --tokenizer")
        }
    }
}

/// Refuses a count below `least`.
func atLeast(_ least: Int, _ value: Int, _ option: String) throws {
    if value < least {
        throw ValidationError("\(option) must be at least \(least), found \(value)")
    }
}
