import Foundation
import Tensors

extension TokenizedSet {
    /// Reads and checks a set.
    /// - Throws: `FilesError`, `CheckpointError.emptySet`, or `CheckpointError.badTokens` with the tensor and row that
    ///   are wrong.
    package init(contentsOf url: URL) throws {
        let file = try SafetensorsFile(url)
        let inputs = try Inputs(file)
        let count = inputs.count
        guard count > 0 else { throw CheckpointError.emptySet(path: url.path) }
        let labels = try Rows(file, ids: "labels", lengths: "label_lengths", padding: Self.labelPadding)
        guard labels.rows.count == count else {
            throw CheckpointError.badTokens(
                path: url.path, field: "labels",
                reason: "expected \(count) rows as in \(inputs.field), found \(labels.rows.count)")
        }
        let ids = try Self.column("ids", of: file, count: count)
        let questions = try Self.column("question_ids", of: file, count: count)
        let groups = try Self.column("group_ids", of: file, count: count)
        let items = (0..<count).map { row in
            var item = Item(
                id: ids[row], question: questions[row], group: groups[row], input: [], label: labels.rows[row])
            switch inputs {
            case .tokens(let rows): item.input = rows.rows[row]
            case .features(let rows): item.features = rows[row]
            }
            return item
        }
        self.init(items: items, metadata: file.metadata)
        try checkClasses(path: url.path)
    }

    /// Writes the set; the file appears whole or not at all.
    /// - Throws: what reading the set would throw, `FilesError`.
    package func write(to url: URL) throws {
        guard !items.isEmpty else { throw CheckpointError.emptySet(path: url.path) }
        let width = items[0].features.count
        for (row, item) in items.enumerated() {
            if width == 0 {
                try Self.check(item.input, row: row, field: "input_ids", path: url.path)
            } else {
                try Self.check(item.features, width: width, row: row, path: url.path)
            }
            try Self.check(item.label, row: row, field: "labels", path: url.path)
        }
        try checkClasses(path: url.path)
        var writer = SafetensorsWriter(metadata: metadata)
        func add(_ ids: String, _ lengths: String, _ padding: Int, _ tokens: (Item) -> [Int32]) {
            let width = items.map { tokens($0).count }.max() ?? 0
            let padded = items.flatMap { item in
                let row = tokens(item).map(Int.init)
                return row + Array(repeating: padding, count: width - row.count)
            }
            writer.add(ids, padded, shape: [items.count, width])
            writer.add(lengths, items.map { tokens($0).count }, shape: [items.count])
        }
        if width == 0 {
            add("input_ids", "input_lengths", Self.inputPadding, \.input)
        } else {
            writer.add("features", Tensor(items.flatMap(\.features), shape: [items.count, width]))
        }
        add("labels", "label_lengths", Self.labelPadding, \.label)
        writer.add("ids", items.map(\.id), shape: [items.count])
        writer.add("question_ids", items.map(\.question), shape: [items.count])
        writer.add("group_ids", items.map(\.group), shape: [items.count])
        try writer.write(to: url)
    }

    private static func check(_ tokens: [Int32], row: Int, field: String, path: String) throws(CheckpointError) {
        guard !tokens.isEmpty else { throw .badTokens(path: path, field: field, reason: "row \(row) is empty") }
        if let negative = tokens.first(where: { $0 < 0 }) {
            throw .badTokens(path: path, field: field, reason: "row \(row) has the token id \(negative)")
        }
    }

    private static func check(_ features: [Float], width: Int, row: Int, path: String) throws(CheckpointError) {
        guard features.count == width else {
            throw .badTokens(
                path: path, field: "features", reason: "row \(row) has \(features.count) numbers, expected \(width)")
        }
        if let number = features.first(where: { !$0.isFinite }) {
            throw .badTokens(path: path, field: "features", reason: "row \(row) has \(number)")
        }
    }

    private static func column(_ name: String, of file: SafetensorsFile, count: Int) throws -> [Int] {
        let shape = try file.shape(of: name)
        guard shape == [count] else {
            throw CheckpointError.badTokens(
                path: file.url.path, field: name, reason: "expected shape [\(count)], found \(shape)")
        }
        return try file.integers(name)
    }

    /// The inputs of a file, whichever kind it has.
    private enum Inputs {
        case tokens(Rows)
        case features([[Float]])

        init(_ file: SafetensorsFile) throws {
            guard file.contains("features") else {
                self = .tokens(try Rows(file, ids: "input_ids", lengths: "input_lengths", padding: inputPadding))
                return
            }
            func bad(_ reason: String) -> CheckpointError {
                .badTokens(path: file.url.path, field: "features", reason: reason)
            }
            guard !file.contains("input_ids") else { throw bad("there beside input_ids, expected one of them") }
            let shape = try file.shape(of: "features")
            guard shape.count == 2, shape[1] > 0 else { throw bad("expected two axes, found shape \(shape)") }
            let table = try file.tensor("features")
            let rows = (0..<shape[0]).map { table.rows($0..<$0 + 1).array }
            for (row, numbers) in rows.enumerated() {
                try TokenizedSet.check(numbers, width: shape[1], row: row, path: file.url.path)
            }
            self = .features(rows)
        }

        var count: Int {
            switch self {
            case .tokens(let rows): rows.rows.count
            case .features(let rows): rows.count
            }
        }

        /// The tensor they stand in.
        var field: String {
            switch self {
            case .tokens: "input_ids"
            case .features: "features"
            }
        }
    }

    /// The rows of a padded tensor without their padding.
    private struct Rows {
        let rows: [[Int32]]

        init(_ file: SafetensorsFile, ids: String, lengths: String, padding: Int) throws {
            let path = file.url.path
            func bad(_ field: String, _ reason: String) -> CheckpointError {
                .badTokens(path: path, field: field, reason: reason)
            }
            let shape = try file.shape(of: ids)
            guard shape.count == 2 else { throw bad(ids, "expected two axes, found shape \(shape)") }
            let width = shape[1]
            let tokens = try file.integers(ids)
            let counts = try TokenizedSet.column(lengths, of: file, count: shape[0])
            var rows: [[Int32]] = []
            rows.reserveCapacity(shape[0])
            for (row, length) in counts.enumerated() {
                guard length >= 1, length <= width else {
                    throw bad(lengths, "row \(row) has length \(length), expected 1 to \(width)")
                }
                let values = tokens[(row * width)..<((row + 1) * width)]
                let used = try values.prefix(length).map { value in
                    guard let token = Int32(exactly: value), token >= 0 else {
                        throw bad(ids, "row \(row) has the token id \(value)")
                    }
                    return token
                }
                if let rest = values.dropFirst(length).first(where: { $0 != padding }) {
                    throw bad(ids, "row \(row) has \(rest) after its length \(length), expected padding \(padding)")
                }
                rows.append(used)
            }
            self.rows = rows
        }
    }
}
