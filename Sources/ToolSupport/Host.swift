import Files
import Foundation

/// Facts about the machine and the process that matter to a measured run.
package enum Host {
    /// The number of processor cores in use.
    package static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// The processor's name for people, for example `AMD EPYC 9B14`, where the system tells it.
    package static var processor: String {
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return "unknown" }
        for line in text.split(separator: "\n") where line.hasPrefix("model name") {
            if let name = line.split(separator: ":", maxSplits: 1).dropFirst().first {
                return name.trimmingCharacters(in: .whitespaces)
            }
        }
        return "unknown"
    }

    /// The name and release of the system, for example `Debian GNU/Linux 12 (bookworm)`.
    package static var system: String { ProcessInfo.processInfo.operatingSystemVersionString }

    /// What tells this build of this program, on this kind of processor, from every other: results of another may differ
    /// in their last bits.
    ///
    /// - Parameter library: the file of a library that computes results too, if there is one.
    /// - Throws: `FilesError` when the program's own file or the library's cannot be read.
    package static func build(with library: String?) throws -> String {
        let kernels = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] ?? ""
        let files = ["/proc/self/exe"] + [library].compactMap { $0 }
        let digests = try files.map { try Digest.sha256(of: URL(fileURLWithPath: $0)) }
        return (digests + [processor, kernels]).joined(separator: "\n")
    }

    /// The most memory the process has held so far, in bytes.
    package static var peakMemory: Int {
        var usage = rusage()
        guard getrusage(Int32(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return usage.ru_maxrss * 1024  // Linux counts in KiB.
    }
}
