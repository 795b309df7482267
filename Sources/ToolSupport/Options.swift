import ArgumentParser
import Files
import Foundation

/// `--quiet` and `--verbose`.
package struct MessageOptions: ParsableArguments {
    @Flag(name: [.short, .long], help: "Print only warnings and errors.")
    package var quiet = false

    @Flag(name: [.short, .long], help: "Print details of what is done.")
    package var verbose = false

    package init() {}

    package mutating func validate() throws {
        if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other") }
        Message.level = quiet ? .warning : verbose ? .detail : .note
    }
}

/// `--seed`, which governs all randomness of a tool.
package struct SeedOption: ParsableArguments {
    @Option(parsing: .unconditional, help: "The seed of all randomness.")
    package var seed: UInt64 = 0

    package init() {}
}

/// `--threads`.
package struct ThreadsOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many threads to compute with; 0 takes one for each core.", valueName: "count"))
    package var threads = 0

    package init() {}

    /// The number of threads to use, at least 1.
    package var count: Int { threads > 0 ? threads : Host.cores }

    package func validate() throws {
        if threads < 0 || threads > 1024 {
            throw ValidationError("--threads must be from 0 to 1024, found \(threads)")
        }
    }
}

/// `--overwrite`.
package struct OverwriteOption: ParsableArguments {
    @Flag(
        help: """
            Replace what other settings left in the output folder. What the same settings left stays: a complete run is \
            done, and one that was stopped goes on.
            """)
    package var overwrite = false

    package init() {}
}

/// `--cache`, a folder of what runs over one model share.
package struct CacheOption: ParsableArguments {
    @Option(
        name: .customLong("cache"),
        help: ArgumentHelp(
            "Share what does not depend on the run, such as passes of the frozen model, with other runs through this "
                + "folder. No result depends on it, and it may be deleted at any time.", valueName: "folder"))
    package var folder: URL?

    package init() {}

    /// Says why the cache could not keep something, if so. A run does not fail for that.
    package static func warn(of failure: FilesError?) {
        if let failure { Message.warning("the cache stayed as it was: \(failure)") }
    }
}

/// `--output` for a folder that a tool fills.
package struct OutputFolderOption: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("The folder to write to.", valueName: "folder"))
    package var output: URL

    package init() {}
}

/// `--output` for one file that a tool writes.
package struct OutputFileOption: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("The file to write.", valueName: "file"))
    package var output: URL

    package init() {}
}

/// What is wrong with what a tool was asked to do.
package enum ToolError: Error, CustomStringConvertible, Sendable, Equatable {
    /// An output is already there.
    case exists(String)
    /// An output is one of the inputs.
    case isInput(String)
    /// The folder of an output holds what another tool wrote.
    case ofOtherTool(String, tool: String)

    package var description: String {
        switch self {
        case .exists(let path): return "\(path): already there; give --overwrite to replace it, or another output"
        case .isInput(let path):
            return "\(path): it is read by this run, so it cannot be its output; give another --output"
        case .ofOtherTool(let path, let tool):
            return "\(path): the folder holds what \(tool) wrote; give another --output"
        }
    }
}

/// A path on the command line.
extension URL: @retroactive ExpressibleByArgument {
    /// The file at a path, which may be relative to the working folder.
    public init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        self.init(fileURLWithPath: argument)
    }

    public var defaultValueDescription: String { relativePath }

    public static var defaultCompletionKind: CompletionKind { .file() }
}
