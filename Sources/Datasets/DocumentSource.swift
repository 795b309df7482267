import Files
import Foundation

/// The files that labelled documents of a data set are in: one file for each split, or one for all.
///
/// FairLex publishes train.jsonl, val.jsonl and test.jsonl in a zip, LexGLUE one scotus.jsonl, whose `data_type` says
/// the split, in a tar.gz; either may be unpacked, and files may be CSV.
package struct DocumentSource: Equatable, Sendable {
    package enum Split: String, CaseIterable, Sendable {
        case train, validation, test

        /// A split by any name that it goes by.
        init?(name: String) {
            switch name.lowercased() {
            case "train", "training": self = .train
            case "val", "valid", "validation", "dev": self = .validation
            case "test": self = .test
            default: return nil
            }
        }

        static let names = "train, training, val, valid, validation, dev or test"
    }

    package struct File: Equatable, Sendable {
        package let url: URL
        package let member: String?
        /// The split of all its rows; nil where each row says its own.
        package let split: Split?
    }

    package let files: [File]

    /// Looks into a folder or an archive for files that are called after splits; a plain file, an archive without them
    /// and a `member` stand for all splits.
    /// - Throws: `DatasetError.missingSplit` when there is a split but not both of train and test,
    ///   `DatasetError.duplicateSplit`, `FilesError`.
    package init(_ url: URL, member: String? = nil) throws {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue {
            if let member { throw FilesError.notAnArchive(path: url.path, member: member) }
            let names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
            let found = try Self.splits(names, of: url)
            guard !found.isEmpty else { throw Self.missing(.train, url, names) }
            files = found.map { File(url: url.appendingPathComponent($0.name), member: nil, split: $0.split) }
            return
        }
        let members = try member == nil ? Self.members(of: url) : []
        let found = try Self.splits(members, of: url)
        files =
            found.isEmpty
            ? [File(url: url, member: member, split: nil)]
            : found.map { File(url: url, member: $0.name, split: $0.split) }
    }

    /// The names of an archive's members; none for a file that is no archive.
    private static func members(of url: URL) throws -> [String] {
        do {
            return try Archive.members(of: url).map(\.name)
        } catch FilesError.notAnArchive {
            return []
        }
    }

    /// The data files that are called after a split.
    private static func splits(_ names: [String], of url: URL) throws -> [(name: String, split: Split)] {
        var found: [(name: String, split: Split)] = []
        for name in names {
            let last = name.split(separator: "/").last.map(String.init) ?? name
            let parts = last.split(separator: ".", maxSplits: 1).map(String.init)
            guard parts.count == 2, endings.contains(parts[1].lowercased()), let split = Split(name: parts[0]) else {
                continue
            }
            if let other = found.first(where: { $0.split == split }) {
                throw DatasetError.duplicateSplit(
                    DataLocation(file: url.relativePath), split: split.rawValue, files: [other.name, name])
            }
            found.append((name, split))
        }
        for needed in [Split.train, .test] where !found.isEmpty && !found.contains(where: { $0.split == needed }) {
            throw missing(needed, url, names)
        }
        return found
    }

    private static func missing(_ split: Split, _ url: URL, _ present: [String]) -> DatasetError {
        .missingSplit(DataLocation(file: url.relativePath), split: split.rawValue, present: present)
    }

    private static let endings = Set(
        ["jsonl", "json", "csv"].flatMap { kind in [kind] + ["gz", "bz2", "xz", "zst"].map { "\(kind).\($0)" } })
}
