import Checkpoints
import Foundation
import Tensors

/// `codebook.safetensors`: the whole history as tensors (docs/formats.md).
extension CodebookHistory {
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
            keys.flatMap { key in key.label.map(Int.init) + [Int](repeating: -100, count: labelWidth - key.label.count) },
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
    package static func read(_ url: URL) throws -> (history: CodebookHistory, metadata: [String: String]) {
        let file = try SafetensorsFile(url)
        return (try CodebookHistory(file), file.metadata)
    }

    /// Reads a history and checks that it is one (`checkOrder`).
    package init(_ file: SafetensorsFile) throws {
        let url = file.url
        func fail(_ what: String) -> EditingError { .badLog(file: url.path, what: what) }
        guard file.metadata["format"] == Self.formatName else { throw fail("is no codebook of stream-edit") }
        guard file.metadata["format_version"] == Self.formatVersion else {
            throw fail("has format version \(file.metadata["format_version"] ?? "none"), expected \(Self.formatVersion)")
        }
        func matrix(_ name: String) throws -> Tensor {
            let tensor = try file.tensor(name)
            guard tensor.shape.count == 2 else { throw fail("tensor '\(name)' has shape \(tensor.shape), expected two axes") }
            return tensor
        }
        func column(_ name: String, count: Int) throws -> [Int] {
            let column = try file.integers(name)
            guard column.count == count else { throw fail("tensor '\(name)' has \(column.count) rows, expected \(count)") }
            return column
        }
        let keyRows = try matrix("keys"), valueRows = try matrix("values"), radiusColumn = try file.tensor("radii")
        self.init(keyWidth: keyRows.rowWidth, valueWidth: valueRows.rowWidth)

        let keyCount = keyRows.rowCount
        let labelWidth = try file.info("key_labels").shape.last ?? 0
        let labels = try column("key_labels", count: keyCount * labelWidth)
        let keySteps = try column("key_steps", count: keyCount), keyIDs = try column("key_ids", count: keyCount)
        for key in 0..<keyCount {
            let label = labels[key * labelWidth..<(key + 1) * labelWidth].prefix { $0 != -100 }
            keys.append(
                Key(
                    step: keySteps[key], id: keyIDs[key], key: keyRows.rows(key..<key + 1).array,
                    label: label.map(Int32.init(truncatingIfNeeded:))))
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
}
