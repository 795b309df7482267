import Tables

/// A table as people read it: numbers rounded, layers by their short names, and a mean with its least and most in one
/// column.
struct ReportTable {
    private let table: TSVTable
    /// The columns that are shown; `_min` and `_max` stand with their mean.
    private let columns: [Int]
    private let isRounded: Bool
    private let isNumeric: [Bool]
    /// Whether a column has scores, which are written with the same number of digits.
    private let isScore: [Bool]
    /// Settings, and values of many kinds, are written as they are.
    private static let mixed: Set<String> = ["epsilon", "lr", "value"]

    /// - Parameter isRounded: whether numbers are rounded; settings are not.
    init(_ table: TSVTable, isRounded: Bool = true) {
        self.table = table
        self.isRounded = isRounded
        let names = table.columns
        columns = names.indices.filter { column in
            !["_min", "_max"].contains {
                names[column].hasSuffix($0) && names.contains(String(names[column].dropLast(4)))
            }
        }
        isNumeric = names.indices.map { column in table.rows.allSatisfy { Double($0[column]) != nil } }
        isScore = names.indices.map { column in
            !Self.mixed.contains(names[column])
                && table.rows.contains { Double($0[column]).map { $0.isFinite && $0 != $0.rounded() } ?? false }
        }
    }

    /// The table as HTML.
    /// - Parameter rowClass: the style of each row, by its number.
    func html(rowClass: (Int) -> String = { _ in "" }) -> HTML {
        let head = columns.map { column in
            HTML.element("th", kind(column), table.columns[column].replacing("_", with: " "))
        }
        let body = table.rows.indices.map { row in
            HTML.element("tr", ["class": rowClass(row)], columns.map { cell(row, $0) })
        }
        return .element(
            "div", ["class": "scroll"],
            [
                .element("table", [.element("thead", [.element("tr", head)]), .element("tbody", body)])
            ])
    }

    private func kind(_ column: Int) -> KeyValuePairs<String, String> { isNumeric[column] ? ["class": "number"] : [:] }

    private func cell(_ row: Int, _ column: Int) -> HTML {
        let name = table.columns[column], field = TableText.unescape(table.rows[row][column])
        if name == "layer", LayerName.short(field) != field {
            return .element("td", ["title": field], LayerName.short(field))
        }
        guard isRounded, let number = Double(field) else {
            return .element("td", field.count > 60 ? ["class": "text"] : kind(column), field)
        }
        var text = text(number, column)
        if let least = value(row, "\(name)_min"), let most = value(row, "\(name)_max"), least < most {
            text += " (\(self.text(least, column))–\(self.text(most, column)))"
        }
        return .element("td", kind(column), text)
    }

    private func value(_ row: Int, _ name: String) -> Double? {
        table.columns.firstIndex(of: name).flatMap { Double(table.rows[row][$0]) }
    }

    /// A number with at most three digits after the point, or exactly three in a column of scores; other tiny or huge
    /// ones keep theirs, what is undefined is a dash, and what never comes to pass is said so.
    private func text(_ number: Double, _ column: Int) -> String {
        guard number.isFinite else { return number.isNaN ? "–" : number > 0 ? "never" : number.cell }
        if isScore[column], abs(number) < 1e6 { return Self.decimal(number) }
        let rounded = (number * 1000).rounded() / 1000
        return abs(number) < 1e-2 || abs(number) > 1e9 ? number.cell : rounded.cell
    }

    /// A number with three digits after the point.
    private static func decimal(_ number: Double) -> String {
        let thousandths = Int((abs(number) * 1000).rounded())
        let digits = String(thousandths % 1000)
        return (number < 0 && thousandths > 0 ? "-" : "") + "\(thousandths / 1000)."
            + String(repeating: "0", count: 3 - digits.count) + digits
    }
}
