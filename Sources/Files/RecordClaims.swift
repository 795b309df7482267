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
    /// claims for as long again: the other process may have been stopped.
    package let patience: Duration
    /// Negative where the file cannot be opened.
    private let descriptor: Int32
    private let heedsOthersFrom = Mutex(ContinuousClock.now)

    package init(_ url: URL, patience: Duration = .seconds(600)) {
        self.patience = patience
        descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        _ = lock(F_RDLCK, at: Self.presence)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Whether no other process has the file open.
    package var isAlone: Bool {
        var other = region(F_WRLCK, at: Self.presence)
        return fcntl(descriptor, Self.getLock, &other) != 0 || other.l_type == Int16(F_UNLCK)
    }

    /// Claims a record; false while another process has it.
    package func take(_ key: RecordKey) -> Bool {
        let code = lock(F_WRLCK, at: Self.place(of: key))
        return code != EACCES && code != EAGAIN || ContinuousClock.now < heedsOthersFrom.withLock { $0 }
    }

    package func release(_ keys: some Sequence<RecordKey>) {
        for key in keys { _ = lock(F_UNLCK, at: Self.place(of: key)) }
    }

    /// Waits a moment for what others are making; `waitingSince` is when something of it last came.
    package func wait(since waitingSince: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        if waitingSince.duration(to: now) >= patience { heedsOthersFrom.withLock { $0 = now + patience } }
        Thread.sleep(forTimeInterval: 0.01)
    }

    /// The bytes of keys come first, then one that every process has locked together with the others.
    private static var presence: off_t { 1 << 62 }

    /// By the first 8 bytes of the key; two keys with one place would only wait for each other.
    private static func place(of key: RecordKey) -> off_t {
        key.bytes.prefix(8).reduce(0) { $0 << 8 | off_t($1) } & (presence - 1)
    }

    /// Locks or unlocks a byte: 0, or why it could not be done.
    private func lock(_ kind: Int32, at place: off_t) -> Int32 {
        var region = region(kind, at: place)
        while fcntl(descriptor, Self.setLock, &region) != 0 {
            let code = errno
            guard code == EINTR else { return code }
        }
        return 0
    }

    private func region(_ kind: Int32, at place: off_t) -> flock {
        var region = flock()
        region.l_type = Int16(kind)
        region.l_whence = Int16(SEEK_SET)
        region.l_start = place
        region.l_len = 1
        return region
    }

    /// `F_OFD_GETLK` and `F_OFD_SETLK` of Linux, which the headers give only to those who ask for GNU's names.
    private static var getLock: Int32 { 36 }
    private static var setLock: Int32 { 37 }
}
