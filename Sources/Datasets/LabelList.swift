import Files
import Foundation

/// The classes of a data set by name, in the order of their indices.
package struct LabelList: Equatable, Sendable {
    package let names: [String]
    /// What messages call the list.
    package let name: String
    private let indices: [String: Int]

    /// - Parameter rows: where each name stands in the file; by default there is nothing but their order.
    /// - Throws: `DatasetError` for a list that is empty or has a name twice.
    package init(_ names: [String], name: String, rows: [DataLocation.Row]? = nil) throws {
        self.names = names
        self.name = name
        var indices: [String: Int] = [:]
        for (index, label) in names.enumerated() {
            if let first = indices.updateValue(index, forKey: Self.key(label)) {
                let place = { DataLocation(file: name, row: rows?[$0] ?? .element($0)) }
                throw DatasetError.duplicate(place(index), what: "the class \(label)", first: place(first).row)
            }
        }
        guard !names.isEmpty else {
            throw DatasetError.noRows(DataLocation(file: name), expected: "names of classes, one a line")
        }
        self.indices = indices
    }

    /// The index of a class, upper and lower case being the same.
    package func index(of label: String) -> Int? { indices[Self.key(label)] }

    /// The name as the list has it.
    package func canonical(_ label: String) -> String? { index(of: label).map { names[$0] } }

    private static func key(_ label: String) -> String {
        label.lowercased().split { $0.isWhitespace || $0 == "_" }.joined(separator: " ")
    }
}

extension LabelList {
    /// The issue areas of the Supreme Court Database, whose codes count from 1 in this order.
    package static let issueAreas = [
        "Criminal Procedure", "Civil Rights", "First Amendment", "Due Process", "Privacy", "Attorneys", "Unions",
        "Economic Activity", "Judicial Power", "Federalism", "Interstate Relations", "Federal Taxation",
        "Miscellaneous", "Private Action",
    ]

    /// Lists that go by a name.
    package enum Preset: String, CaseIterable, Sendable {
        /// All 14 issue areas of the Supreme Court Database.
        case scdb14
        /// LexGLUE's: those without Private Action.
        case lexglue13
        /// The 11 that FairLex's published loader names: without Interstate Relations, Miscellaneous and Private
        /// Action.
        case fairlex11

        package var names: [String] {
            switch self {
            case .scdb14: issueAreas
            case .lexglue13: issueAreas.dropLast()
            case .fairlex11:
                issueAreas.filter { !["Interstate Relations", "Miscellaneous", "Private Action"].contains($0) }
            }
        }
    }

    package init(_ preset: Preset) throws {
        try self.init(preset.names, name: preset.rawValue)
    }

    /// Reads names from a file: a JSON array, or one a line; blank lines do not count.
    /// - Throws: `DatasetError`, `FilesError`.
    package init(contentsOf url: URL) throws {
        let file = try DataFile(url, member: nil)
        var names: [String] = [], rows: [DataLocation.Row]?
        if file.firstByte == UInt8(ascii: "[") {
            let list = try file.wholeValue(expected: "a list of names") as? [Any] ?? []
            names = try list.enumerated().map { index, element in
                guard let text = element as? String, !text.isBlank else {
                    throw DatasetError.wrongType(
                        DataLocation(file: file.name, row: .element(index)), field: "(the element)",
                        expected: "the name of a class", found: JSONRow.kind(of: element))
                }
                return text
            }
        } else {
            var lines: [DataLocation.Row] = []
            try InputFile.lines(of: url) { number, line in
                let text = line.trimmingCharacters(in: .whitespaces)
                guard !text.isEmpty else { return }
                names.append(text)
                lines.append(.line(number))
            }
            rows = lines
        }
        try self.init(names, name: file.name, rows: rows)
    }

    /// The list as a JSON array on one line.
    package var json: String { names.json }
}
