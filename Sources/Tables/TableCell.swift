/// A value that can stand in a field of a tab-separated table.
///
/// Numbers are written with a `.` decimal point and the fewest digits that read back as the same number; an
/// undefined number is `nan`. In text, a tab, line feed, carriage return or backslash is written as `\t`, `\n`,
/// `\r` or `\\`, so that a row is always one line and a field never splits.
package protocol TableCell {
    /// The field as it is written, escaped.
    var cell: String { get }
}

extension String: TableCell {
    package var cell: String { TableText.escape(self) }
}

extension Substring: TableCell {
    package var cell: String { TableText.escape(String(self)) }
}

extension Int: TableCell {
    package var cell: String { String(self) }
}

extension Int32: TableCell {
    package var cell: String { String(self) }
}

extension UInt64: TableCell {
    package var cell: String { String(self) }
}

extension Bool: TableCell {
    package var cell: String { self ? "yes" : "no" }
}

extension Double: TableCell {
    package var cell: String { isNaN ? "nan" : TableText.trimmed(description) }
}

extension Float: TableCell {
    package var cell: String { isNaN ? "nan" : TableText.trimmed(description) }
}

extension Optional: TableCell where Wrapped: TableCell {
    /// The wrapped value, or `nan` where there is none.
    package var cell: String { self?.cell ?? "nan" }
}

/// How text stands in a field.
package enum TableText {
    /// `3` for `3.0`; every other number stays as Swift writes it.
    static func trimmed(_ number: String) -> String {
        number.hasSuffix(".0") ? String(number.dropLast(2)) : number
    }

    /// The field of a text.
    package static func escape(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 9 || $0 == 10 || $0 == 13 || $0 == 92 }) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\t": escaped += "\\t"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\\": escaped += "\\\\"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// The text that `escape` made the field of. A backslash before any other character stands for itself.
    package static func unescape(_ field: String) -> String {
        guard field.utf8.contains(92) else { return field }
        var text = ""
        var scalars = field.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "\\" else {
                text.unicodeScalars.append(scalar)
                continue
            }
            switch scalars.next() {
            case "t": text += "\t"
            case "n": text += "\n"
            case "r": text += "\r"
            case "\\": text += "\\"
            case let other?:
                text += "\\"
                text.unicodeScalars.append(other)
            case nil: text += "\\"
            }
        }
        return text
    }
}
