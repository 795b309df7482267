import Foundation
import Synchronization

/// Which records are being made: processes that share a store tell each other, so that none makes what another one is at.
///
/// A claim is a lock (`F_OFD_SETLK`) on one byte of an empty file, at a place that the record's key gives. So it ends with the
/// process, whatever ends it, and leaves nothing behind; and two that have opened the file keep each other out within one
/// process too. Where the file system knows no such locks every claim succeeds, and a record may be made twice, which does
/// no harm.
package final class RecordClaims: Sendable {
    /// How long to wait for what others are making, without any of it coming. Whoever has waited so long in vain heeds no
    /// claims from then on: the other process may have been stopped.
    package let patience: Duration
    /// Negative where the file cannot be opened.
    private let descriptor: Int32
    private let heedsOthers = Atomic(true)

    package init(_ url: URL, patience: Duration = .seconds(600)) {
        self.patience = patience
        descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Claims a record; false while another process has it.
    package func take(_ key: RecordKey) -> Bool {
        let code = set(F_WRLCK, key)
        return code != EACCES && code != EAGAIN || !heedsOthers.load(ordering: .relaxed)
    }

    package func release(_ keys: [RecordKey]) {
        for key in keys { _ = set(F_UNLCK, key) }
    }

    /// Waits a moment. Returns how much is left of `patience`; once it is used up, claims of others count no more.
    package func wait(_ patience: Duration) -> Duration {
        let moment = Duration.milliseconds(10)
        Thread.sleep(forTimeInterval: moment / .seconds(1))
        if patience <= moment { heedsOthers.store(false, ordering: .relaxed) }
        return patience - moment
    }

    /// 0, or why the lock could not be set.
    private func set(_ kind: Int32, _ key: RecordKey) -> Int32 {
        var lock = flock()
        lock.l_type = Int16(kind)
        lock.l_whence = Int16(SEEK_SET)
        // Two keys with one place would only wait for each other.
        lock.l_start = key.bytes.prefix(8).reduce(0) { $0 << 8 | off_t($1) } & (1 << 62 - 1)
        lock.l_len = 1
        while fcntl(descriptor, Self.setLock, &lock) != 0 {
            let code = errno
            guard code == EINTR else { return code }
        }
        return 0
    }

    /// `F_OFD_SETLK` of Linux, which the headers give only to those who ask for GNU's names.
    private static let setLock: Int32 = 37
}
