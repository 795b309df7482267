import Foundation

extension AtomicFile {
    /// Where the content of a file being written goes; small pieces are collected before they reach the disk.
    package final class Handle {
        private let descriptor: Int32
        private let url: URL
        private let expecting: Int?
        private var pending: [UInt8] = []
        /// Bytes handed over so far.
        package private(set) var count = 0

        private static let capacity = 1 << 18

        /// - Parameter descriptor: an open file, which stays open; `url` is what errors name.
        package init(descriptor: Int32, url: URL, expecting: Int? = nil) {
            self.descriptor = descriptor
            self.url = url
            self.expecting = expecting
            pending.reserveCapacity(Self.capacity)
        }

        /// Writes text as UTF-8.
        package func write(_ string: String) throws {
            var string = string
            try string.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
        }

        package func write(_ data: Data) throws {
            try data.withUnsafeBytes { try write($0) }
        }

        package func write(_ raw: UnsafeRawBufferPointer) throws {
            count += raw.count
            if pending.count + raw.count > Self.capacity { try flush() }
            if raw.count >= Self.capacity {
                try put(raw)
            } else {
                pending.append(contentsOf: raw)
            }
        }

        /// Hands everything collected to the system.
        package func flush() throws {
            try pending.withUnsafeBytes { try put($0) }
            pending.removeAll(keepingCapacity: true)
        }

        private func put(_ raw: UnsafeRawBufferPointer) throws {
            var rest = raw[...]
            while !rest.isEmpty {
                let piece = UnsafeRawBufferPointer(rebasing: rest)
                let written = Foundation.write(descriptor, piece.baseAddress, piece.count)
                if written >= 0 {
                    rest = rest.dropFirst(written)
                } else if errno != EINTR {
                    throw failure(errno)
                }
            }
        }

        /// What a failed system call on this file means.
        func failure(_ code: Int32) -> FilesError {
            guard code == ENOSPC || code == EDQUOT else {
                return .unwritable(path: url.path, reason: SystemMessage.text(code))
            }
            return .noSpace(path: url.path, needed: max(expecting ?? 0, count), free: freeSpace())
        }

        private func freeSpace() -> Int? {
            var status = statvfs()
            guard fstatvfs(descriptor, &status) == 0, status.f_blocks > 0 else { return nil }
            return Int(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
        }
    }
}
