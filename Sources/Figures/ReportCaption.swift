/// What the report calls the files of a figure folder, and what it says about them.
enum ReportCaption {
    private static let pictures: [(name: String, caption: String)] = [
        ("fig3", "Figure 3. Edit score, upstream and online score by the number of edits; each editor's best setting."),
        ("fig4", "Figure 4. The scores along the stream for a few radii of GRACE; a line for each layer."),
        ("fig5", "Figure 5. A classifier of points in the plane before and after editing."),
        ("fig6", "Figure 6. The upstream against the online score along the stream; each editor's best setting."),
        ("fig7", "Figure 7. Single scores by the number of edits, of every setting of every editor."),
        ("fig8", "Figure 8. The scores along the stream for every radius of GRACE; a line for each layer."),
        ("table1", "Table 1 as a picture. What the radius of GRACE does to keys and scores."),
    ]

    private static let tables: [(name: String, caption: String)] = [
        ("table_best", "The best setting of each editor: the mean over its seeds (the least to the most)."),
        ("table1", "Table 1. Keys and final scores for each radius."),
        ("final", "The scores of every run at the end of its stream"),
    ]

    /// The caption of a picture; its name where it is none of the paper's.
    static func picture(_ name: String) -> String { pictures.first { matches(name, $0.name) }?.caption ?? name }

    /// The caption of a table that is shown whole; `nil` for one that is only listed.
    static func table(_ name: String) -> String? { tables.first { $0.name == name }?.caption }

    /// Whether one picture or table stands before another: in the order of the paper, then by name.
    static func precedes(_ left: String, _ right: String) -> Bool {
        let known = tables.map(\.name) + pictures.map(\.name)
        let place = { (name: String) in known.firstIndex { matches(name, $0) } ?? known.count }
        return (place(left), left) < (place(right), right)
    }

    /// The heading of a folder of figures.
    static func heading(_ folder: String) -> String {
        switch folder {
        case "qa": "Question answering"
        case "scotus": "Court opinions (SCOTUS)"
        case "synthetic": "The synthetic illustration"
        default: folder.prefix(1).uppercased() + folder.dropFirst()
        }
    }

    /// Whether a name is that of a figure, or of a figure of one task: `fig3` or `fig3_qa` for `fig3`.
    private static func matches(_ name: String, _ figure: String) -> Bool {
        name == figure || name.hasPrefix(figure + "_")
    }
}
