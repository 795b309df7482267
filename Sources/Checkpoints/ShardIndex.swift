import Files
import Foundation
import Tensors

/// A `*.index.json` file: which of several weight files each tensor is in.
struct ShardIndex {
    let url: URL
    /// File names by tensor name.
    let files: [String: String]

    static let sizeLimit = 100 << 20

    /// - Throws: `FilesError`; `CheckpointError.badIndex` for anything but `{"weight_map": {name: file}}` with files
    ///   in the same folder.
    init(_ url: URL) throws {
        let data = try InputFile.contents(of: url, limit: Self.sizeLimit)
        let path = url.path
        func bad(_ field: String, _ expected: String, _ found: String) -> CheckpointError {
            .badIndex(path: path, field: field, expected: expected, found: found)
        }
        let document: JSONValue
        do throws(JSONSyntaxError) {
            document = try JSONParser.parse(data)
        } catch {
            switch error {
            case .syntax(let reason, let offset): throw bad("byte \(offset)", "JSON", reason)
            case .duplicateName(let name): throw bad(name, "one such name", "two")
            }
        }
        guard case .object(let members) = document else { throw bad("the file", "an object", document.kind) }
        guard let map = members.first(where: { $0.name == "weight_map" })?.value else {
            throw bad("weight_map", "an object", "nothing")
        }
        guard case .object(let entries) = map else { throw bad("weight_map", "an object", map.kind) }
        var files: [String: String] = [:]
        for entry in entries {
            guard let file = entry.value.string else {
                throw bad("weight_map.\(entry.name)", "a file name", entry.value.kind)
            }
            guard !file.isEmpty, !file.contains("/"), file != ".", file != ".." else {
                throw bad("weight_map.\(entry.name)", "the name of a file in the same folder", file)
            }
            files[entry.name] = file
        }
        self.url = url
        self.files = files
    }

    /// Opens every file named, each once, and checks that it has what the index says.
    func open<Source: TensorSource>(_ open: (URL) throws -> Source) throws -> [String: Source] {
        let folder = url.deletingLastPathComponent()
        var sources: [String: Source] = [:]
        for file in Set(files.values).sorted() {
            do {
                sources[file] = try open(folder.appendingPathComponent(file))
            } catch FilesError.missing {
                throw CheckpointError.missingShard(path: url.path, shard: file)
            }
        }
        for (name, file) in files.sorted(by: { $0.key < $1.key }) {
            guard sources[file]?.contains(name) == true else {
                throw CheckpointError.missingInShard(path: url.path, name: name, shard: file)
            }
        }
        return sources
    }
}
