import Dispatch

/// A value that is made on a thread of its own while the caller goes on.
///
/// For work that takes long, needs nothing of what happens meanwhile, and whose result is wanted only later: the digest of
/// a large file.
package final class Background<Value: Sendable>: @unchecked Sendable {
    private let group = DispatchGroup()
    /// Written once, before the group is left; read after waiting for it.
    private var result: Result<Value, any Error>?

    package init(_ make: @escaping @Sendable () throws -> Value) {
        DispatchQueue.global().async(group: group) { self.result = Result(catching: make) }
    }

    /// The value, as soon as it is there.
    /// - Throws: what making it threw, each time.
    package func value() throws -> Value {
        group.wait()
        guard let result else { preconditionFailure("the work has left no result") }
        return try result.get()
    }
}
