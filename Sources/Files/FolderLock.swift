import Foundation

/// Keeps a second run out of a folder. The lock is on the folder itself (`flock`), so it ends with the process, whatever ends
/// it, and leaves nothing behind. Where the file system knows no locks there is none.
package struct FolderLock {
    private let descriptor: Int32

    /// Locks a folder until `release`, and makes it where it is missing. What killed runs left of files that they were
    /// writing there, or in the folders of those names in it, is then removed; not where there are no locks.
    /// - Throws: `FilesError.inUse` when another run has it, and what making a folder throws.
    package init(_ folder: URL, with subfolders: [String] = []) throws {
        try AtomicFile.makeFolder(folder, for: folder)
        descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw FilesError.unwritable(path: folder.path, reason: SystemMessage.text(errno))
        }
        guard access(folder.path, W_OK) == 0 else {
            let reason = SystemMessage.text(errno)
            close(descriptor)
            throw FilesError.unwritable(path: folder.path, reason: reason)
        }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK:
                close(descriptor)
                throw FilesError.inUse(path: folder.path)
            default: return
            }
        }
        for folder in [folder] + subfolders.map({ folder.appendingPathComponent($0) }) {
            AtomicFile.removeLeftovers(in: folder)
        }
    }

    package func release() { close(descriptor) }
}
