import Foundation

extension AtomicFile {
    /// Removes the temporary files in a folder of processes that are no more: they were killed while they wrote.
    ///
    /// Not for folders that processes elsewhere, whose numbers are not known here, write to meanwhile: see `FolderLock`.
    static func removeLeftovers(in folder: URL) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names {
            guard let writer = writer(ofTemporary: name), kill(writer, 0) != 0, errno == ESRCH else { continue }
            unlink(folder.appendingPathComponent(name).path)
        }
    }

    /// The process that writes a file under such a name: `.NAME.tmp-PID`, or `.NAME.tmp-PID-N`.
    private static func writer(ofTemporary name: String) -> pid_t? {
        guard let match = name.wholeMatch(of: /\..+\.tmp-([0-9]+)(-[0-9]+)?/), let id = pid_t(match.1), id > 0 else {
            return nil
        }
        return id
    }
}
