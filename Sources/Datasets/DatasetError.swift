/// Where in a data file something was found, as people look it up: `dev.jsonl: line 3`, `eval.json: element 2`.
package struct DataLocation: Equatable, Sendable, CustomStringConvertible {
    package enum Row: Equatable, Sendable, CustomStringConvertible {
        /// The file as a whole.
        case file
        /// A line of a file with one row a line, counted from 1.
        case line(Int)
        /// An element of the file's top-level array, counted from 0 as JSON paths do.
        case element(Int)
        /// A row under the header of a CSV file, counted from 1; it may span lines.
        case record(Int)

        package var description: String {
            switch self {
            case .file: "the file"
            case .line(let number): "line \(number)"
            case .element(let index): "element \(index)"
            case .record(let number): "row \(number)"
            }
        }
    }

    package var file: String
    package var row: Row

    package init(file: String, row: Row = .file) {
        self.file = file
        self.row = row
    }

    package var description: String {
        row == .file ? file : "\(file): \(row)"
    }
}

/// What can be wrong with a data file, each case with its place, what was expected and what to do.
package enum DatasetError: Error, Equatable, Sendable {
    case notJSON(DataLocation, expected: String, reason: String)
    case missingField(DataLocation, field: String, expected: String)
    case wrongType(DataLocation, field: String, expected: String, found: String)
    case emptyField(DataLocation, field: String)
    case unequalCounts(DataLocation, field: String, count: Int, other: String, otherCount: Int)
    case noRows(DataLocation, expected: String)
    case tooFewRephrasings(DataLocation, asked: Int, most: Int)
    case emptyHoldout(DataLocation)
    case wrongHeader(DataLocation, expected: String, found: String)
    case wrongColumnCount(DataLocation, expected: Int, found: Int)
    case unknownValue(DataLocation, field: String, found: String, expected: String)
    case wrongPlaceholder(DataLocation, template: String, count: Int)
    case duplicate(DataLocation, what: String, first: DataLocation.Row)
    case tooFewPhrasings(DataLocation, relation: String, found: Int, needed: Int)
    case notCSV(DataLocation, reason: String)
    case missingSplit(DataLocation, split: String, present: [String])
    case duplicateSplit(DataLocation, split: String, files: [String])
    case badMerge(String, reason: String)
}

extension DatasetError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notJSON(let place, let expected, let reason):
            "\(place): not JSON: expected \(expected), but \(excerpt(reason)); repair or remove this row"
        case .missingField(let place, let field, let expected):
            "\(place): field \(field) is missing: expected \(expected); is this the right file for this command?"
        case .wrongType(let place, let field, let expected, let found):
            "\(place): field \(field): expected \(expected), found \(found); correct this row"
        case .emptyField(let place, let field):
            "\(place): field \(field) is empty: expected text; correct or remove this row"
        case .unequalCounts(let place, let field, let count, let other, let otherCount):
            "\(place): \(count) \(field) but \(otherCount) \(other): expected one for one; is the file complete?"
        case .noRows(let place, let expected):
            "\(place): no rows: expected \(expected); is this the right file?"
        case .tooFewRephrasings(let place, let asked, let most):
            "\(place): no question has \(asked) different rephrasings, the most is \(most);"
                + " ask for fewer with --minimum-rephrasings and --rephrasings"
        case .emptyHoldout(let place):
            "\(place): every held-out phrasing is also an edit, so nothing is left to hold out;"
                + " ask for more --questions or --rephrasings"
        case .wrongHeader(let place, let expected, let found):
            "\(place): expected the header \(excerpt(expected)), found \(excerpt(found))"
        case .wrongColumnCount(let place, let expected, let found):
            "\(place): expected \(expected) columns separated by tabs, found \(found)"
        case .unknownValue(let place, let field, let found, let expected):
            "\(place): \(field) \(excerpt(found)) is unknown: expected \(expected)"
        case .wrongPlaceholder(let place, let template, let count):
            "\(place): template \(excerpt(template)) has \(count) placeholders: expected {} once, for the subject"
        case .duplicate(let place, let what, let first):
            "\(place): \(what) is there already, in \(first); remove one of them"
        case .tooFewPhrasings(let place, let relation, let found, let needed):
            "\(place): relation \(excerpt(relation)) has \(found) templates: expected at least \(needed);"
                + " add templates or ask for fewer --phrasings"
        case .notCSV(let place, let reason):
            "\(place): not CSV: \(reason); repair the file"
        case .missingSplit(let place, let split, let present):
            "\(place): nothing of the split \(split): expected train and test (train.jsonl, val.jsonl, test.jsonl),"
                + " found \(present.isEmpty ? "nothing" : present.joined(separator: ", ")); is this the right file?"
        case .duplicateSplit(let place, let split, let files):
            "\(place): the split \(split) is there twice: \(files.joined(separator: ", ")); remove one of them"
        case .badMerge(let merge, let reason):
            "--merge \(excerpt(merge)): \(reason); name classes of --labels, or give --no-merge"
        }
    }
}

/// `text` in quotes, on one line and short enough for a message.
private func excerpt(_ text: String) -> String {
    let oneLine = text.map { $0.isNewline || $0 == "\t" ? " " : $0 }
    return "\"" + String(oneLine.prefix(100)) + (oneLine.count > 100 ? "..." : "") + "\""
}
