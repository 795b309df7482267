import Checkpoints
import Foundation
import Tensors

/// `codebook.safetensors`: the whole history as tensors (docs/formats.md).
extension CodebookHistory: EditRecord {
    package static let fileName = "codebook"
    package static let formatName = "grace-codebook"
    package static let formatVersion = "1"

    /// Writes the history; `metadata` records the run and `steps` how many inputs had streamed in.
    package func write(to url: URL, steps: Int, metadata: [String: String]) throws {
        var writer = SafetensorsWriter(
            metadata: metadata.merging([
                "format": Self.formatName, "format_version": Self.formatVersion, "stream_steps": "\(steps)",
            ]) { $1 })
        let labelWidth = keys.map(\.label.count).max() ?? 0
        writer.add("keys", Tensor(keys.flatMap(\.key), shape: [keys.count, keyWidth]))
        writer.add("key_steps", keys.map(\.step), shape: [keys.count])
        writer.add("key_ids", keys.map(\.id), shape: [keys.count])
        writer.add(
            "key_labels",
            keys.flatMap { key in key.label.map(Int.init) + [Int](repeating: -100, count: labelWidth - key.label.count)
            },
            shape: [keys.count, labelWidth])
        writer.add(
            "values",
            values.isEmpty
                ? Tensor(zeros: [0, valueWidth])
                : Rows.concatenate(values.map { $0.value.reshaped([1, valueWidth]) }))
        writer.add("value_keys", values.map(\.key), shape: [values.count])
        writer.add("value_steps", values.map(\.step), shape: [values.count])
        writer.add("value_ids", values.map(\.id), shape: [values.count])
        writer.add("radii", Tensor(radii.map(\.radius), shape: [radii.count]))
        writer.add("radius_keys", radii.map(\.key), shape: [radii.count])
        writer.add("radius_steps", radii.map(\.step), shape: [radii.count])
        try writer.write(to: url)
    }

    /// Reads a history with the metadata of its file.
    package static func read(_ url: URL) throws -> (record: CodebookHistory, metadata: [String: String]) {
        let file = try SafetensorsFile(url)
        return (try CodebookHistory(file), file.metadata)
    }

    /// Reads a history and checks that it is one (`checkOrder`).
    package init(_ file: SafetensorsFile) throws {
        try LogFile.check(file, format: Self.formatName, version: Self.formatVersion)
        let columns = HistoryColumns(file: file)
        let keyRows = try columns.matrix("keys"), valueRows = try columns.matrix("values")
        self.init(keyWidth: keyRows.rowWidth, valueWidth: valueRows.rowWidth)
        keys = try columns.keys(keyRows)
        values = try columns.values(valueRows)
        radii = try columns.radii()
        try checkOrder(file)
    }
}

/// The tensors of a history, each row of which is one event.
private struct HistoryColumns {
    let file: SafetensorsFile

    func keys(_ rows: Tensor) throws -> [CodebookHistory.Key] {
        let count = rows.rowCount, shape = try file.info("key_labels").shape
        guard shape.count == 2, shape[0] == count else {
            throw fail("key_labels", "has shape \(shape), expected [\(count), tokens]")
        }
        let labels = try column("key_labels", count: count * shape[1])
        let steps = try column("key_steps", count: count), ids = try column("key_ids", count: count)
        return try (0..<count).map { key in
            guard let label = Self.label(labels[key * shape[1]..<(key + 1) * shape[1]]) else {
                throw fail("key_labels", "has no label in row \(key): expected token ids, then padding of -100")
            }
            return CodebookHistory.Key(
                step: steps[key], id: ids[key], key: rows.rows(key..<key + 1).array, label: label)
        }
    }

    func values(_ rows: Tensor) throws -> [CodebookHistory.ValueVersion] {
        let count = rows.rowCount
        let keys = try column("value_keys", count: count), steps = try column("value_steps", count: count)
        let ids = try column("value_ids", count: count)
        return (0..<count).map { edit in
            CodebookHistory.ValueVersion(
                step: steps[edit], id: ids[edit], key: keys[edit],
                value: rows.rows(edit..<edit + 1).reshaped([rows.rowWidth]))
        }
    }

    func radii() throws -> [CodebookHistory.RadiusChange] {
        let radii = try file.tensor("radii")
        guard radii.shape.count == 1 else { throw fail("radii", "has shape \(radii.shape), expected one axis") }
        let keys = try column("radius_keys", count: radii.count), steps = try column("radius_steps", count: radii.count)
        return radii.array.enumerated().map { change, radius in
            CodebookHistory.RadiusChange(step: steps[change], key: keys[change], radius: radius)
        }
    }

    func matrix(_ name: String) throws -> Tensor {
        let tensor = try file.tensor(name)
        guard tensor.shape.count == 2 else { throw fail(name, "has shape \(tensor.shape), expected two axes") }
        guard tensor.array.allSatisfy(\.isFinite) else { throw fail(name, "has infinite or NaN elements") }
        return tensor
    }

    private func column(_ name: String, count: Int) throws -> [Int] {
        let column = try file.integers(name)
        guard column.count == count else { throw fail(name, "has \(column.count) rows, expected \(count)") }
        return column
    }

    /// The tokens of a row of labels; nil where it has none, or others than tokens before its padding.
    private static func label(_ row: ArraySlice<Int>) -> [Int32]? {
        let tokens = row.prefix { $0 != -100 }.compactMap { $0 < 0 ? nil : Int32(exactly: $0) }
        let isLabel = !tokens.isEmpty && row.dropFirst(tokens.count).allSatisfy { $0 == -100 }
        return isLabel ? tokens : nil
    }

    private func fail(_ tensor: String, _ what: String) -> EditingError {
        .badLog(file: file.url.path, what: "tensor '\(tensor)' \(what)")
    }
}
