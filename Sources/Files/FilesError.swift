/// What can go wrong between this program and the disk: one line that says what, where and what to do.
package enum FilesError: Error, Equatable, CustomStringConvertible, Sendable {
    case missing(path: String)
    case unreadable(path: String, reason: String)
    /// A folder where a file is expected.
    case folder(path: String)
    case unwritable(path: String, reason: String)
    /// A folder that another run works in.
    case inUse(path: String)
    /// `needed` and `free` are bytes; `free` is nil where the system does not tell.
    case noSpace(path: String, needed: Int, free: Int?)
    case invalidText(path: String, line: Int)
    case longLine(path: String, line: Int, limit: Int)
    /// A plain file larger than the caller is ready to hold in memory.
    case tooLarge(path: String, limit: Int)
    case corruptArchive(path: String, member: String?, reason: String)
    /// A member whose path would lead out of the folder it is unpacked to.
    case escapingMember(path: String, member: String)
    /// A member that unpacks to more than `limit` bytes.
    case swellingMember(path: String, member: String, limit: Int)
    case memberSize(path: String, member: String, expected: Int, found: Int)
    case unknownMember(path: String, member: String, present: [String])
    case severalMembers(path: String, present: [String])
    case noMembers(path: String)
    /// A store of records that has reached its most bytes.
    case recordsFull(path: String, limit: Int)
    /// A file that is no store of records.
    case notRecords(path: String)
    /// A member was named, but the file is no archive.
    case notAnArchive(path: String, member: String)

    package var description: String {
        switch self {
        case .missing(let path):
            "\(path): no such file; check the path"
        case .unreadable(let path, let reason):
            "\(path): cannot be read: \(reason)"
        case .folder(let path):
            "\(path): is a folder, expected a file"
        case .unwritable(let path, let reason):
            "\(path): cannot be written: \(reason)"
        case .inUse(let path):
            "\(path): another run works in this folder; wait for its end, or name another folder"
        case .noSpace(let path, let needed, let free):
            "\(path): no space left on the disk: needs at least \(Self.size(needed))"
                + (free.map { ", \(Self.size($0)) are free" } ?? "") + "; free some space and run again"
        case .invalidText(let path, let line):
            "\(path): line \(line): invalid UTF-8; convert the file with iconv -t UTF-8"
        case .longLine(let path, let line, let limit):
            "\(path): line \(line): longer than \(Self.size(limit)); expected one record a line"
        case .tooLarge(let path, let limit):
            "\(path): larger than the \(Self.size(limit)) expected at most"
        case .corruptArchive(let path, let member, let reason):
            "\(path): \(member.map { "member \($0): " } ?? "")damaged: \(reason); download or pack it again"
        case .escapingMember(let path, let member):
            "\(path): member \(member): its path leads out of the archive; refused, pack it with relative paths"
        case .swellingMember(let path, let member, let limit):
            "\(path): member \(member): unpacks to more than \(Self.size(limit)); refused, unpack it by hand "
                + "if it can be trusted"
        case .memberSize(let path, let member, let expected, let found):
            "\(path): member \(member): expected \(expected) bytes, found \(found); download or write the file again"
        case .unknownMember(let path, let member, let present):
            "\(path): has no member \(member); it has \(Self.list(present))"
        case .severalMembers(let path, let present):
            "\(path): has several members, name one of: \(Self.list(present))"
        case .noMembers(let path):
            "\(path): the archive is empty, expected a data file in it"
        case .recordsFull(let path, let limit):
            "\(path): has reached its limit of \(Self.size(limit)), so nothing is added; delete the folder to begin anew"
        case .notRecords(let path):
            "\(path): not a file of cached records; remove it, or name another cache folder"
        case .notAnArchive(let path, let member):
            "\(path): is no archive, so it has no member \(member); leave the member's name out"
        }
    }

    /// Bytes for people, for example `1.5 GiB`.
    static func size(_ bytes: Int) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var value = bytes
        var unit = 0
        var rest = 0
        while value >= 1024, unit < units.count - 1 {
            rest = value % 1024
            value /= 1024
            unit += 1
        }
        let tenth = rest * 10 / 1024
        return tenth > 0 ? "\(value).\(tenth) \(units[unit])" : "\(value) \(units[unit])"
    }

    private static func list(_ names: [String]) -> String {
        if names.isEmpty { return "none" }
        let shown = names.prefix(20).joined(separator: ", ")
        return names.count > 20 ? shown + " and \(names.count - 20) more" : shown
    }
}
