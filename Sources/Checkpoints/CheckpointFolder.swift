import Files
import Foundation

/// A model in a Hugging Face folder: config.json, weights in one of four layouts, tokenizer files.
package enum CheckpointFolder {
    /// The weight files looked for, in this order.
    package static let weightFiles = [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
    ]

    /// Other files that decide what a model computes.
    static let otherFiles = [
        "config.json", "generation_config.json", "spiece.model", "tokenizer.json", "tokenizer_config.json",
        "special_tokens_map.json", "added_tokens.json", "vocab.txt",
    ]

    /// Opens the folder's weights, whichever layout they are in.
    /// - Throws: `CheckpointError.noWeights` with what was looked for, or what opening the files throws.
    package static func openWeights(in folder: URL) throws -> any TensorSource {
        let url = try weights(in: folder)
        switch url.lastPathComponent {
        case "model.safetensors": return try SafetensorsFile(url)
        case "model.safetensors.index.json": return try ShardedSafetensors(url)
        case "pytorch_model.bin": return try PyTorchCheckpoint(url)
        default: return try ShardedPyTorch(url)
        }
    }

    /// Decodes `generation_config.json`; nil where there is none.
    /// - Throws: as `config`.
    package static func generationConfig<T: Decodable>(_ type: T.Type, in folder: URL) throws -> T? {
        let name = "generation_config.json"
        return exists(folder.appendingPathComponent(name)) ? try config(type, in: folder, name: name) : nil
    }

    /// Decodes `config.json`, or another file of its kind.
    /// - Throws: `FilesError`, or `CheckpointError.badConfig` with the key that is missing or of a wrong type.
    package static func config<T: Decodable>(
        _ type: T.Type, in folder: URL, name: String = "config.json"
    ) throws -> T {
        let url = folder.appendingPathComponent(name)
        let data = try InputFile.contents(of: url, limit: 16 << 20)
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch let error as DecodingError {
            throw syntaxError(in: data, path: url.path) ?? fraction(type, in: data, path: url.path)
                ?? badConfig(error, path: url.path)
        }
    }

    /// Where the text stops being JSON; Foundation only says that it does.
    private static func syntaxError(in data: Data, path: String) -> CheckpointError? {
        do throws(JSONSyntaxError) {
            _ = try JSONParser.parse(data)
            return nil
        } catch {
            guard case .syntax(let reason, let offset) = error else { return nil }
            let line = 1 + data.prefix(offset).count { $0 == UInt8(ascii: "\n") }
            return .badConfig(path: path, key: "(line \(line))", reason: "not JSON: \(reason)")
        }
    }

    /// Finds the key whose number has a fraction, or too many digits, where a whole number is expected.
    ///
    /// Foundation reports it without the key, so each such number is replaced by 0 in turn until the rest decodes.
    private static func fraction<T: Decodable>(_ type: T.Type, in data: Data, path: String) -> CheckpointError? {
        guard var values = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else { return nil }
        for key in values.keys.sorted() {
            guard let number = values[key] as? NSNumber, Int(exactly: number.doubleValue) == nil else { continue }
            values[key] = 0
            guard let changed = try? JSONSerialization.data(withJSONObject: values),
                (try? JSONDecoder().decode(type, from: changed)) != nil
            else { continue }
            return .badConfig(path: path, key: key, reason: "expected a whole number, found \(number)")
        }
        return nil
    }

    /// SHA-256 over the names and digests of the weights, the config and the tokenizer files.
    package static func digest(of folder: URL) throws -> String {
        let weights = try weights(in: folder)
        var names = [weights.lastPathComponent]
        if weights.pathExtension == "json" { names += Set(try ShardIndex(weights).files.values).sorted() }
        names += otherFiles.filter { exists(folder.appendingPathComponent($0)) }
        var lines = ""
        for name in names {
            lines += "\(try Digest.sha256(of: folder.appendingPathComponent(name)))  \(name)\n"
        }
        return Digest.sha256(Data(lines.utf8))
    }

    private static func weights(in folder: URL) throws -> URL {
        guard exists(folder) else { throw FilesError.missing(path: folder.path) }
        for name in weightFiles {
            let url = folder.appendingPathComponent(name)
            if exists(url) { return url }
        }
        throw CheckpointError.noWeights(folder: folder.path, looked: weightFiles)
    }

    private static func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

    private static func badConfig(_ error: DecodingError, path: String) -> CheckpointError {
        func key(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            let keys = context.codingPath + (last.map { [$0] } ?? [])
            return keys.isEmpty ? "(whole file)" : keys.map(\.stringValue).joined(separator: ".")
        }
        // Foundation's descriptions may have several lines and end with a period.
        func reason(_ text: String) -> String {
            let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
            return line.hasSuffix(".") ? String(line.dropLast()) : line
        }
        switch error {
        case .keyNotFound(let missing, let context):
            return .badConfig(path: path, key: key(context, missing), reason: "missing; expected by this model type")
        case .valueNotFound(let type, let context):
            return .badConfig(path: path, key: key(context), reason: "expected \(type), found null")
        case .typeMismatch(let type, let context):
            return .badConfig(
                path: path, key: key(context), reason: "expected \(type); \(reason(context.debugDescription))")
        case .dataCorrupted(let context):
            return .badConfig(path: path, key: key(context), reason: reason(context.debugDescription))
        @unknown default:
            return .badConfig(path: path, key: "(whole file)", reason: reason("\(error)"))
        }
    }
}
