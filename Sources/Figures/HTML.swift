/// A piece of a page. Text and attributes are escaped where they are made, so no input can break out of its place.
package struct HTML: Sendable {
    /// The piece as it stands in the file.
    package let source: String

    private init(source: String) {
        self.source = source
    }

    /// Text.
    static func text(_ text: String) -> HTML { HTML(source: escape(text)) }

    /// An element with its contents.
    static func element(_ name: String, _ attributes: KeyValuePairs<String, String>, _ contents: [HTML]) -> HTML {
        HTML(source: open(name, attributes) + contents.map(\.source).joined() + "</\(name)>\n")
    }

    /// An element that holds text alone.
    static func element(_ name: String, _ attributes: KeyValuePairs<String, String>, _ text: String) -> HTML {
        HTML(source: open(name, attributes) + escape(text) + "</\(name)>")
    }

    static func element(_ name: String, _ contents: [HTML]) -> HTML { element(name, [:], contents) }

    static func element(_ name: String, _ text: String) -> HTML { element(name, [:], text) }

    /// An element that has no contents, such as `img`.
    static func void(_ name: String, _ attributes: KeyValuePairs<String, String>) -> HTML {
        HTML(source: open(name, attributes) + "\n")
    }

    /// A style sheet, which must not hold `</`.
    static func style(_ rules: String) -> HTML {
        precondition(!rules.contains("</"), "a style sheet cannot end its element")
        return HTML(source: "<style>\n\(rules)\n</style>\n")
    }

    /// The whole file.
    static func document(head: [HTML], body: [HTML]) -> String {
        let language = HTML(source: open("html", ["lang": "en"]) + "\n")
        return "<!DOCTYPE html>\n" + language.source + element("head", head).source + element("body", body).source
            + "</html>\n"
    }

    private static func open(_ name: String, _ attributes: KeyValuePairs<String, String>) -> String {
        "<\(name)" + attributes.map { " \($0)=\"\(escape($1))\"" }.joined() + ">"
    }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            // Control characters are no text in HTML.
            case "\u{0}"..<"\u{9}", "\u{B}"..<"\u{20}", "\u{7F}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
