import Foundation

extension AtomicFile {
    /// Removes the temporary files in a folder of processes that are no more, which were killed while they wrote, or that
    /// had this one's number before it. For a folder that is locked, so that this process is not writing there yet.
    static func removeLeftovers(in folder: URL) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names {
            guard let writer = writer(ofTemporary: name) else { continue }
            guard writer == getpid() || !isRunning(writer) else { continue }
            unlink(folder.appendingPathComponent(name).path)
        }
    }

    /// Whether there is such a process; one that was killed, and whose parent has not asked for its end, is none.
    private static func isRunning(_ process: pid_t) -> Bool {
        guard kill(process, 0) == 0 || errno != ESRCH else { return false }
        // The state follows the name, which stands in parentheses and may hold any.
        let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .isoLatin1)) ?? ""
        return status.split(separator: ")").last?.hasPrefix(" Z") != true
    }

    /// The process that writes a file under such a name: `.NAME.tmp-PID`, or `.NAME.tmp-PID-N`.
    private static func writer(ofTemporary name: String) -> pid_t? {
        guard let match = name.wholeMatch(of: /\..+\.tmp-([0-9]+)(-[0-9]+)?/), let id = pid_t(match.1), id > 0 else {
            return nil
        }
        return id
    }
}
