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
        let url = file.url
        func fail(_ what: String) -> EditingError { .badLog(file: url.path, what: what) }
        guard file.metadata["format"] == Self.formatName else { throw fail("is no codebook of stream-edit") }
        guard file.metadata["format_version"] == Self.formatVersion else {
            throw fail(
                "has format version \(file.metadata["format_version"] ?? "none"), expected \(Self.formatVersion)")
        }
        func matrix(_ name: String) throws -> Tensor {
            let tensor = try file.tensor(name)
            guard tensor.shape.count == 2 else {
                throw fail("tensor '\(name)' has shape \(tensor.shape), expected two axes")
            }
            guard tensor.array.allSatisfy(\.isFinite) else {
                throw fail("tensor '\(name)' has infinite or NaN elements")
            }
            return tensor
        }
        func column(_ name: String, count: Int) throws -> [Int] {
            let column = try file.integers(name)
            guard column.count == count else {
                throw fail("tensor '\(name)' has \(column.count) rows, expected \(count)")
            }
            return column
        }
        let keyRows = try matrix("keys"), valueRows = try matrix("values"), radiusColumn = try file.tensor("radii")
        guard radiusColumn.shape.count == 1 else {
            throw fail("tensor 'radii' has shape \(radiusColumn.shape), expected one axis")
        }
        self.init(keyWidth: keyRows.rowWidth, valueWidth: valueRows.rowWidth)

        let keyCount = keyRows.rowCount
        let labelShape = try file.info("key_labels").shape
        guard labelShape.count == 2, labelShape[0] == keyCount else {
            throw fail("tensor 'key_labels' has shape \(labelShape), expected [\(keyCount), tokens]")
        }
        let labels = try column("key_labels", count: keyCount * labelShape[1])
        let keySteps = try column("key_steps", count: keyCount), keyIDs = try column("key_ids", count: keyCount)
        for key in 0..<keyCount {
            guard let label = Self.label(labels[key * labelShape[1]..<(key + 1) * labelShape[1]]) else {
                throw fail("tensor 'key_labels' has no label in row \(key): expected token ids, then padding of -100")
            }
            keys.append(
                Key(step: keySteps[key], id: keyIDs[key], key: keyRows.rows(key..<key + 1).array, label: label))
        }
        let edits = valueRows.rowCount
        let valueKeys = try column("value_keys", count: edits), valueSteps = try column("value_steps", count: edits)
        let valueIDs = try column("value_ids", count: edits)
        for edit in 0..<edits {
            values.append(
                ValueVersion(
                    step: valueSteps[edit], id: valueIDs[edit], key: valueKeys[edit],
                    value: valueRows.rows(edit..<edit + 1).reshaped([valueWidth])))
        }
        let changes = radiusColumn.count
        let radiusKeys = try column("radius_keys", count: changes)
        let radiusSteps = try column("radius_steps", count: changes)
        for (change, radius) in radiusColumn.array.enumerated() {
            radii.append(RadiusChange(step: radiusSteps[change], key: radiusKeys[change], radius: radius))
        }
        try checkOrder(file)
    }
    /// The tokens of a row of labels; nil where it has none, or others than tokens before its padding.
    private static func label(_ row: ArraySlice<Int>) -> [Int32]? {
        let tokens = row.prefix { $0 != -100 }.compactMap { $0 < 0 ? nil : Int32(exactly: $0) }
        let isLabel = !tokens.isEmpty && row.dropFirst(tokens.count).allSatisfy { $0 == -100 }
        return isLabel ? tokens : nil
    }
}
